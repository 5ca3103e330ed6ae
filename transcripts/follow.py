"""Follows one track file as it grows and turns it into sound with times.

The file belongs to the recorder (`recordings.tracks`); it is only read, from a place that is kept in a
small file of our own, so that a scribe that starts again goes on where the words end.
"""

import json
import logging
import os
from collections import deque
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

    def __init__(self, path: Path) -> None:
        self.position = 0
        self.skipped = 0
        self._path = path
        self._name = b""
        self._seen = -1

    def expect(self, participant: str) -> None:
        """The name every unit of this file bears: by it the next unit is found behind rubbish."""
        self._name = participant.encode()

    def go_on_from(self, offset: int) -> None:
        self.position, self._seen = offset, -1

    def at_end(self) -> bool:
        """Did the last read see the end of the file? What it left there is no whole unit."""
        return self._seen >= self._path.stat().st_size

    def read(self) -> list[tuple[int, Unit]]:
        """What came since the last time, at most READ_BYTES of it."""
        with self._path.open("rb") as file:
            file.seek(self.position)
            data = file.read(READ_BYTES)
        self._seen = self.position + len(data)
        units: list[tuple[int, Unit]] = []
        at = 0
        while (length := self._length(data, at)) is not None:
            try:
                unit = _unit(data[at : at + length]) if length else None
            except BrokenUnits:
                unit = None
            if unit is None:
                ahead = self._ahead(data, at)
                self.skipped += ahead
                at += ahead
                continue
            units.append((self.position + at, unit))
            at += length
        self.position += at
        return units

    def _length(self, data: bytes, at: int) -> int | None:
        """Bytes of the unit at `at`; 0: there is none; None: not all of it is written yet."""
        if len(data) - at < HEAD.size:
            return None
        head = data[at : at + HEAD.size]
        payload, name = HEAD.unpack(head)[-1], head[3]
        if payload > LONGEST_UNIT or (name and self._name and name != len(self._name)):
            return 0
        length = HEAD.size + name + payload
        return length if at + length <= len(data) else None

    def _ahead(self, data: bytes, at: int) -> int:
        """How far it is from a place that is no unit to the next that looks like a unit of this speaker."""
        name = data.find(self._name, at + 1 + HEAD.size) if self._name else -1
        while name >= 0:
            if _is_head(data[name - HEAD.size : name], len(self._name)):
                return name - HEAD.size - at
            name = data.find(self._name, name + 1)
        # Not in what is there: the next one begins in the last bytes at the earliest.
        return max(1, len(data) - at - HEAD.size - len(self._name))


def _unit(data: bytes) -> Unit:
    """The one unit that `data` is. BrokenUnits when it is none."""
    units = UnitReader().feed(data)
    if len(units) != 1:
        raise BrokenUnits(f"{len(units)} units where one should be")
    return units[0]


def _is_head(head: bytes, name_length: int) -> bool:
    kind, codec, _, length, _, _, payload = HEAD.unpack(head)
    known = kind in tuple(Kind) and codec in tuple(Codec)
    return known and length == name_length and payload <= LONGEST_UNIT


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
        for offset, unit in self._units():
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

    def _units(self) -> list[tuple[int, Unit]]:
        """New units behind the header. BrokenUnits when the file does not begin with one."""
        units = self._tail.read()
        if self.header is not None or not units:
            return units
        self.header = read_header(units[0][1])
        self._tail.expect(self.header.participant)
        self._tail.go_on_from(max(self._place.offset, units[1][0] if len(units) > 1 else self._tail.position))
        return []

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
