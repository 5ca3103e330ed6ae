"""What every speech engine keeps to. An engine lives in a process of its own
(`transcripts.engines.process`).
"""

from dataclasses import dataclass
from typing import Protocol

from transcripts.captions import Word

RATE = 16_000
BYTES_PER_MS = RATE * 2 // 1000


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was understood of one utterance so far. `begin_ms` is the same over all partials of an
    utterance.
    """

    begin_ms: int
    words: tuple[Word, ...]
    final: bool


class Recogniser(Protocol):
    """Listens to one track."""

    def accept(self, pcm: bytes, begin_ms: float) -> list[Recognised]:
        """More sound: 16 kHz mono, signed 16 bit little endian, spoken at `begin_ms` (recording time)."""

    def flush(self) -> list[Recognised]:
        """Nothing follows for now: ends an utterance that is open."""


class Engine(Protocol):
    name: str
    language: str

    def open(self) -> Recogniser:
        """A fresh recogniser for one more track."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """Which engine a worker process loads: `kind` is a key of `transcripts.engines.process.BUILDERS`."""

    kind: str
    name: str
    language: str
    model: str = ""
