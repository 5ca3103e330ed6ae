"""What the public does not get: cuts become a slate in lists, segments and clips, and a delay holds the end back."""

import asyncio
import os
import re
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import journal, slates, withheld
from recordings.clips import cut_clip
from recordings.journal import Part, Segment
from recordings.live_asgi import LiveSegments
from recordings.playlists import Cue
from recordings.withheld import Withheld
from tests.recordings import measuring
from tests.recordings.asgi_client import get


def segments(count: int) -> list[Segment]:
    """One second each; the first begins at recording time 0, that is media second 1."""
    return [
        Segment(msn, 0, (Part(0, msn, 0, 0, 10, 1.0, True, 1.0 + msn, 0.0),), complete=True)
        for msn in range(count)
    ]


def numbers(shown: list[Segment]) -> list[str]:
    return [one.file for one in shown]


def test_a_cut_replaces_whole_segments_and_touches_no_neighbour() -> None:
    kept = Withheld(cuts=((1_000, 3_000),))
    assert numbers(kept.marked(segments(4), slate=True)) == ["0.m4s", "1-slate.m4s", "2-slate.m4s", "3.m4s"]
    assert numbers(kept.marked(segments(4), slate=False)) == ["0.m4s", "3.m4s"], (
        "a gap where there is no slate"
    )
    assert numbers(Withheld(cuts=((1_500, 1_501),)).marked(segments(3), True))[1] == "1-slate.m4s"


def test_an_open_cut_goes_on_and_a_delay_keeps_the_end_back() -> None:
    kept = Withheld(cuts=((2_000, None),))
    assert numbers(kept.marked(segments(4), True))[2:] == ["2-slate.m4s", "3-slate.m4s"]
    assert not kept.near and not Withheld(delay=20).near and Withheld(cuts=((0, 9),)).near
    assert len(Withheld(delay=20).out(segments(30), None)) == 10
    assert len(Withheld(delay=20, since=26.0).out(segments(30), None)) == 25, "what is out stays out"
    assert len(Withheld(delay=20).out(segments(30), over_for=15)) == 25, "after the end the rest runs out"
    assert len(Withheld(delay=20).out(segments(30), over_for=99)) == 30


@given(
    st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 4_000)), max_size=4),
    st.integers(0, 9_999),
    st.integers(1, 3_000),
)
def test_a_segment_is_shown_only_when_nothing_of_it_was_cut(
    cuts: list[tuple[int, int]], begin: int, length: int
) -> None:
    spans = tuple((start, start + long) for start, long in cuts)
    hidden = Withheld(cuts=spans).hides(begin, begin + length)
    assert hidden == any(begin < end and begin + length > start for start, end in spans)


def test_the_file_is_replaced_whole_and_seen_by_who_follows_it(tmp_path: Path) -> None:
    screen = withheld.Screen(tmp_path, "v0")
    assert not screen.refresh()
    withheld.write(tmp_path, Withheld(20, 3.5, ((1, 2), (5, None))))
    assert screen.refresh() and screen.withheld == Withheld(20, 3.5, ((1, 2), (5, None)))
    assert not screen.refresh()
    assert [path.name for path in tmp_path.iterdir()] == [withheld.NAME]


@pytest.fixture
def cut(recorded: Path, tmp_path: Path) -> Path:
    """The recording of session 7 with its seconds 2 to 4 cut."""
    directory = tmp_path / "7"
    shutil.copytree(recorded, directory)
    withheld.write(directory, Withheld(cuts=((2_000, 3_900),)))
    return directory


def test_a_slate_has_the_times_of_what_it_replaces(cut: Path) -> None:
    for rendition in ("v0", "v1", "a0"):
        original = journal.read_segments(cut, rendition, original=True)[2]
        shown = journal.read_segments(cut, rendition)[2]
        assert shown.slate
        path = slates.slate_file(cut / rendition, shown)
        assert path is not None
        then, now = (
            slates.times((cut / rendition / original.file).read_bytes()),
            slates.times(path.read_bytes()),
        )
        assert then[1] == now[1], "sound packet for packet"
        if then[0] is not None:
            assert now[0] is not None and (now[0].time, sum(now[0].durations)) == (
                then[0].time,
                sum(then[0].durations),
            )


