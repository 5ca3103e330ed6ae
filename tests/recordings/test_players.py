"""Players that know nothing of us: Debian's ffmpeg and GStreamer, on what was recorded and on what is being written."""

import asyncio
import re
from pathlib import Path

import pytest

from recordings.live_asgi import LiveSegments
from recordings.playlists import Cue
from tests.recordings.small_server import serving
from tests.recordings.written_anew import broadcast

pytestmark = pytest.mark.servers


SPOKEN = "路的事，下个月有答复"


def captions(session: int, begin_ms: int, end_ms: int) -> list[Cue]:
    return [Cue(1_000, 3_500, "林", SPOKEN)]


async def said(*command: str) -> str:
    """What a player says when it has played to the end; it must end by itself, and well."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), 90)
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode == 0, out.decode()
    return out.decode()


def ffmpeg(url: str) -> tuple[str, ...]:
    return ("ffmpeg", "-v", "error", "-stats", "-i", url, "-f", "null", "-")


def ffmpeg_on_all(url: str) -> tuple[str, ...]:
    """Every rendition that the list names at once, and what they are."""
    return ("ffmpeg", "-hide_banner", "-i", url, "-map", "0", "-f", "null", "-")


def gstreamer(url: str, line: int = 100_000) -> tuple[str, ...]:
    """On a line of `line` kbit/s: measured on a busy machine it would choose the sound, which has no picture to end."""
    decoded = f"uridecodebin uri={url} connection-speed={line} name=source"
    picture = "source. ! video/x-raw ! queue ! identity silent=false name=pictures ! fakesink"
    sound = "source. ! audio/x-raw ! queue ! fakesink"
    return ("gst-launch-1.0", "-v", *f"{decoded} {picture} {sound}".split())


async def test_ffmpeg_and_gstreamer_play_a_recording_with_a_restart_inside(recorded: Path) -> None:
    async with serving(LiveSegments(recorded.parent), {}) as address:
        url = f"{address}/hls/7/replay.m3u8"
        assert "error" not in (await said(*ffmpeg(url))).lower()
        assert (await said(*gstreamer(url))).count("chain") > 200, "pictures"


async def test_ffmpeg_and_gstreamer_play_while_it_is_written(recorded: Path, tmp_path: Path) -> None:
    async with broadcast(recorded, tmp_path) as directory, serving(LiveSegments(tmp_path), {}) as address:
        url = f"{address}/hls/{directory.name}/v0/live.m3u8"
        await asyncio.sleep(2)
        played = await asyncio.gather(said(*ffmpeg(url)), said(*gstreamer(url)))
        assert played[1].count("chain") > 60, "pictures"


async def test_ffmpeg_and_gstreamer_play_the_list_of_all_renditions_with_captions(
    recorded: Path, tmp_path: Path
) -> None:
    app = LiveSegments(tmp_path, captions=captions)
    async with broadcast(recorded, tmp_path) as directory, serving(app, {}) as address:
        url = f"{address}/hls/{directory.name}/master.m3u8"
        await asyncio.sleep(2)
        played = await asyncio.gather(said(*ffmpeg_on_all(url)), said(*gstreamer(url)))
        weak = await said(*gstreamer(url, 1_500))
    streams = re.findall(
        r"^  Stream #0:\d.*(h264|aac).*?(\d{3,}x\d{3,}|stereo)", played[0].split("Output")[0], re.M
    )
    assert streams == [
        ("h264", "1280x720"),
        ("aac", "stereo"),
        ("h264", "640x360"),
        ("aac", "stereo"),
        ("aac", "stereo"),
    ]
    assert "error" not in played[0].lower() and "captions.m3u8" in played[0]
    assert int(re.findall(r"frame= *(\d+)", played[0])[-1]) > 60
    for shown, width in ((played[1], 1280), (weak, 640)):
        assert shown.count("chain") > 60, "pictures"
        assert set(re.findall(r"video/x-raw.*?width=\(int\)(\d+)", shown)) == {str(width)}


async def test_ffmpeg_reads_the_captions_of_a_recording(recorded: Path) -> None:
    async with serving(LiveSegments(recorded.parent, captions=captions), {}) as address:
        url = f"{address}/hls/7/captions-replay.m3u8"
        assert SPOKEN in await said("ffmpeg", "-v", "error", "-i", url, "-f", "webvtt", "-")
