"""Lets speech through and keeps silence back, and remembers where on the timeline the speech was."""

from collections.abc import Iterator

from pocketsphinx import Endpointer, Vad

from transcripts.align import FedMap
from transcripts.engines.interface import RATE

# Sound that follows after a hole of this length belongs to another utterance.
HOLE_MS = 1000


class SpeechGate:
    """The endpointer of one track. `window` seconds decide what is speech and what is silence."""

    def __init__(self, window: float, mode: Vad) -> None:
        self._window, self._mode = window, mode
        self.reset()

    def reset(self) -> None:
        """Forget what waits; the next sound may stand anywhere."""
        self._endpointer = Endpointer(window=self._window, vad_mode=self._mode, sample_rate=RATE)
        self._map = FedMap(RATE)
        self._next_ms: float | None = None
        self._waiting = bytearray()

    @property
    def in_speech(self) -> bool:
        return bool(self._endpointer.in_speech)

    @property
    def start(self) -> int:
        """The sample at which the current or last speech began."""
        return int(self._endpointer.speech_start * RATE + 0.5)

    def after_hole(self, begin_ms: float) -> bool:
        """Does sound of `begin_ms` not follow on what came before?"""
        return self._next_ms is not None and abs(begin_ms - self._next_ms) > HOLE_MS

    def let_through(self, pcm: bytes, begin_ms: float) -> Iterator[bytes]:
        """The frames of speech, a window later than they came."""
        self._map.add(begin_ms, len(pcm) // 2)
        self._next_ms = begin_ms + len(pcm) / 2 * 1000 / RATE
        self._waiting += pcm
        size = self._endpointer.frame_bytes
        while len(self._waiting) >= size:
            frame = bytes(self._waiting[:size])
            del self._waiting[:size]
            speech = self._endpointer.process(frame)
            if speech is not None:
                yield speech

    def ms(self, sample: float) -> int:
        """Recording time of a sample."""
        return max(0, round(self._map.to_ms(sample)))

    def forget_before(self, sample: int) -> None:
        self._map.forget_before(sample)