async def test_lists_name_the_slate_and_the_cut_segment_is_not_served(cut: Path) -> None:
    app = LiveSegments(cut.parent)
    listed = (await get(app, "/hls/7/v0/replay.m3u8")).text
    assert [name for name in re.findall(r"^(.*\.m4s)$", listed, re.M)][:5] == [
        "0.m4s",
        "1.m4s",
        "2-slate.m4s",
        "3-slate.m4s",
        "4.m4s",
    ]
    assert (await get(app, "/hls/7/v0/2.m4s")).status == 404
    assert (await get(app, "/hls/7/v0/1-slate.m4s")).status == 404
    slate = await get(app, "/hls/7/v0/2-slate.m4s")
    assert slate.status == 200 and slate.body == (cut / "v0" / "2-slate.m4s").read_bytes()
    part = await get(app, "/hls/7/v0/2-slate.m4s", headers={"range": "bytes=0-9"})
    assert (part.status, part.body) == (206, slate.body[:10])
    withheld.write(cut, Withheld())
    assert "slate" not in (await get(app, "/hls/7/v0/replay.m3u8")).text, "given back"
    assert (await get(app, "/hls/7/v0/2.m4s")).status == 200


async def test_after_a_cut_no_list_is_only_a_difference(tmp_path: Path) -> None:
    for msn in range(40):
        write_second(tmp_path, msn)
    app = LiveSegments(tmp_path, hold=0.2)
    assert "EXT-X-SKIP" in (await get(app, "/hls/1/v0/replay.m3u8?_HLS_skip=YES")).text
    withheld.write(tmp_path / "1", Withheld(cuts=((2_000, 3_000),)))
    assert "EXT-X-SKIP" not in (await get(app, "/hls/1/v0/replay.m3u8?_HLS_skip=YES")).text


async def test_no_caption_of_a_cut_segment_is_served(cut: Path) -> None:
    cues: list[Cue] = [Cue(0, 60_000, "", "words")]
    app = LiveSegments(cut.parent, captions=lambda *_: cues)
    assert "words" in (await get(app, "/hls/7/captions/1.vtt")).text
    assert "words" not in (await get(app, "/hls/7/captions/2.vtt")).text


def test_the_player_gets_a_slate_without_a_break(cut: Path) -> None:
    """Init segment and segments behind one another, as a player puts them: every frame decodes, none is missing."""
    shown = [one for one in journal.read_segments(cut) if one.epoch == 0]
    parts = [(cut / "v0" / "init-0.mp4").read_bytes()]
    for one in shown:
        path = slates.slate_file(cut / "v0", one) if one.slate else cut / "v0" / one.file
        assert path is not None
        parts.append(path.read_bytes() if one.slate else path.read_bytes()[: one.size])
    whole = measuring.decode(b"".join(parts), measuring.FULL)
    times = whole.frame_times
    assert max(after - before for before, after in zip(times, times[1:], strict=False)) < 0.05
    codes = dict(zip((round(time - 1, 2) for time in times), whole.codes[measuring.FULL], strict=True))
    hidden = [code for time, code in codes.items() if 2.0 <= time < 3.9]
    outside = [code for time, code in codes.items() if 0.5 <= time < 1.9]
    assert set(hidden).isdisjoint(outside) and len(set(hidden)) == 1, "one still picture"
    assert len(set(outside)) > 20


