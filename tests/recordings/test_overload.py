"""A machine that cannot keep up loses pictures, never sound and never the timeline."""

from pathlib import Path

import pytest

from recordings import journal
from recordings.programme import PART_TICKS, Programme
from tests.recordings import measuring


def test_pictures_of_a_late_programme_stand_longer_and_nothing_else_changes(tmp_path: Path) -> None:
    programme = Programme(tmp_path, 0.0, lambda message: None, clock=lambda: 0.0)
    for tick in range(120):
        programme.tick(tick, repeat=31 <= tick < 90)
    programme.close()
    for rendition in journal.RENDITIONS:
        whole = tmp_path / f"{rendition}.mp4"
        whole.write_bytes(measuring.epoch_bytes(tmp_path, rendition))
        assert measuring.ffmpeg_complaints(whole) == ""
    segments = journal.read_segments(tmp_path)
    assert [segment.duration for segment in segments] == pytest.approx([1.0] * 4)
    assert [part.independent for part in segments[2].parts] == [True, False, False, False, False]
    times = measuring.decode(measuring.epoch_bytes(tmp_path)).frame_times
    late = [time for time in times if 2 + 1 / 30 <= time < 4 - 1e-3]
    assert late == pytest.approx([2 + tick / 30 for tick in range(PART_TICKS, 60, PART_TICKS)], abs=1e-3)
    assert len(times) == 31 + len(late) + 30
