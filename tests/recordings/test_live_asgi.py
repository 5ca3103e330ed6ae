"""HLS over HTTP: lists that wait, ranges of growing segments, and refusals."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from recordings import journal
from recordings.journal import Part
from recordings.live_asgi import LiveSegments
from recordings.playlists import Cue
from tests.recordings.asgi_client import get


def write_part(root: Path, msn: int, index: int, epoch: int = 0, rendition: str = "v0") -> bytes:
    """Append one part of 10 bytes to session 1, first its bytes and then its line."""
    directory = root / "1" / rendition
    directory.mkdir(parents=True, exist_ok=True)
    data = f"{msn:05d}{index:05d}".encode()
    with (directory / f"{msn}.m4s").open("ab") as file:
        file.write(data)
    part = Part(epoch, msn, index, index * 10, 10, 0.2, index == 0, 1 + msn + index * 0.2, 0.0)
    with (directory / journal.NAME).open("ab") as file:
        file.write(journal.encode_line(part))
    return data


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Session 1 with two whole segments and two parts of the third."""
    for msn in range(2):
        for index in range(5):
            write_part(tmp_path, msn, index)
    for index in range(2):
        write_part(tmp_path, 2, index)
    (tmp_path / "1" / "v0" / "init-0.mp4").write_bytes(b"init")
    return tmp_path


async def test_a_live_list_shows_parts_and_hints_at_the_next(root: Path) -> None:
    answer = await get(LiveSegments(root), "/hls/1/v0/live.m3u8")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert 'PRELOAD-HINT:TYPE=PART,URI="2.m4s",BYTERANGE-START=20' in answer.text
    assert answer.text.count("#EXT-X-PART:") == 12


