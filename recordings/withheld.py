"""What of a recording the public does not get: passages that were cut, and the last seconds while it is delayed.

The rows are the truth (`recordings.cuts`); lists, clips and captions are made in processes without a database and
read this file beside the segments, which is written whenever the rows change:

    {"delay": 20, "since": 33.2, "cuts": [[61000, 74000], [90000, null]]}

`delay` in seconds, `since` the media second up to which everything was out when the delay began, cuts in recording
ms; the end of a cut that goes on is null. Files are never touched: what is withheld can be given back.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from recordings.cmaf import MEDIA_START

if TYPE_CHECKING:
    from recordings.journal import Segment

NAME = "withheld.json"
TEMPLATE = "slate.json"
# A segment whose last picture touches the beginning of a cut by rounding is not part of it.
NEARLY = 0.002
Span = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Withheld:
    delay: float = 0.0
    since: float = 0.0
    cuts: tuple[Span, ...] = ()

    @property
    def near(self) -> bool:
        """True when viewers may be led up to this moment: no delay, and no cut that goes on."""
        return not self.delay and all(end is not None for _begin, end in self.cuts)

    def hides(self, begin_ms: float, end_ms: float) -> bool:
        """Whether anything between two recording times was cut."""
        return any(
            begin_ms < (float("inf") if end is None else end) and end_ms > begin for begin, end in self.cuts
        )

    def cut(self, segment: "Segment") -> bool:
        begin = (segment.begin + NEARLY - MEDIA_START) * 1000
        return self.hides(begin, begin + (segment.duration - 2 * NEARLY) * 1000)

    def marked(self, segments: "Sequence[Segment]", slate: bool) -> "list[Segment]":
        """The segments with those cut replaced by a slate; without a slate they are left out, and lists have a gap."""
        if not self.cuts:
            return list(segments)
        shown = []
        for segment in segments:
            if not self.cut(segment):
                shown.append(segment)
            elif slate and segment.complete:
                shown.append(replace(segment, slate=True))
        return shown

    def out(self, segments: "Sequence[Segment]", over_for: float | None) -> "list[Segment]":
        """The segments that the delay lets out. `over_for`: seconds since the recording ended, None before."""
        if not self.delay or not segments:
            return list(segments)
        behind = self.delay - (over_for or 0.0)
        last = segments[-1]
        edge = max(self.since, last.begin + last.duration - behind) + NEARLY
        return [one for one in segments if one.complete and one.begin + one.duration <= edge]


NOTHING = Withheld()


def read(directory: Path) -> Withheld:
    """What is withheld of the recording in `directory`. A file that cannot be read withholds nothing that the one
    before did not: it is replaced whole, so it can only be missing."""
    try:
        found = json.loads((directory / NAME).read_text())
    except FileNotFoundError:
        return NOTHING
    cuts = tuple((int(begin), None if end is None else int(end)) for begin, end in found["cuts"])
    return Withheld(float(found["delay"]), float(found["since"]), cuts)


def write(directory: Path, withheld: Withheld) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = directory / f".{NAME}.{os.getpid()}"
    row = {"delay": withheld.delay, "since": withheld.since, "cuts": [list(span) for span in withheld.cuts]}
    unfinished.write_text(json.dumps(row))
    unfinished.chmod(0o644)
    os.replace(unfinished, directory / NAME)


@dataclass(slots=True)
class Screen:
    """Follows the file of one recording from any process."""

    directory: Path
    rendition: str
    withheld: Withheld = NOTHING
    _seen: tuple[int, int] | None = field(default=None)
    _file: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._file = str(self.directory / NAME)

    def refresh(self) -> bool:
        """Whether it has changed since the last look."""
        try:
            state = os.stat(self._file)
        except FileNotFoundError:
            return False
        seen = (state.st_mtime_ns, state.st_ino)
        if seen == self._seen:
            return False
        self._seen, self.withheld = seen, read(self.directory)
        return True

    def shown(self, segments: "list[Segment]", over_for: float | None) -> "list[Segment]":
        """What viewers may be given; the list itself while nothing is withheld."""
        if self.withheld == NOTHING:
            return segments
        slate = (self.directory / self.rendition / TEMPLATE).exists()
        return self.withheld.marked(self.withheld.out(segments, over_for), slate)
