"""The journal of a rendition: one JSON line per part, appended after the part's bytes are in the segment
file.

What the journal does not name does not exist: readers serve by it, never by the size of a file, and after a
crash the writer cuts a segment back to its last journaled byte. So a line is the moment at which a part
becomes true.

    {"epoch":0,"msn":12,"part":3,"off":81234,"len":20512,"dur":0.2,"ind":0,"t":13.6,"at":8136.41}

`epoch` counts the programme processes of the recording (each has its own init segment), `msn` is the media
sequence number, `off` and `len` bytes of `<msn>.m4s`, `dur` seconds, `ind` 1 when it begins with a key
frame, `t` media time of its first sample in seconds, `at` the monotonic second at which it was written.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from recordings import withheld

NAME = "journal.jsonl"
ENDED = "ended"
RENDITIONS = ("v0", "v1", "a0")
FULL_SEGMENT = 0.95  # seconds; a segment of sound alone is up to one packet shorter than 1 s


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the journal. `begin` is media time in seconds."""

    epoch: int
    msn: int
    index: int
    offset: int
    length: int
    duration: float
    independent: bool
    begin: float
    written: float

    @property
    def end_byte(self) -> int:
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Segment:
    """The parts of one segment file, in order. `complete`: nothing will be added. `slate`: it was cut, and the
    public gets another file in its place."""

    msn: int
    epoch: int
    parts: tuple[Part, ...]
    complete: bool
    slate: bool = False

    @property
    def file(self) -> str:
        """The name that lists give it. A slate has a name of its own: caches keep either for ever."""
        return f"{self.msn}-slate.m4s" if self.slate else f"{self.msn}.m4s"

    @property
    def begin(self) -> float:
        return self.parts[0].begin

    @property
    def duration(self) -> float:
        return sum(part.duration for part in self.parts)

    @property
    def size(self) -> int:
        return self.parts[-1].end_byte


def encode_line(part: Part) -> bytes:
    row = {
        "epoch": part.epoch,
        "msn": part.msn,
        "part": part.index,
        "off": part.offset,
        "len": part.length,
        "dur": round(part.duration, 5),
        "ind": int(part.independent),
        "t": round(part.begin, 5),
        "at": round(part.written, 4),
    }
    return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def decode_line(line: bytes) -> Part | None:
    """None for a line that is not a part (a disk that returned rubbish): it is skipped, the others hold."""
    try:
        row = json.loads(line)
        return Part(
            epoch=int(row["epoch"]),
            msn=int(row["msn"]),
            index=int(row["part"]),
            offset=int(row["off"]),
            length=int(row["len"]),
            duration=float(row["dur"]),
            independent=bool(row["ind"]),
            begin=float(row["t"]),
            written=float(row["at"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def grouped(parts: list[Part], ended: bool = False) -> list[Segment]:
    """Segments in order of their number. The last one is complete when it is full or when the recording has
    ended."""
    by_number: dict[int, list[Part]] = {}
    for part in parts:
        by_number.setdefault(part.msn, []).append(part)
    numbers = sorted(by_number)
    return [
        Segment(
            msn=number,
            epoch=by_number[number][0].epoch,
            parts=tuple(by_number[number]),
            complete=ended
            or number != numbers[-1]
            or sum(p.duration for p in by_number[number]) >= FULL_SEGMENT,
        )
        for number in numbers
    ]


class JournalTail:
    """Follows a journal that another process writes: each `read` gives the parts whose lines are complete by
    then."""

    def __init__(self, directory: Path) -> None:
        self._path = str(directory / NAME)
        self._offset = 0

    def waiting(self) -> int:
        """Bytes not read yet; 0 when there is no journal."""
        try:
            return os.stat(self._path).st_size - self._offset
        except FileNotFoundError:
            return 0

    def read(self) -> list[Part]:
        if self.waiting() <= 0:
            return []
        with open(self._path, "rb") as file:
            file.seek(self._offset)
            data = file.read()
        # A torn last line waits: it will be completed, or cut off by the next writer.
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        parts = (decode_line(line) for line in whole.splitlines())
        return [part for part in parts if part is not None]


def is_ended(directory: Path) -> bool:
    """True when the recording in `directory` is over and its lists are for ever."""
    return (directory / ENDED).exists()


def mark_ended(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / ENDED).touch(mode=0o644)


def read_segments(directory: Path, rendition: str = "v0", original: bool = False) -> list[Segment]:
    """All segments of one rendition of the recording in `directory`; empty when there are none.

    What was cut is marked as a slate, unless the `original` is wanted.
    """
    segments = grouped(JournalTail(directory / rendition).read(), is_ended(directory))
    if original:
        return segments
    return withheld.read(directory).marked(segments, (directory / rendition / withheld.TEMPLATE).exists())