async def test_a_list_waits_for_the_part_that_was_asked_for(root: Path) -> None:
    app = LiveSegments(root)
    waiting = asyncio.create_task(get(app, "/hls/1/v0/live.m3u8?_HLS_msn=2&_HLS_part=2"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    write_part(root, 2, 2)
    answer = await asyncio.wait_for(waiting, 5)
    assert 'BYTERANGE="10@20"' in answer.text


async def test_a_part_that_a_segment_never_had_is_the_first_of_the_next(root: Path) -> None:
    app = LiveSegments(root)
    for index in range(2, 5):
        write_part(root, 2, index)
    waiting = asyncio.create_task(get(app, "/hls/1/v0/live.m3u8?_HLS_msn=2&_HLS_part=5"))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    write_part(root, 3, 0)
    assert 'URI="3.m4s",BYTERANGE="10@0"' in (await asyncio.wait_for(waiting, 5)).text


async def test_a_list_reports_how_far_the_other_renditions_are(root: Path) -> None:
    app = LiveSegments(root)
    write_part(root, 2, 0, rendition="v1")
    text = (await get(app, "/hls/1/v0/live.m3u8")).text
    assert '#EXT-X-RENDITION-REPORT:URI="../v1/live.m3u8",LAST-MSN=2,LAST-PART=0' in text
    assert "a0/live" not in text, "nothing is there yet"
    text = (await get(app, "/hls/1/v1/live.m3u8")).text
    assert '#EXT-X-RENDITION-REPORT:URI="../v0/live.m3u8",LAST-MSN=2,LAST-PART=1' in text


async def test_caches_keep_what_stays_and_share_what_changes(root: Path) -> None:
    app = LiveSegments(root)
    awaited = await get(app, "/hls/1/v0/live.m3u8?_HLS_msn=2&_HLS_part=1")
    assert awaited.headers["cache-control"] == "public, max-age=6"
    for path in ("v0/live.m3u8", "v0/replay.m3u8", "master.m3u8"):
        listed = await get(app, f"/hls/1/{path}")
        assert (listed.headers["cache-control"], listed.headers["x-accel-expires"]) == ("no-cache", "1")
    part = await get(app, "/hls/1/v0/2.m4s", headers={"Range": "bytes=0-9"})
    assert "immutable" in part.headers["cache-control"]
    assert part.headers["x-accel-expires"] == "10", "it may be cut or withdrawn"
    growing = await get(app, "/hls/1/v0/2.m4s", headers={"Range": "bytes=10-"})
    assert growing.headers["cache-control"] == "no-store", "the same words give more in a moment"


async def test_waiting_for_a_whole_segment_ends_when_a_restart_cuts_it_short(root: Path) -> None:
    app = LiveSegments(root)
    waiting = asyncio.create_task(get(app, "/hls/1/v0/live.m3u8?_HLS_msn=2"))
    await asyncio.sleep(0.05)
    write_part(root, 3, 0, epoch=1)
    answer = await asyncio.wait_for(waiting, 5)
    assert answer.status == 200
    assert "#EXT-X-DISCONTINUITY\n" in answer.text


async def test_waiting_ends_with_503_in_time_and_with_the_list_at_the_end(root: Path) -> None:
    app = LiveSegments(root, hold=0.15)
    assert (await get(app, "/hls/1/v0/live.m3u8?_HLS_msn=3&_HLS_part=0")).status == 503
    app = LiveSegments(root, hold=10)
    waiting = asyncio.create_task(get(app, "/hls/1/v0/live.m3u8?_HLS_msn=3&_HLS_part=0"))
    await asyncio.sleep(0.05)
    journal.mark_ended(root / "1")
    answer = await asyncio.wait_for(waiting, 5)
    assert answer.status == 200
    assert "#EXT-X-ENDLIST" in answer.text


async def test_more_waiting_requests_than_places_are_sent_away(root: Path) -> None:
    app = LiveSegments(root, max_waiting=2, hold=0.5)
    target = "/hls/1/v0/live.m3u8?_HLS_msn=2&_HLS_part=4"
    waiting = [asyncio.create_task(get(app, target)) for _ in range(2)]
    await asyncio.sleep(0.05)
    refused = await get(app, target)
    assert refused.status == 503
    assert refused.headers["retry-after"] == "1"
    assert [(await task).status for task in waiting] == [503, 503]
    write_part(root, 2, 2)
    write_part(root, 2, 3)
    write_part(root, 2, 4)
    assert (await get(app, target)).status == 200, "the places are free again"


@pytest.mark.parametrize(
    "query",
    [
        "_HLS_part=1",
        "_HLS_msn=x",
        "_HLS_msn=-1",
        "_HLS_msn=2&_HLS_part=1.5",
        "_HLS_msn=99",
        "_HLS_msn=2&_HLS_part=18",
        "_HLS_msn=1234567890123",
        "_HLS_msn=",
    ],
)
async def test_a_query_that_cannot_be_meant_is_400(root: Path, query: str) -> None:
    assert (await get(LiveSegments(root), f"/hls/1/v0/live.m3u8?{query}")).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/hls/1/../../etc/passwd",
        "/hls/1/v0/../journal.jsonl",
        "/hls/1/v0/journal.jsonl",
        "/hls/1/tracks/leader-1-0.audio.units",
        "/hls/../1/v0/live.m3u8",
        "/hls/1/v0//0.m4s",
        "/hls/1/v9/live.m3u8",
        "/hls/1/v0/0.m4s\n",
        "/hls/x/master.m3u8",
        "/hls/2/master.m3u8",
        "/hls/1/",
        "/hls/1/v0/77.m4s",
        "/hls/1/v0/init-9.mp4",
        "/hls/1/captions.m3u8",
    ],
)
async def test_nothing_but_lists_and_segments_is_there(root: Path, path: str) -> None:
    assert (await get(LiveSegments(root), path)).status == 404


async def test_other_methods_are_refused_and_head_has_no_body(root: Path) -> None:
    assert (await get(LiveSegments(root), "/hls/1/master.m3u8", method="POST")).status == 405
    head = await get(LiveSegments(root), "/hls/1/v0/0.m4s", method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "50")


