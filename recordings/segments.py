"""Writes one rendition: a growing file per segment, whose parts are byte ranges of it, and the journal
beside them.

Live list, rewind, replay, recording and clips are lists over these files; nothing is ever written twice.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from recordings import journal
from recordings.cmaf import AUDIO_RATE, VIDEO_RATE, PictureSample, SoundSample, chunk
from recordings.journal import Part

SETTLING_AT_ONCE = 12


class Settler:
    """Brings finished segments to the disk in a thread, for a power cut. A disk that cannot follow is not
    waited for."""

    def __init__(self) -> None:
        self.skipped = 0
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="settle")

    def settle(self, file: int) -> None:
        """Sync `file` and close it."""
        if self._waiting >= SETTLING_AT_ONCE:
            self.skipped += 1
            os.close(file)
            return
        self._waiting += 1
        self._thread.submit(self._sync, file)

    def _sync(self, file: int) -> None:
        try:
            os.fdatasync(file)
        finally:
            os.close(file)
            self._waiting -= 1

    def close(self) -> None:
        self._thread.shutdown()


class Rendition:
    """`<directory>/<name>/init-<epoch>.mp4, <msn>.m4s, journal.jsonl`. After a crash it goes on behind what
    is there."""

    def __init__(self, directory: Path, name: str, settler: Settler) -> None:
        self.name = name
        self.lost_parts = 0
        self._directory = directory / name
        self._directory.mkdir(parents=True, exist_ok=True)
        self._settler = settler
        self.epoch, self.msn = recover(self._directory)
        self._journal = os.open(self._directory / journal.NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._file: int | None = None
        self._offset = self._index = 0
        self._sequence = 1
        self.pictures: list[PictureSample] = []
        self.sounds: list[SoundSample] = []

    def begin(self, epoch: int, msn: int, init: bytes) -> None:
        """Start writing at `epoch` and `msn`, the same for all renditions: one may have come further before
        a crash."""
        self.epoch, self.msn = epoch, msn
        target = self._directory / f"init-{epoch}.mp4"
        target.write_bytes(init)
        target.chmod(0o644)

    def cut_part(self, written: float) -> Part | None:
        """Write what has gathered as one part and journal it; None when there is nothing or the disk refuses
        it."""
        pictures, sounds = self.pictures, self.sounds
        if not pictures and not sounds:
            return None
        self.pictures, self.sounds = [], []
        data = chunk(self._sequence, pictures, sounds)
        self._sequence += 1
        begin, duration = _extent(pictures, sounds)
        independent = pictures[0].key if pictures else True
        part = Part(
            self.epoch, self.msn, self._index, self._offset, len(data), duration, independent, begin, written
        )
        try:
            self._append(data, journal.encode_line(part))
        except OSError:
            self.lost_parts += 1
            return None
        self._offset += len(data)
        self._index += 1
        return part

    def _append(self, data: bytes, line: bytes) -> None:
        """First the bytes, then the line. OSError leaves the segment as the journal says."""
        if self._file is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_TRUNC
            self._file = os.open(self._directory / f"{self.msn}.m4s", flags, 0o644)
        try:
            if os.write(self._file, data) != len(data):
                raise OSError("the disk took only a piece of a part")
            # The page cache survives the end of this process, so that kill -9 costs only what has not come
            # here.
            os.write(self._journal, line)
        except OSError:
            os.ftruncate(self._file, self._offset)
            raise

    def next_segment(self) -> None:
        if self._file is not None:
            self._settler.settle(self._file)
        self._file = None
        self._offset = self._index = 0
        self.msn += 1

    def close(self) -> None:
        if self._file is not None:
            self._settler.settle(self._file)
            self._file = None
        os.fdatasync(self._journal)
        os.close(self._journal)


def _extent(pictures: list[PictureSample], sounds: list[SoundSample]) -> tuple[float, float]:
    """Begin and duration in seconds; pictures decide where there are some."""
    if pictures:
        return pictures[0].time / VIDEO_RATE, sum(sample.duration for sample in pictures) / VIDEO_RATE
    return sounds[0].time / AUDIO_RATE, sum(sample.duration for sample in sounds) / AUDIO_RATE


def recover(directory: Path) -> tuple[int, int]:
    """(epoch, msn) with which to go on in `directory`, after cutting what a killed writer left half done."""
    path = directory / journal.NAME
    if not path.exists():
        return 0, 0
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) != len(raw):
        os.truncate(path, len(whole))
    parts = [part for line in whole.splitlines() if (part := journal.decode_line(line)) is not None]
    if not parts:
        return 0, 0
    last = max(part.msn for part in parts)
    _cut(directory / f"{last}.m4s", max(part.end_byte for part in parts if part.msn == last))
    # The next segment may have been begun without a line.
    _cut(directory / f"{last + 1}.m4s", 0)
    return max(part.epoch for part in parts) + 1, last + 1


def _cut(path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size > size:
        os.truncate(path, size)
