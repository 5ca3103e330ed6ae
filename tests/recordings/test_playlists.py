"""The lists, for any recording that crashes and full disks may leave behind."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import playlists, timeline
from recordings.journal import Part, Segment, grouped
from recordings.playlists import Cue


@st.composite
def recordings(draw: st.DrawFn) -> list[Segment]:
    """Segments of 1 to 5 parts with rising numbers, holes and restarts, as journals give them."""
    parts: list[Part] = []
    msn, epoch, media = draw(st.integers(0, 3)), 0, 1.0
    for _ in range(draw(st.integers(1, 20))):
        count = 5
        fate = draw(st.sampled_from(["whole", "whole", "whole", "killed", "hole"]))
        if fate == "killed":
            count = draw(st.integers(1, 5))
        offset = 0
        for index in range(count):
            parts.append(Part(epoch, msn, index, offset, 100 + index, 0.2, index == 0, media, 0.0))
            offset += 100 + index
            media += 0.2
        msn += 1
        if fate == "killed":
            epoch += draw(st.integers(1, 2))
            msn += draw(st.integers(0, 1))
            media += draw(st.floats(0.0, 0.6))
        elif fate == "hole":
            msn += 1
            media += 1.0
    return grouped(parts, ended=draw(st.booleans()))


def tag_values(text: str, tag: str) -> list[str]:
    return re.findall(rf"^#{tag}:(.*)$", text, re.MULTILINE)


@given(recordings(), st.booleans())
def test_the_replay_list_names_every_complete_segment_once_in_order(
    segments: list[Segment], ended: bool
) -> None:
    text = playlists.replay_list(segments, None, ended)
    numbers = [int(number) for number in re.findall(r"^(\d+)\.m4s$", text, re.MULTILINE)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True
    complete = {segment.msn for segment in segments if segment.complete}
    assert complete <= set(numbers)
    gaps = text.count("#EXT-X-GAP")
    assert len(numbers) == len(complete) + gaps
    assert len(tag_values(text, "EXTINF")) == len(numbers)
    assert ("#EXT-X-ENDLIST" in text) == ended
    assert all(round(float(value.rstrip(","))) <= 1 for value in tag_values(text, "EXTINF"))


@given(recordings())
def test_discontinuities_count_the_epochs(segments: list[Segment]) -> None:
    for text in (
        playlists.replay_list(segments, None, True),
        playlists.live_list("v0", segments, None, False),
        playlists.captions_list(segments, None, False, whole=False),
    ):
        first = int(tag_values(text, "EXT-X-DISCONTINUITY-SEQUENCE")[0])
        shown = first + len(re.findall(r"^#EXT-X-DISCONTINUITY$", text, re.MULTILINE))
        listed = [one for one in timeline.entries(segments) if one.segment is None or one.segment.complete]
        last = listed[-1].epoch if listed else first
        if "PART-INF" in text and not segments[-1].complete:
            last = segments[-1].epoch
        assert shown == last


@given(recordings())
def test_the_live_list_names_each_part_once_and_in_the_order_of_its_bytes(segments: list[Segment]) -> None:
    text = playlists.live_list("v0", segments, 0.0, False)
    named = re.findall(r'URI="(\d+)\.m4s",BYTERANGE="(\d+)@(\d+)"', text)
    places = [(int(msn), int(offset)) for msn, _, offset in named]
    assert places == sorted(set(places))
    by_place = {(part.msn, part.offset): part for segment in segments for part in segment.parts}
    for (msn, offset), (_, length, _) in zip(places, named, strict=True):
        assert by_place[msn, offset].length == int(length)
    newest = {(part.msn, part.offset) for part in segments[-1].parts}
    assert newest <= set(places)


@given(recordings())
def test_a_media_sequence_only_grows_while_a_recording_grows(segments: list[Segment]) -> None:
    starts = [
        int(tag_values(playlists.live_list("v0", segments[:count], None, False), "EXT-X-MEDIA-SEQUENCE")[0])
        for count in range(1, len(segments) + 1)
    ]
    assert all(before <= after for before, after in pairwise(starts))


def long_recording(segments: list[Segment]) -> list[Segment]:
    """`segments` behind twenty whole ones, so that there is something to leave out."""
    before = [
        Part(0, msn, index, index * 10, 10, 0.2, index == 0, 1 + msn + index * 0.2, 0.0)
        for msn in range(20)
        for index in range(5)
    ]
    later = [replace(part, msn=part.msn + 20) for one in segments for part in one.parts]
    return grouped(before + later)


@given(recordings(), st.booleans())
def test_a_delta_update_leaves_out_exactly_what_it_says(segments: list[Segment], live: bool) -> None:
    segments = long_recording(segments)
    if live:
        whole, delta = (playlists.live_list("v0", segments, None, False, skip=skip) for skip in (False, True))
    else:
        whole, delta = (playlists.replay_list(segments, None, False, skip) for skip in (False, True))
    (skipped,) = (int(value) for value in re.findall(r"SKIPPED-SEGMENTS=(\d+)", delta))
    numbers = re.findall(r"^(\d+)\.m4s$", whole, re.MULTILINE)
    assert re.findall(r"^(\d+)\.m4s$", delta, re.MULTILINE) == numbers[skipped:]
    assert re.findall(r"^#EXT-X-PART:.*$", delta, re.MULTILINE) == re.findall(
        r"^#EXT-X-PART:.*$", whole, re.MULTILINE
    )
    shown = sum(float(value.rstrip(",")) for value in tag_values(delta, "EXTINF"))
    assert shown >= playlists.SKIP_UNTIL - 1e-3, "the end of the list is always there"


@given(recordings(), st.floats(0, 30_000))
def test_player_time_and_recording_time_are_each_others_inverse(segments: list[Segment], ms: float) -> None:
    player = timeline.player_seconds(segments, ms)
    total = sum(entry.duration for entry in timeline.entries(segments))
    assert -1e-6 <= player <= total + 1e-6
    recorded = any(s.begin <= ms / 1000 + 1 < s.begin + s.duration - 1e-6 for s in segments)
    if recorded:
        assert timeline.recording_milliseconds(segments, player) == pytest.approx(ms, abs=1)


@given(recordings(), st.lists(st.floats(0, 30_000), min_size=2, max_size=9))
def test_player_time_never_runs_backwards(segments: list[Segment], moments: list[float]) -> None:
    players = [timeline.player_seconds(segments, ms) for ms in sorted(moments)]
    assert players == sorted(players)


def one_segment() -> Segment:
    return grouped([Part(0, 4, i, i * 10, 10, 0.2, i == 0, 5.0 + i * 0.2, 0.0) for i in range(5)])[0]


def test_a_moment_in_a_restart_gap_is_where_the_next_epoch_begins() -> None:
    first = Part(0, 0, 0, 0, 10, 0.2, True, 1.0, 0.0)
    second = Part(1, 1, 0, 0, 10, 0.2, True, 1.6, 0.0)
    segments = grouped([first, second])
    assert timeline.player_seconds(segments, 400) == pytest.approx(0.2)
    assert timeline.player_seconds(segments, 650) == pytest.approx(0.25)


def test_cues_are_cut_at_the_edges_and_cannot_break_out() -> None:
    cues = [
        Cue(3_500, 4_500, "林<b>", "第一 --> 句\n\nNOTE x"),
        Cue(4_900, 9_000, "", "a & b"),
        Cue(9_000, 9_500, "", "not here"),
    ]
    text = playlists.caption_segment(one_segment(), cues)
    assert "00:00:04.000 --> 00:00:04.500" in text
    assert "00:00:04.900 --> 00:00:05.000" in text
    assert "<v 林&lt;b&gt;>第一 --&gt; 句 NOTE x" in text
    assert "a &amp; b" in text
    assert "not here" not in text
    assert text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:90000,LOCAL:00:00:00.000\n")


def test_a_list_knows_the_wall_clock() -> None:
    text = playlists.replay_list([one_segment()], 1_790_000_000.0, True)
    assert tag_values(text, "EXT-X-PROGRAM-DATE-TIME") == ["2026-09-21T14:13:24.000Z"]


@pytest.mark.parametrize("captions", [True, False])
def test_the_master_names_every_rendition(captions: bool) -> None:
    text = playlists.master_list("live", captions)
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "v0/live.m3u8",
        "v1/live.m3u8",
        "a0/live.m3u8",
    ]
    assert ("captions.m3u8" in text) == captions
