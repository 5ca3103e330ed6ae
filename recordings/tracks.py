"""Each speaker's own frames, kept as they came, beside the programme.

Files: `<recording directory>/tracks/<participant>-<n>.audio.units` and `….video.units`, sound apart from
picture so that the scribe can follow the sound alone. The number n is one more than the last one of that
participant: a new pair of files begins whenever the participant comes back after having left, and whenever a
new media process starts.

A file is a sequence of units (`recordings.units`). The first is a control unit with the JSON object

    {"format": 1, "participant": "leader-3", "kind": "audio", "n": 0, "t0": 8123.25, "wall0": 1790000000.5}

`t0` is the monotonic second and `wall0` the wall-clock second (Unix) of recording time 0, so a unit that
arrived at `arrival` belongs to recording millisecond `(arrival - t0) * 1000` (`recording_ms`). Then follow
the stream's units and its sender reports in the order of arrival. A file whose speaker left ends with the
control unit {"end": true}; one whose media process was killed ends anywhere, maybe inside a unit. Files grow
by whole writes and are never rewritten.

A thread does the writing, behind a queue with a length: when the disk cannot follow, units fall off and are
counted, and the room is not held up.
"""

import logging
import os
import queue
import re
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recordings import units
from recordings.units import Kind, Unit
from streaming.sinks import Frame, SenderReport

log = logging.getLogger(__name__)

QUEUE_LENGTH = 4_000  # about 20 s of two speakers
StreamKind = Literal["audio", "video"]
Job = tuple[str, StreamKind, bytes] | tuple[str, None, None] | None


@dataclass(frozen=True, slots=True)
class TrackHeader:
    """The first unit of a track file: `t0` monotonic, `wall0` Unix seconds of recording time 0."""

    participant: str
    kind: str
    number: int
    t0: float
    wall0: float


def read_header(unit: Unit) -> TrackHeader:
    """BrokenUnits when `unit` is no header of a track file."""
    if unit.kind is not Kind.CONTROL:
        raise units.BrokenUnits("a track file begins with a control unit")
    fields = units.control_fields(unit)
    try:
        return TrackHeader(
            participant=str(fields["participant"]),
            kind=str(fields["kind"]),
            number=int(fields["n"]),
            t0=float(fields["t0"]),
            wall0=float(fields["wall0"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise units.BrokenUnits("a track header without its fields") from error


def recording_ms(header: TrackHeader, unit: Unit) -> float:
    """Recording time at which `unit` arrived, in milliseconds."""
    return (unit.arrival - header.t0) * 1000


def safe_name(participant: str) -> str:
    """A file name without anything a path could be made of."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", participant)[:80] or "_"


class TrackWriter:
    """A sink of the room that keeps every unit. `t0` and `wall0` as in the header."""

    def __init__(self, directory: Path, t0: float, wall0: float, queue_length: int = QUEUE_LENGTH) -> None:
        self.dropped = 0
        self.failed = 0
        self._directory = directory / "tracks"
        self._t0, self._wall0 = t0, wall0
        self._files: dict[tuple[str, StreamKind], int] = {}
        self._numbers: dict[str, int] = {}
        self._jobs: queue.Queue[Job] = queue.Queue(queue_length)
        self._thread = threading.Thread(target=self._write_all, name="track-writer", daemon=True)
        self._thread.start()

    # Sink: called from the room's loop; nothing here may block.

    def on_stage(self, participant: str, slot: str) -> None:
        return None

    def on_frame(self, frame: Frame) -> None:
        self._put((frame.participant, frame.kind, units.unit_of_frame(frame).pack()))

    def on_sender_report(self, report: SenderReport) -> None:
        kind: StreamKind = "video" if report.kind == "video" else "audio"
        self._put((report.participant, kind, units.unit_of_report(report, time.monotonic()).pack()))

    def on_leave(self, participant: str) -> None:
        self._put((participant, None, None))

    def close(self, timeout: float = 5.0) -> None:
        """Write what waits and end the files; at most `timeout` seconds."""
        try:
            self._jobs.put(None, timeout=timeout)
        except queue.Full:
            log.warning("track writer is stuck with %d units", self._jobs.qsize())
            return
        self._thread.join(timeout)

    def _put(self, job: Job) -> None:
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            self.dropped += 1

    # Everything below runs in the thread.

    def _write_all(self) -> None:
        while (job := self._jobs.get()) is not None:
            participant, kind, data = job
            try:
                if kind is None or data is None:
                    self._end(participant)
                else:
                    os.write(self._file(participant, kind), data)
            except OSError as error:
                self.failed += 1
                if self.failed == 1:
                    log.error("track of %s cannot be written: %s", participant, error)
        for participant in list(self._numbers):
            self._end(participant)

    def _file(self, participant: str, kind: StreamKind) -> int:
        file = self._files.get((participant, kind))
        if file is None:
            self._directory.mkdir(parents=True, exist_ok=True)
            number = self._numbers.setdefault(participant, self._next_number(participant))
            path = self._directory / f"{safe_name(participant)}-{number}.{kind}.units"
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            header = units.control(
                format=1, participant=participant, kind=kind, n=number, t0=self._t0, wall0=self._wall0
            )
            try:
                os.write(file, header.pack())
            except OSError:
                # A full disk gives a file and no bytes; the next unit tries again.
                os.close(file)
                raise
            self._files[participant, kind] = file
        return file

    def _next_number(self, participant: str) -> int:
        pattern = re.compile(re.escape(safe_name(participant)) + r"-(\d+)\.(?:audio|video)\.units")
        found = (pattern.fullmatch(path.name) for path in self._directory.glob("*.units"))
        return max((int(match[1]) + 1 for match in found if match), default=0)

    def _end(self, participant: str) -> None:
        self._numbers.pop(participant, None)
        for key in [key for key in self._files if key[0] == participant]:
            file = self._files.pop(key)
            try:
                os.write(file, units.control(end=True).pack())
            except OSError:
                self.failed += 1  # for a reader it ends as one whose process was killed
            finally:
                os.close(file)