async def test_segments_are_for_ever_and_ranges_exact(root: Path) -> None:
    app = LiveSegments(root)
    whole = await get(app, "/hls/1/v0/0.m4s")
    assert whole.status == 200
    assert "immutable" in whole.headers["cache-control"]
    piece = await get(app, "/hls/1/v0/0.m4s", headers={"Range": "bytes=10-19"})
    assert (piece.status, piece.body) == (206, whole.body[10:20])
    assert piece.headers["content-range"] == "bytes 10-19/50"
    growing = await get(app, "/hls/1/v0/2.m4s", headers={"Range": "bytes=10-19"})
    assert growing.headers["content-range"] == "bytes 10-19/*"
    init = await get(app, "/hls/1/v0/init-0.mp4")
    assert (init.body, "immutable" in init.headers["cache-control"]) == (b"init", True)


async def test_an_open_range_of_the_newest_segment_waits_for_its_next_part(root: Path) -> None:
    app = LiveSegments(root)
    waiting = asyncio.create_task(get(app, "/hls/1/v0/2.m4s", headers={"Range": "bytes=20-"}))
    await asyncio.sleep(0.05)
    # Bytes without a line do not exist.
    with (root / "1" / "v0" / "2.m4s").open("ab") as file:
        file.write(b"torn")
    await asyncio.sleep(0.1)
    assert not waiting.done()
    (root / "1" / "v0" / "2.m4s").write_bytes((root / "1" / "v0" / "2.m4s").read_bytes()[:20])
    data = write_part(root, 2, 2)
    answer = await asyncio.wait_for(waiting, 5)
    assert (answer.status, answer.body) == (206, data)


@pytest.mark.parametrize(
    ("wanted", "status"),
    [("bytes=50-", 416), ("bytes=90-99", 416), ("bytes=-5", 400), ("bytes=9-3", 400), ("bytes=0-1,3-4", 400)],
)
async def test_ranges_that_cannot_be_given_are_refused(root: Path, wanted: str, status: int) -> None:
    answer = await get(LiveSegments(root), "/hls/1/v0/0.m4s", headers={"Range": wanted})
    assert answer.status == status


async def test_the_right_to_watch_is_asked_for_and_asked_again(root: Path) -> None:
    asked: list[int] = []

    async def may_watch(session: int) -> bool:
        asked.append(session)
        return session != 1

    app = LiveSegments(root, may_watch=may_watch)
    shutil.copytree(root / "1", root / "3")
    assert (await get(app, "/hls/1/v0/0.m4s")).status == 403
    assert (await get(app, "/hls/3/v0/0.m4s")).status == 200
    assert (await get(app, "/hls/3/v0/1.m4s")).status == 200
    assert asked == [1, 3], "not for every part"


async def test_captions_come_from_whoever_was_given(root: Path) -> None:
    async def captions(session: int, begin_ms: int, end_ms: int) -> list[Cue]:
        assert (session, begin_ms, end_ms) == (1, 1_000, 2_000)
        return [Cue(1_200, 1_700, "林", "您好")]

    app = LiveSegments(root, captions=captions)
    assert "captions.m3u8" in (await get(app, "/hls/1/master.m3u8")).text
    assert "captions-replay.m3u8" in (await get(app, "/hls/1/replay.m3u8")).text
    listed = (await get(app, "/hls/1/captions.m3u8")).text
    assert re.findall(r"^captions/live-(\d+)\.vtt$", listed, re.MULTILINE) == ["0", "1"]
    cues = await get(app, "/hls/1/captions/1.vtt")
    assert "00:00:01.200 --> 00:00:01.700\n<v 林>您好" in cues.text
    assert cues.headers["content-type"].startswith("text/vtt")


async def test_rewind_while_live_and_vod_after_the_end(root: Path) -> None:
    app = LiveSegments(root)
    live = (await get(app, "/hls/1/v0/replay.m3u8")).text
    assert "PLAYLIST-TYPE:EVENT" in live
    assert "2.m4s" not in live
    journal.mark_ended(root / "1")
    over = (await get(app, "/hls/1/v0/replay.m3u8")).text
    assert "PLAYLIST-TYPE:VOD" in over
    assert "#EXT-X-ENDLIST" in over
    assert "2.m4s" in over


async def test_a_recording_without_anything_yet_is_503(tmp_path: Path) -> None:
    (tmp_path / "5").mkdir()
    assert (await get(LiveSegments(tmp_path, hold=0.05), "/hls/5/v0/live.m3u8")).status == 503