def test_a_clip_over_the_cut_shows_the_slate_and_the_original_is_kept(cut: Path, tmp_path: Path) -> None:
    public, original = tmp_path / "public.mp4", tmp_path / "original.mp4"
    cut_clip(cut, 1_000, 4_000, public)
    cut_clip(cut, 1_000, 4_000, original, original=True)
    shown = measuring.decode(public, measuring.FULL).codes[measuring.FULL]
    kept = measuring.decode(original, measuring.FULL).codes[measuring.FULL]
    assert len(shown) == len(kept)
    assert len(set(shown[30:85])) == 1 and len(set(kept[30:85])) > 40
    assert shown[:25] == kept[:25]
    assert measuring.ffmpeg_complaints(public) == ""
    # Nothing of the passage is hidden in the file: it holds the frames that it shows, and no others.
    video = next(one for one in measuring.ffprobe_streams(public) if one["codec_type"] == "video")
    assert int(video["nb_read_packets"]) == len(shown)


def write_second(root: Path, msn: int) -> None:
    directory = root / "1" / "v0"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"{msn}.m4s").write_bytes(b"0123456789")
    part = Part(0, msn, 0, 0, 10, 1.0, True, 1.0 + msn, 0.0)
    with (directory / journal.NAME).open("ab") as file:
        file.write(journal.encode_line(part))


async def test_a_delayed_list_has_whole_seconds_only_and_neither_parts_nor_hints(tmp_path: Path) -> None:
    for msn in range(30):
        write_second(tmp_path, msn)
    withheld.write(tmp_path / "1", Withheld(delay=20))
    app = LiveSegments(tmp_path, hold=0.2)
    listed = (await get(app, "/hls/1/v0/live.m3u8")).text
    assert re.findall(r"^(\d+)\.m4s$", listed, re.M)[-1] == "9"
    assert not re.search("PART|HINT|BLOCK", listed)
    assert (await get(app, "/hls/1/v0/10.m4s")).status == 404, "also for who guesses the address"
    assert (await get(app, "/hls/1/v0/9.m4s")).status == 200
    asked = time.monotonic()
    assert (await get(app, "/hls/1/v0/live.m3u8?_HLS_msn=10")).status == 200
    assert time.monotonic() - asked < 5, "a page that still asks to wait is answered"
    write_second(tmp_path, 30)
    assert re.findall(r"^(\d+)\.m4s$", (await get(app, "/hls/1/v0/live.m3u8")).text, re.M)[-1] == "10"


async def test_after_the_end_the_delayed_rest_still_comes_and_then_the_list_is_final(tmp_path: Path) -> None:
    for msn in range(30):
        write_second(tmp_path, msn)
    withheld.write(tmp_path / "1", Withheld(delay=20))
    journal.mark_ended(tmp_path / "1")
    app = LiveSegments(tmp_path, hold=0.2)
    listed = (await get(app, "/hls/1/v0/live.m3u8")).text
    assert "ENDLIST" not in listed and re.findall(r"^(\d+)\.m4s$", listed, re.M)[-1] == "9"
    past = time.time() - 30
    os.utime(tmp_path / "1" / journal.ENDED, (past, past))
    listed = (await get(app, "/hls/1/v0/live.m3u8")).text
    assert "ENDLIST" in listed and re.findall(r"^(\d+)\.m4s$", listed, re.M)[-1] == "29"


async def test_while_a_cut_goes_on_nothing_new_is_led_to(tmp_path: Path) -> None:
    for msn in range(5):
        write_second(tmp_path, msn)
    slates.write_template(tmp_path / "1" / "v0", [b"\0\0\0\1k", b"\0\0\0\1p"], b"quiet")
    withheld.write(tmp_path / "1", Withheld(cuts=((3_000, None),)))
    app = LiveSegments(tmp_path, hold=0.2)
    listed = (await get(app, "/hls/1/v0/live.m3u8")).text
    assert re.findall(r"^(.*)\.m4s$", listed, re.M) == ["0", "1", "2", "3-slate", "4-slate"]
    assert not re.search("PART|HINT", listed)
    waiting = asyncio.create_task(get(app, "/hls/1/v0/4.m4s"))
    assert (await waiting).status == 404
