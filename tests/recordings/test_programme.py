"""The programme in virtual time: what happens on stage, and that the timeline never notices."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from recordings import journal
from recordings.units import Codec, Flags, Kind, Unit
from tests.recordings import measuring
from tests.recordings.synthetic import Arrival, Speaker, VirtualRun, at, merged, run_virtually

pytestmark = pytest.mark.slow


def assert_one_clean_timeline(directory: Path, seconds: int) -> None:
    """Every frame at its time, parts of 0.2 s, segments of 1 s with a key frame first, and ffmpeg has no
    complaint."""
    for rendition in journal.RENDITIONS:
        whole = directory / f"{rendition}.mp4"
        whole.write_bytes(measuring.epoch_bytes(directory, rendition))
        assert measuring.ffmpeg_complaints(whole) == ""
        assert measuring.ffprobe_streams(whole)
    segments = journal.read_segments(directory)
    assert [segment.msn for segment in segments] == list(range(seconds))
    assert [segment.duration for segment in segments] == pytest.approx([1.0] * seconds)
    for segment in segments:
        assert [part.independent for part in segment.parts] == [True, False, False, False, False]
        assert {part.duration for part in segment.parts} == {0.2}
    decoded = measuring.decode(measuring.epoch_bytes(directory))
    assert decoded.frame_times == pytest.approx([1 + tick / 30 for tick in range(seconds * 30)], abs=1e-3)


def changes(run: VirtualRun) -> list[tuple[float, int]]:
    """(second, people shown) at each change."""
    return [
        (tick / 30, shown)
        for tick, shown in enumerate(run.shown)
        if tick == 0 or run.shown[tick - 1] != shown
    ]


def test_sound_and_picture_stay_together_with_drifting_clocks_and_jitter(tmp_path: Path) -> None:
    lin = Speaker("leader-1", 0.2, 13, drift_ppm=100, sound_ppm=-100, jitter=0.008, seed=3)
    alice = Speaker(
        "guest-2", 1.2, 13, voice=1, shade=150, drift_ppm=-100, sound_ppm=100, transit=0.06, seed=4
    )
    stage = [*at(0, stage=["leader-1", "main"]), *at(0, stage=["guest-2", "guest"])]
    run_virtually(tmp_path, merged(stage, lin.arrivals(), alice.arrivals()), 13)
    decoded = measuring.decode(measuring.epoch_bytes(tmp_path), measuring.LEFT, measuring.RIGHT)
    for place, voice, ppm in ((measuring.LEFT, 0, -100), (measuring.RIGHT, 1, 100)):
        measured = measuring.skews(decoded, place, voice, ppm)
        late = [abs(skew) for time, skew in measured if time > measured[0][0] + 2]
        assert len(late) >= 7
        assert np.percentile(late, 95) <= 0.060
        assert max(late) <= 0.080


def test_a_programme_without_anybody_runs_on_with_a_slate(tmp_path: Path) -> None:
    run = run_virtually(tmp_path, [], 3)
    assert set(run.shown) == {0}
    assert_one_clean_timeline(tmp_path, 3)
    decoded = measuring.decode(measuring.epoch_bytes(tmp_path))
    assert np.abs(decoded.sound).max() < 0.01


def rubbish(begin: float) -> list[Arrival]:
    """Pictures that are none, sound that is none, and a control message without sense, in the name of a
    speaker."""
    wrong: list[Arrival] = [
        (begin, Unit(Kind.VIDEO, "leader-1", Codec.H264, Flags.KEY, 5, begin, bytes(range(200)))),
        (begin, Unit(Kind.VIDEO, "leader-1", Codec.H264, Flags.NONE, 9, begin, b"\0\0\0\1\x41" + bytes(99))),
        (begin, Unit(Kind.AUDIO, "leader-1", Codec.OPUS, Flags.NONE, 77, begin, b"\xff" * 40)),
        (begin, Unit(Kind.AUDIO, "leader-1", Codec.NONE, Flags.NONE, 77, begin, b"")),
        (begin, Unit(Kind.SENDER_REPORT, "leader-1", Codec.H264, Flags.NONE, 0, begin, b"short")),
        (begin, Unit(Kind.CONTROL, "", Codec.NONE, Flags.NONE, 0, begin, b"{")),
        (begin, Unit(Kind.CONTROL, "", Codec.NONE, Flags.NONE, 0, begin, b'{"third": 5}')),
    ]
    return wrong


def test_joins_leaves_new_sizes_codecs_and_rubbish_leave_one_even_timeline(tmp_path: Path) -> None:
    def only(speaker: Speaker, begin: float, end: float) -> list[Arrival]:
        return [(time, unit) for time, unit in speaker.arrivals() if begin <= time < end]

    large = only(Speaker("leader-1", 0.5, 12, seed=1), 0.5, 4.5)
    small = only(Speaker("leader-1", 0.5, 12, size=(640, 360), seed=1), 4.5, 7.0)
    other = only(Speaker("leader-1", 0.5, 12, size=(640, 360), codec=Codec.VP8, seed=1), 7.0, 12.0)
    # Joins half a second into a GOP: no key frame at first.
    alice = only(Speaker("guest-2", 1.0, 10, voice=1, shade=150, loss=0.02), 1.5, 10.0)
    phone = Speaker("phone-3", 5.0, 9.0, voice=2, sound_codec=Codec.PCMU, kinds=frozenset({Kind.AUDIO}))
    control = [
        *at(0.0, stage=["leader-1", "main"]),
        *at(0.0, stage=["guest-2", "guest"]),
        *at(3.0, third=["请问城东到新区的公交线什么时候开通?" * 4, "2026-000123"]),
        *at(4.0, layout="pip"),
        *at(6.0, layout="full"),
        *at(6.5, layout="no such layout"),
        *at(8.0, layout="side", third=None),
        *at(10.0, leave="guest-2"),
    ]
    run = run_virtually(
        tmp_path, merged(large, small, other, alice, phone.arrivals(), rubbish(5.5), control), 12
    )
    assert_one_clean_timeline(tmp_path, 12)
    assert run.of_kind("error")
    assert "guest-2" in run.of_kind("want_key")
    assert max(run.shown) == 2
    assert run.shown[-1] == 1
    decoded = measuring.decode(measuring.epoch_bytes(tmp_path), measuring.LEFT)
    # It rings at whole seconds, the leader half a second later.
    ringing = [moment for moment in measuring.chirps(decoded, 2) if (moment + 0.3) % 1 < 0.5]
    assert len(ringing) >= 3, "the telephone leg is heard"
    after_switch = decoded.codes[measuring.LEFT][int(8.5 * 30) : int(9.9 * 30)]
    assert len({code for code in after_switch if code is not None}) > 20, (
        "VP8 moves after the change of codec"
    )


def test_a_broken_stream_gives_a_slate_within_two_seconds_and_comes_back(tmp_path: Path) -> None:
    lin = Speaker("leader-1", 0.2, 12)
    gap = [(time, unit) for time, unit in lin.arrivals() if not 3.0 <= time < 6.0]
    run = run_virtually(tmp_path, merged(at(0, stage=["leader-1", "main"]), gap), 9)
    assert_one_clean_timeline(tmp_path, 9)
    seconds = changes(run)
    assert [shown for _, shown in seconds] == [0, 1, 0, 1]
    assert 4.8 <= seconds[2][0] <= 5.2
    assert 6.0 <= seconds[3][0] <= 8.3, "back at the next key frame"


def test_a_pause_shows_its_own_slate_and_lets_no_sound_through(tmp_path: Path) -> None:
    lin = Speaker("leader-1", 0.1, 6)
    pause = [*at(0, stage=["leader-1", "main"]), *at(2.0, slate="稍后回来"), *at(4.0, slate=None)]
    run = run_virtually(tmp_path, merged(pause, lin.arrivals()), 6)
    assert [shown for _, shown in changes(run)] == [0, 1, 0, 1]
    decoded = measuring.decode(measuring.epoch_bytes(tmp_path))
    heard = measuring.chirps(decoded, 0)
    assert [moment for moment in heard if 3.1 < moment < 4.9] == []
    assert len([moment for moment in heard if moment > 5.0]) >= 1


def test_the_leader_is_first_whoever_came_first(tmp_path: Path) -> None:
    alice = Speaker("guest-2", 0.1, 4, shade=150)
    lin = Speaker("leader-1", 0.5, 4, shade=60)
    stage = [*at(0, stage=["guest-2", "guest"]), *at(0, stage=["leader-1", "main"]), *at(2.0, layout="full")]
    run_virtually(tmp_path, merged(stage, alice.arrivals(), lin.arrivals()), 4)
    decoded = measuring.decode(measuring.epoch_bytes(tmp_path))
    assert decoded.luma[-15] < 90, "full shows the main slot"


def test_without_a_clock_relation_each_stream_goes_by_its_own_arrival(tmp_path: Path) -> None:
    lin = Speaker("leader-1", 0.2, 8, reports=False)
    run_virtually(tmp_path, lin.arrivals(), 8)
    decoded = measuring.decode(measuring.epoch_bytes(tmp_path), measuring.FULL)
    late = [abs(skew) for time, skew in measuring.skews(decoded, measuring.FULL, 0) if time > 3]
    assert late
    assert max(late) < 0.12


def test_a_second_process_goes_on_with_the_next_number_and_epoch(recorded: Path) -> None:
    segments = journal.read_segments(recorded)
    assert [segment.epoch for segment in segments] == [0] * 5 + [1] * 4
    assert [segment.msn for segment in segments] == list(range(9))
    assert segments[4].duration == pytest.approx(0.4)
    assert segments[5].begin == pytest.approx(1 + 4.8)
    assert Counter(len(segment.parts) for segment in segments) == {5: 7, 2: 1, 1: 1}
