"""Units on the wire and in track files."""

import errno
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import tracks, units
from recordings.tracks import TrackWriter, read_header, safe_name
from recordings.units import BrokenUnits, Codec, Flags, Kind, Unit, UnitReader
from streaming.sinks import Frame, SenderReport

any_unit = st.builds(
    Unit,
    kind=st.sampled_from(Kind),
    participant=st.text(max_size=40),
    codec=st.sampled_from(Codec),
    flags=st.sampled_from([Flags.NONE, Flags.KEY, Flags.LOST_BEFORE, Flags.KEY | Flags.LOST_BEFORE]),
    timestamp=st.integers(0, 2**32 - 1),
    arrival=st.integers(0, 10**12).map(lambda us: us / 1e6),
    payload=st.binary(max_size=300),
)


@given(st.lists(any_unit, max_size=8), st.integers(1, 50))
def test_units_come_out_as_they_went_in_however_the_bytes_are_cut(sent: list[Unit], step: int) -> None:
    data = b"".join(unit.pack() for unit in sent)
    reader = UnitReader()
    got = [unit for at in range(0, len(data), step) for unit in reader.feed(data[at : at + step])]
    assert len(got) == len(sent)
    for one, other in zip(got, sent, strict=True):
        assert (one.kind, one.participant, one.codec, one.flags) == (
            other.kind,
            other.participant,
            other.codec,
            other.flags,
        )
        assert (one.timestamp, one.payload) == (other.timestamp, other.payload)
        assert one.arrival == pytest.approx(other.arrival, abs=2e-6)


@given(st.binary(min_size=units.HEAD.size, max_size=200))
def test_bytes_that_are_no_units_are_refused_and_nothing_else(data: bytes) -> None:
    try:
        UnitReader().feed(data)
    except BrokenUnits:
        pass


def test_a_length_beyond_reason_is_refused_at_once() -> None:
    head = units.HEAD.pack(1, 1, 0, 0, 0, 0, 2**31)
    with pytest.raises(BrokenUnits):
        UnitReader().feed(head)


@pytest.mark.parametrize("payload", [b"", b"[1]", b"{", b"\xff"])
def test_a_control_unit_without_an_object_is_refused(payload: bytes) -> None:
    with pytest.raises(BrokenUnits):
        units.control_fields(Unit(Kind.CONTROL, "", Codec.NONE, Flags.NONE, 0, 0.0, payload))


def frame(participant: str, kind: str, arrival: float) -> Frame:
    if kind == "audio":
        return Frame(participant, "audio", "opus", 960, arrival, False, False, b"sound")
    return Frame(participant, "video", "h264", 3_000, arrival, True, False, b"picture")


def read(path: Path) -> list[Unit]:
    return UnitReader().feed(path.read_bytes())


def test_sound_and_picture_of_each_speaker_go_to_files_of_their_own(tmp_path: Path) -> None:
    writer = TrackWriter(tmp_path, t0=100.0, wall0=1_790_000_000.0)
    writer.on_stage("leader-1", "main")
    writer.on_frame(frame("leader-1", "audio", 101.5))
    writer.on_frame(frame("leader-1", "video", 101.5))
    writer.on_frame(frame("guest-2", "audio", 102.0))
    writer.on_sender_report(SenderReport("leader-1", "audio", "opus", 3.9e9, 960))
    writer.close()
    directory = tmp_path / "tracks"
    assert sorted(path.name for path in directory.iterdir()) == [
        "guest-2-0.audio.units",
        "leader-1-0.audio.units",
        "leader-1-0.video.units",
    ]
    header, sound, report, end = read(directory / "leader-1-0.audio.units")
    track = read_header(header)
    assert (track.participant, track.kind, track.number) == ("leader-1", "audio", 0)
    assert tracks.recording_ms(track, sound) == pytest.approx(1_500)
    assert sound.payload == b"sound"
    assert report.kind is Kind.SENDER_REPORT
    assert units.control_fields(end) == {"end": True}


def test_who_comes_back_gets_the_next_number_also_after_a_crash(tmp_path: Path) -> None:
    writer = TrackWriter(tmp_path, 0.0, 0.0)
    writer.on_frame(frame("leader-1", "audio", 1.0))
    writer.on_leave("leader-1")
    writer.on_frame(frame("leader-1", "video", 2.0))
    writer.close()
    again = TrackWriter(tmp_path, 0.0, 0.0)
    again.on_frame(frame("leader-1", "audio", 3.0))
    again.close()
    names = sorted(path.name for path in (tmp_path / "tracks").iterdir())
    assert names == ["leader-1-0.audio.units", "leader-1-1.video.units", "leader-1-2.audio.units"]


def test_a_disk_that_refuses_costs_units_not_the_room(tmp_path: Path) -> None:
    (tmp_path / "tracks").write_text("a file where the directory should be")
    writer = TrackWriter(tmp_path, 0.0, 0.0, queue_length=5)
    for _ in range(50):
        writer.on_frame(frame("leader-1", "audio", 1.0))
    writer.close()
    assert writer.failed + writer.dropped == 50


def test_a_full_disk_costs_no_open_files_and_the_track_begins_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, full = os.write, True

    def limited(file: int, data: bytes) -> int:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(file, data)

    monkeypatch.setattr("recordings.tracks.os.write", limited)
    before = len(os.listdir("/proc/self/fd"))
    writer = TrackWriter(tmp_path, 0.0, 0.0)
    for _ in range(50):
        writer.on_frame(frame("leader-1", "audio", 1.0))
    deadline = time.monotonic() + 10
    while writer.failed < 50 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(os.listdir("/proc/self/fd")) == before
    full = False
    writer.on_frame(frame("leader-1", "audio", 2.0))
    writer.close()
    header, sound, _end = read(tmp_path / "tracks" / "leader-1-0.audio.units")
    assert read_header(header).participant == "leader-1" and sound.arrival == 2.0


@given(st.text(max_size=120))
def test_no_name_leads_out_of_the_directory(participant: str) -> None:
    name = safe_name(participant)
    assert name
    assert "/" not in name
    assert "." not in name


@pytest.mark.parametrize(
    "unit",
    [
        Unit(Kind.AUDIO, "a", Codec.OPUS, Flags.NONE, 0, 0.0, b""),
        units.control(format=1),
        units.control(participant="a", kind="audio", n="x", t0=0, wall0=0),
    ],
)
def test_a_file_without_its_header_is_refused(unit: Unit) -> None:
    with pytest.raises(BrokenUnits):
        read_header(unit)
