"""Clips: exact to the frame, nothing from before the beginning, clean for every player."""

from pathlib import Path

import pytest

from recordings import clips, cutting, journal
from recordings.clips import cut_clip
from recordings.cutting import NothingRecorded
from recordings.export import export_recording
from recordings.joined import JoinedFiles
from recordings.timeline import end_ms
from tests.recordings import measuring

pytestmark = pytest.mark.slow

# Synthetic frame n was captured at 0.1 + n/30 s and is shown about 0.12 s later.


def shown_in_recording(directory: Path, begin_ms: int, end_ms: int, epoch: int = 0) -> list[int | None]:
    """The barcodes that the recording itself shows in that passage."""
    decoded = measuring.decode(measuring.epoch_bytes(directory, epoch=epoch), measuring.FULL)
    return [
        code
        for time, code in zip(decoded.frame_times, decoded.codes[measuring.FULL], strict=True)
        if begin_ms / 1000 - 1e-3 <= time - 1 < end_ms / 1000 - 1e-3
    ]


def assert_clean(path: Path) -> None:
    assert measuring.ffmpeg_complaints(path) == ""
    assert {stream["codec_name"] for stream in measuring.ffprobe_streams(path)} == {"h264", "aac"}
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "plays before it is loaded"
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("begin_ms", "end_ms"), [(1_400, 3_300), (1_000, 2_000), (2_033, 2_900), (0, 1_500), (1_010, 1_290)]
)
def test_a_clip_begins_and_ends_at_exactly_the_frames_asked_for(
    recorded: Path, tmp_path: Path, begin_ms: int, end_ms: int
) -> None:
    target = tmp_path / "clip.mp4"
    cut = cut_clip(recorded, begin_ms, end_ms, target)
    assert_clean(target)
    decoded = measuring.decode(target, measuring.FULL)
    expected = shown_in_recording(recorded, begin_ms, end_ms)
    assert decoded.codes[measuring.FULL] == expected
    assert decoded.frame_times == pytest.approx([i / 30 for i in range(len(expected))], abs=2e-3)
    assert (cut.method, cut.pieces) == ("exact", 1)
    assert cut.duration_ms == pytest.approx(end_ms - begin_ms, abs=34)
    assert cut.encoded <= 30


def test_sound_of_a_clip_stands_where_the_recording_has_it(recorded: Path, tmp_path: Path) -> None:
    target = tmp_path / "clip.mp4"
    cut_clip(recorded, 1_400, 4_000, target)
    whole = measuring.decode(measuring.epoch_bytes(recorded))
    heard = [moment - 1 - 1.4 for moment in measuring.chirps(whole, 0)]
    expected = [moment for moment in heard if 0.05 < moment < 2.5]
    assert measuring.chirps(measuring.decode(target), 0) == pytest.approx(expected, abs=0.04)


def test_nothing_from_before_the_beginning_is_in_the_file(recorded: Path, tmp_path: Path) -> None:
    target = tmp_path / "clip.mp4"
    cut_clip(recorded, 1_500, 2_800, target)
    video = next(one for one in measuring.ffprobe_streams(target) if one["codec_type"] == "video")
    shown = shown_in_recording(recorded, 1_500, 2_800)
    assert int(video["nb_read_packets"]) == len(shown), "no hidden frames behind an edit list"


def test_a_clip_goes_on_over_a_restart_with_the_gap_closed(recorded: Path, tmp_path: Path) -> None:
    target = tmp_path / "clip.mp4"
    cut = cut_clip(recorded, 3_500, 6_500, target)
    assert_clean(target)
    decoded = measuring.decode(target, measuring.FULL)
    expected = shown_in_recording(recorded, 3_500, 4_400) + shown_in_recording(
        recorded, 4_800, 6_500, epoch=1
    )
    assert decoded.codes[measuring.FULL] == expected
    assert cut.pieces == 2
    assert cut.duration_ms == pytest.approx(2_600, abs=40)


@pytest.mark.parametrize("method", ["encoded", "keyframe"])
def test_the_ways_to_fall_back_on_never_begin_too_early(
    recorded: Path, tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "METHODS", (method,))
    target = tmp_path / "clip.mp4"
    cut = cut_clip(recorded, 1_400, 3_300, target)
    assert_clean(target)
    assert cut.method == method
    codes = measuring.decode(target, measuring.FULL).codes[measuring.FULL]
    expected = shown_in_recording(recorded, 1_400, 3_300)
    assert codes == (expected if method == "encoded" else expected[-len(codes) :])
    assert len(codes) >= len(expected) - 30


def test_other_settings_than_todays_lead_to_a_full_encode(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "parameter_sets", lambda data: object())
    cut = cut_clip(recorded, 1_400, 3_300, tmp_path / "clip.mp4")
    assert cut.method == "encoded"
    codes = measuring.decode(tmp_path / "clip.mp4", measuring.FULL).codes[measuring.FULL]
    assert codes == shown_in_recording(recorded, 1_400, 3_300)


def test_where_nothing_is_recorded_there_is_no_clip(recorded: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingRecorded):
        cut_clip(recorded, 90_000, 95_000, tmp_path / "clip.mp4")
    with pytest.raises(NothingRecorded):
        cut_clip(recorded, 4_450, 4_700, tmp_path / "clip.mp4")
    with pytest.raises(NothingRecorded):
        cut_clip(tmp_path / "no such recording", 0, 1_000, tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_whole_recording_is_exported_with_chapters(recorded: Path, tmp_path: Path) -> None:
    target = tmp_path / "whole.mp4"
    passages = [(500, 2_000, "第一个问题"), (5_000, 6_000, "第二个问题")]
    cut = export_recording(recorded, target, "直通车", passages)
    assert measuring.ffmpeg_complaints(target) == ""
    assert cut.encoded == 0
    segments = journal.read_segments(recorded)
    assert cut.duration_ms == pytest.approx(end_ms(segments) - 400, abs=40)


def test_several_files_read_as_one(tmp_path: Path) -> None:
    paths = []
    for index, data in enumerate((b"abcd", b"efghXXX", b"ij")):
        path = tmp_path / str(index)
        path.write_bytes(data)
        paths.append((path, min(4, len(data))))
    with JoinedFiles(paths) as joined:
        assert joined.read(6) == b"abcdef"
        assert joined.tell() == 6
        joined.seek(2)
        assert joined.read() == b"cdefghij"
        assert joined.read(3) == b""
        joined.seek(-3, 2)
        assert joined.read(2) == b"hi"
