"""English out of the box: pocketsphinx with the model inside its package, and its own end-of-speech
detection.
"""

import array

from pocketsphinx import Decoder, Vad

from transcripts.captions import Word
from transcripts.engines.gate import SpeechGate
from transcripts.engines.interface import RATE, Recognised

PARTIAL_EVERY_S = 0.3
# Until there are words to show, they are asked for more often.
FIRST_PARTIAL_EVERY_S = 0.1
# From here on an utterance ends at the next quiet frame, and at the latest at LONGEST_S.
LONG_S = 12.0
LONGEST_S = 15.0
FRAMES_PER_S = 100


class SphinxEngine:
    name = "pocketsphinx"
    language = "en"

    def open(self) -> "SphinxRecogniser":
        return SphinxRecogniser()


class SphinxRecogniser:
    """One track: cuts speech out of silence, decodes it while it is spoken, and again gives times of every
    word.
    """

    def __init__(self) -> None:
        self._decoder = Decoder(samprate=RATE, loglevel="FATAL")
        self._gate = SpeechGate(0.3, Vad.STRICT)
        self._speaking = self._has_words = False
        self._start = self._heard = 0
        self._told_s = self._loudness = 0.0

    def accept(self, pcm: bytes, begin_ms: float) -> list[Recognised]:
        found = self.flush() if self._gate.after_hole(begin_ms) else []
        for speech in self._gate.let_through(pcm, begin_ms):
            found += self._listen(speech)
        return found

    def flush(self) -> list[Recognised]:
        found = _said(self._end()) if self._speaking else []
        self._gate.reset()
        return found

    def _listen(self, speech: bytes) -> list[Recognised]:
        if not self._speaking:
            self._begin(self._gate.start)
        self._decoder.process_raw(speech)
        self._heard += len(speech) // 2
        loudness = _loudness(speech)
        self._loudness += (loudness - self._loudness) * 0.02
        if not self._gate.in_speech:
            return _said(self._end())
        seconds = self._heard / RATE
        if seconds > LONGEST_S or (seconds > LONG_S and loudness < 0.3 * self._loudness):
            result = self._end()
            self._begin(self._start + self._heard)
            return _said(result)
        if seconds - self._told_s < (PARTIAL_EVERY_S if self._has_words else FIRST_PARTIAL_EVERY_S):
            return []
        self._told_s = seconds
        found = _said(self._result(final=False))
        self._has_words = self._has_words or bool(found)
        return found

    def _begin(self, sample: int) -> None:
        self._decoder.start_utt()
        self._speaking, self._has_words = True, False
        self._start, self._heard, self._told_s, self._loudness = sample, 0, 0.0, 0.0
        self._gate.forget_before(sample)

    def _end(self) -> Recognised:
        self._decoder.end_utt()
        self._speaking = False
        return self._result(final=True)

    def _result(self, final: bool) -> Recognised:
        words = [
            Word(_plain(part.word), self._ms(part.start_frame), self._ms(part.end_frame + 1))
            for part in (self._decoder.seg() or ())
            if not part.word.startswith(("<", "[", "+"))
        ]
        return Recognised(self._ms(0), tuple(words), final)

    def _ms(self, frame: int) -> int:
        return self._gate.ms(self._start + frame * RATE / FRAMES_PER_S)


def _said(result: Recognised) -> list[Recognised]:
    return [result] if result.words else []


def _plain(word: str) -> str:
    """Without the number of the pronunciation: `read(2)` → `read`."""
    return word.split("(")[0]


def _loudness(pcm: bytes) -> float:
    samples = array.array("h", pcm)
    return sum(map(abs, samples)) / max(1, len(samples))
