"""Lets speech through and keeps silence back, and remembers where on the timeline the speech was.

The endpointer only decides. What it hands out is a window late and cut where a word begins or ends softly,
so the gate lets through its own frames: from a little before the speech until silence is certain.
"""

from collections import deque
from collections.abc import Iterator

from pocketsphinx import Endpointer, Vad

from transcripts.align import FedMap
from transcripts.engines.interface import RATE

# What is let through before the first frame that was taken for speech: words begin more softly than that.
LEAD_FRAMES = 8
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
        self._frames = 0
        window = round(self._window / self._endpointer.frame_length)
        self._held: deque[bytes] = deque(maxlen=window + LEAD_FRAMES)
        self.start = 0

    @property
    def in_speech(self) -> bool:
        return bool(self._endpointer.in_speech)

    def after_hole(self, begin_ms: float) -> bool:
        """Does sound of `begin_ms` not follow on what came before?"""
        return self._next_ms is not None and abs(begin_ms - self._next_ms) > HOLE_MS

    def let_through(self, pcm: bytes, begin_ms: float) -> Iterator[bytes]:
        """The speech in what came. A speech ends with the piece after which `in_speech` is false; `start`
        is the sample at which the current or last one began.
        """
        self._map.add(begin_ms, len(pcm) // 2)
        self._next_ms = begin_ms + len(pcm) / 2 * 1000 / RATE
        self._waiting += pcm
        size = self._endpointer.frame_bytes
        while len(self._waiting) >= size:
            frame = bytes(self._waiting[:size])
            del self._waiting[:size]
            was_in_speech = self.in_speech
            self._endpointer.process(frame)
            self._frames += 1
            self._held.append(frame)
            if self.in_speech and not was_in_speech:
                self._begin(size // 2)
            if self.in_speech or was_in_speech:
                yield b"".join(self._held)
                self._held.clear()

    def _begin(self, frame_samples: int) -> None:
        """Of what is held, keep what the endpointer takes for speech and LEAD_FRAMES before it."""
        first = round(self._endpointer.speech_start / self._endpointer.frame_length)
        wanted = self._frames - first + LEAD_FRAMES
        while len(self._held) > wanted:
            self._held.popleft()
        self.start = (self._frames - len(self._held)) * frame_samples

    def ms(self, sample: float) -> int:
        """Recording time of a sample."""
        return max(0, round(self._map.to_ms(sample)))

    def forget_before(self, sample: int) -> None:
        self._map.forget_before(sample)
