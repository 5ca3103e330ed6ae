"""What a killed writer leaves behind, and how the next one and every reader take it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import journal
from recordings.cmaf import PictureSample
from recordings.journal import JournalTail, Part
from recordings.segments import Rendition, Settler, recover


def part(msn: int, index: int, epoch: int = 0) -> Part:
    return Part(epoch, msn, index, index * 10, 10, 0.2, index == 0, 1 + msn + index * 0.2, 5.0)


def write(directory: Path, *lines: bytes) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / journal.NAME
    path.write_bytes(b"".join(lines))
    return path


@given(
    msn=st.integers(0, 10**6),
    index=st.integers(0, 9),
    begin=st.integers(0, 10**7),
    independent=st.booleans(),
)
def test_a_line_reads_as_it_was_written(msn: int, index: int, begin: int, independent: bool) -> None:
    written = Part(3, msn, index, 100, 20, 0.2, independent, begin / 1000, 7.5)
    assert journal.decode_line(journal.encode_line(written).rstrip()) == written


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"null", b'{"epoch":1}', b"\0\0\0", b'{"epoch":"x"}'])
def test_a_line_that_is_no_part_is_skipped(line: bytes) -> None:
    assert journal.decode_line(line) is None


def test_a_torn_line_waits_until_it_is_whole(tmp_path: Path) -> None:
    whole, torn = journal.encode_line(part(0, 0)), journal.encode_line(part(0, 1))
    path = write(tmp_path, whole, torn[:20])
    tail = JournalTail(tmp_path)
    assert tail.read() == [part(0, 0)]
    assert tail.read() == []
    with path.open("ab") as file:
        file.write(torn[20:])
    assert tail.read() == [part(0, 1)]


def test_a_torn_line_that_the_next_writer_cuts_off_was_never_there(tmp_path: Path) -> None:
    path = write(tmp_path, journal.encode_line(part(0, 0)), b'{"epoch":0,"ms')
    tail = JournalTail(tmp_path)
    assert tail.read() == [part(0, 0)]
    assert recover(tmp_path) == (1, 1)
    with path.open("ab") as file:
        file.write(journal.encode_line(part(1, 0, epoch=1)))
    assert tail.read() == [part(1, 0, epoch=1)]


def test_recovery_cuts_segments_to_what_the_journal_names(tmp_path: Path) -> None:
    write(tmp_path, journal.encode_line(part(0, 0)), journal.encode_line(part(0, 1)))
    (tmp_path / "0.m4s").write_bytes(bytes(35))
    (tmp_path / "1.m4s").write_bytes(bytes(9))
    assert recover(tmp_path) == (1, 1)
    assert (tmp_path / "0.m4s").stat().st_size == 20
    assert (tmp_path / "1.m4s").stat().st_size == 0


def test_a_fresh_directory_begins_at_zero(tmp_path: Path) -> None:
    assert recover(tmp_path) == (0, 0)
    write(tmp_path, b"")
    assert recover(tmp_path) == (0, 0)


def test_only_the_last_segment_may_be_incomplete() -> None:
    parts = [part(0, 0), part(0, 1), part(1, 0), *(part(2, index) for index in range(5)), part(3, 0)]
    assert [one.complete for one in journal.grouped(parts)] == [True, True, True, False]
    assert [one.complete for one in journal.grouped(parts, ended=True)] == [True] * 4
    assert [one.complete for one in journal.grouped(parts[:-1])] == [True] * 3


def test_a_full_disk_loses_parts_but_never_writes_half_of_one(tmp_path: Path) -> None:
    settler = Settler()
    rendition = Rendition(tmp_path, "v0", settler)
    rendition.begin(0, 0, b"init")
    rendition.pictures = [PictureSample(90_000, 3_000, True, b"x" * 50)]
    first = rendition.cut_part(0.0)
    assert first is not None
    # /dev/full refuses every write: the same file number now leads there.
    full = Path("/dev/full").open("wb", buffering=0)
    segment = tmp_path / "v0" / "0.m4s"
    real = rendition._journal
    rendition._journal = full.fileno()
    rendition.pictures = [PictureSample(93_000, 3_000, False, b"y" * 50)]
    assert rendition.cut_part(0.2) is None
    assert rendition.lost_parts == 1
    assert segment.stat().st_size == first.length, "the bytes without a line are gone again"
    rendition._journal = real
    rendition.pictures = [PictureSample(96_000, 3_000, False, b"z" * 50)]
    third = rendition.cut_part(0.4)
    assert third is not None
    assert (third.index, third.offset) == (1, first.length)
    rendition.close()
    settler.close()
    full.close()
    assert len(JournalTail(tmp_path / "v0").read()) == 2
