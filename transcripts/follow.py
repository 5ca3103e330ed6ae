"""Follows one track file as it grows and turns it into sound with times.

The file belongs to the recorder (`recordings.tracks`); it is only read, from a place that is kept in a
small file of our own, so that a scribe that starts again goes on where the words end.
"""

import json
import logging
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from recordings.tracks import TrackHeader, read_header, recording_ms
from recordings.units import HEAD, BrokenUnits, Codec, Kind, Unit, UnitReader, control_fields
from transcripts.align import TrackTimeline
from transcripts.engines.interface import BYTES_PER_MS
from transcripts.sound import OpusToSound, packet_samples, silence

log = logging.getLogger(__name__)

# At most ten seconds of speech, which is what the scribe keeps free in front of the engine.
READ_BYTES = 24 << 10
# An audio unit is a few hundred bytes; whoever waits for more has read a length out of rubbish.
LONGEST_UNIT = 16 << 10
CHUNK_MS = 100


@dataclass(slots=True)
class Place:
    """Where the words of a track file end: `offset` of the first unit that is not final yet."""

    offset: int = 0
    floor_ms: int = 0
    open_ms: int | None = None
    life: int = 0
    origin: int | None = None
    anchor_ms: float = 0.0
    done: bool = False

    @classmethod
    def load(cls, path: Path) -> "Place":
        """What was kept; the beginning when nothing (or nothing readable) was."""
        try:
            return cls(**json.loads(path.read_text()))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, TypeError):
            log.warning("the scribe's place in %s cannot be read: beginning again", path.name)
            return cls()

    def keep(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        os.replace(fresh, path)


@dataclass(frozen=True, slots=True)
class Sound:
    """16 kHz mono PCM that begins at `begin_ms` of the recording; `offset` is where its first unit stands."""

    begin_ms: float
    pcm: bytes
    offset: int

    @property
    def ms(self) -> int:
        return len(self.pcm) // BYTES_PER_MS


class UnitTail:
    """Units of a growing file with their offsets; skips what is no unit."""

    def __init__(self, path: Path, participant: str = "") -> None:
        self.position = 0
        self.skipped = 0
        self._path = path
        self._name = participant.encode()
        self._fed = 0
        self._reader = UnitReader()

    def seek(self, offset: int) -> None:
        self.position = self._fed = offset
        self._reader = UnitReader()

    def expect(self, participant: str) -> None:
        """The name every unit of this file bears: by it the next unit is found behind rubbish."""
        self._name = participant.encode()

    def read(self) -> Iterator[tuple[int, Unit]]:
        """What came since the last time, at most READ_BYTES of it."""
        with self._path.open("rb") as file:
            file.seek(self._fed)
            data = file.read(READ_BYTES)
        self._fed += len(data)
        try:
            units = self._reader.feed(data)
        except BrokenUnits:
            self._find_next()
            return
        for unit in units:
            at = self.position
            self.position += HEAD.size + len(unit.participant.encode()) + len(unit.payload)
            yield at, unit
        if self._fed - self.position > LONGEST_UNIT:
            self._find_next()

    def at_end(self) -> bool:
        return self._fed >= self._path.stat().st_size

    def _find_next(self) -> None:
        """To the next place that looks like a unit of this speaker; without one, to the end of what is
        there.
        """
        with self._path.open("rb") as file:
            file.seek(self.position + 1)
            data = file.read(READ_BYTES)
        begin = self.position
        at = data.find(self._name, HEAD.size) if self._name else -1
        while at >= 0:
            if _is_head(data[at - HEAD.size : at], len(self._name)):
                break
            at = data.find(self._name, at + 1)
        ahead = at - HEAD.size if at >= 0 else max(0, len(data) - HEAD.size - len(self._name))
        self.seek(begin + 1 + ahead)
        self.skipped += self.position - begin


def _is_head(head: bytes, name_length: int) -> bool:
    kind, codec, _, length, _, _, payload = HEAD.unpack(head)
    known = kind in (Kind.AUDIO, Kind.SENDER_REPORT) and codec in tuple(Codec)
    return known and length == name_length and payload < LONGEST_UNIT


class TrackFollower:
    """One track file as sound. Construct with the place to go on from; OSError when the file is gone."""

    def __init__(self, path: Path, place: Place) -> None:
        self.header: TrackHeader | None = None
        self.ended = False
        self.rubbish = 0
        self._tail = UnitTail(path)
        self._place = place
        self._timeline = TrackTimeline()
        self._decoder = OpusToSound()
        self._marks: deque[tuple[float, int]] = deque()
        self._resume = None if place.origin is None else (place.origin, place.anchor_ms)

    def read(self) -> list[Sound]:
        """The sound that was written since the last time, in chunks of about CHUNK_MS."""
        chunks: list[Sound] = []
        waiting: Sound | None = None
        for offset, unit in self._tail.read():
            if self.header is None:
                self._open(unit)
                break
            piece = self._piece(offset, unit)
            if piece is None:
                continue
            if waiting is None:
                waiting = piece
            elif waiting.ms >= CHUNK_MS or abs(waiting.begin_ms + waiting.ms - piece.begin_ms) > 2:
                chunks.append(waiting)
                waiting = piece
            else:
                waiting = Sound(waiting.begin_ms, waiting.pcm + piece.pcm, waiting.offset)
        if waiting is not None:
            chunks.append(waiting)
        self._marks.extend((chunk.begin_ms + chunk.ms, chunk.offset) for chunk in chunks)
        return chunks

    def _open(self, unit: Unit) -> None:
        """The first unit says whose track it is. BrokenUnits when it does not."""
        self.header = read_header(unit)
        self._tail.expect(self.header.participant)
        self._tail.seek(max(self._place.offset, self._tail.position))

    def _piece(self, offset: int, unit: Unit) -> Sound | None:
        assert self.header is not None
        if unit.kind is Kind.CONTROL:
            self._control(unit)
            return None
        samples = packet_samples(unit.payload) if unit.codec is Codec.OPUS else 0
        if unit.kind is not Kind.AUDIO or not samples:
            self.rubbish += unit.kind is Kind.AUDIO
            return None
        if self._resume is not None:
            self._timeline.restore(*self._resume, unit.timestamp)
            self._resume = None
        place = self._timeline.place(unit.timestamp, recording_ms(self.header, unit), samples)
        if place is None or place.begin_ms < 0:
            return None
        before = silence(place.silence)
        begin_ms = place.begin_ms - len(before) / BYTES_PER_MS
        return Sound(begin_ms, before + self._decoder.decode(unit.payload), offset)

    def _control(self, unit: Unit) -> None:
        try:
            self.ended = self.ended or bool(control_fields(unit).get("end"))
        except BrokenUnits:
            self.rubbish += 1

    def at_end(self) -> bool:
        """Was everything read that the file holds now?"""
        return self._tail.at_end()

    def waiting_ms(self) -> float:
        """How much sound was read and is not final."""
        return self._marks[-1][0] - self._marks[0][0] if self._marks else 0.0

    def final_before_last(self, ms: float) -> None:
        """Nothing was said but in the last `ms` that were read."""
        if self._marks:
            self.final_until(self._marks[-1][0] - ms)

    def final_until(self, end_ms: float) -> None:
        """All words before `end_ms` are kept: this is where a later scribe goes on."""
        while self._marks and self._marks[0][0] <= end_ms:
            self._marks.popleft()
        self._place.offset = self._marks[0][1] if self._marks else self._tail.position
        kept = self._timeline.kept()
        if kept is not None:
            self._place.origin, self._place.anchor_ms = kept
