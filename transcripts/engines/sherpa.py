"""Mandarin (and what else a model knows) by sherpa-onnx: streaming models during a broadcast, offline ones
after it.

sherpa-onnx ends the process on a file it does not like; that is why this module is only imported in an
engine process, after a throw-away one has tried the same model.
"""

from pathlib import Path
from typing import Any

import numpy as np
import sherpa_onnx
from pocketsphinx import Vad

from transcripts.align import FedMap
from transcripts.captions import Word
from transcripts.engines.gate import HOLE_MS, SpeechGate
from transcripts.engines.interface import RATE, Recognised
from transcripts.engines.models import pick

# Longest time a token is taken to sound when no next one follows.
LAST_TOKEN_MS = 240
PARTIAL_EVERY_MS = 300
# SentencePiece marks the begin of a word so.
WORD_BEGIN = "▁"


def words_of(tokens: list[str], times_ms: list[int]) -> tuple[Word, ...]:
    """Tokens and their begins as words: pieces of a Latin word are put together, a Chinese character is its
    own word.

    A word lasts until the next begins, at most LAST_TOKEN_MS after its last piece.
    """
    words: list[Word] = []
    for token, begin in zip(tokens, times_ms, strict=False):
        if token.startswith("<") and token.endswith(">"):
            continue
        text = token.replace(WORD_BEGIN, " ").strip()
        if words:
            last = words[-1]
            words[-1] = Word(last.text, last.begin_ms, max(last.begin_ms, min(last.end_ms, begin)))
        goes_on = bool(words) and not token.startswith((WORD_BEGIN, " ")) and _latin(words[-1].text, text)
        if goes_on:
            last = words[-1]
            words[-1] = Word(last.text + text, last.begin_ms, begin + LAST_TOKEN_MS)
        elif text:
            words.append(Word(text, begin, begin + LAST_TOKEN_MS))
    return tuple(words)


def _latin(before: str, text: str) -> bool:
    return bool(text) and before[-1:].isascii() and text.replace("'", "").isascii()


def _samples(pcm: bytes) -> "np.ndarray[Any, np.dtype[np.float32]]":
    return np.frombuffer(pcm, np.int16).astype(np.float32) / np.float32(32768)


def _file(folder: Path, part: str) -> str:
    found = pick(folder, part) or pick(folder, "")
    if found is None:
        raise FileNotFoundError(f"no {part} in {folder}")
    return str(found)


class SherpaLiveEngine:
    """A streaming Zipformer: CTC in one file, or a transducer in three (then `hotwords.txt` beside it is
    used).
    """

    language = "zh"

    def __init__(self, kind: str, folder: Path) -> None:
        self.name = f"sherpa-{kind}"
        shared: dict[str, Any] = {
            "tokens": str(folder / "tokens.txt"),
            "num_threads": 1,
            "enable_endpoint_detection": True,
            "rule1_min_trailing_silence": 2.4,
            "rule2_min_trailing_silence": 0.5,
            "rule3_min_utterance_length": 14.0,
        }
        if kind == "transducer":
            hotwords = folder / "hotwords.txt"
            if hotwords.is_file():
                shared |= {"hotwords_file": str(hotwords), "decoding_method": "modified_beam_search"}
            parts = {part: _file(folder, part) for part in ("encoder", "decoder", "joiner")}
            self._recogniser = sherpa_onnx.OnlineRecognizer.from_transducer(**parts, **shared)
        else:
            model = _file(folder, "model")
            self._recogniser = sherpa_onnx.OnlineRecognizer.from_zipformer2_ctc(model=model, **shared)

    def open(self) -> "SherpaLiveRecogniser":
        return SherpaLiveRecogniser(self._recogniser)


class SherpaLiveRecogniser:
    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._fresh()

    def _fresh(self) -> None:
        self._stream = self._recogniser.create_stream()
        self._map = FedMap(RATE)
        self._next_ms = 0.0
        self._told: tuple[Word, ...] = ()
        self._told_ms = 0.0
        self._begin_ms: int | None = None

    def accept(self, pcm: bytes, begin_ms: float) -> list[Recognised]:
        found: list[Recognised] = []
        if self._map.fed and abs(begin_ms - self._next_ms) > HOLE_MS:
            found += self.flush()
        self._map.add(begin_ms, len(pcm) // 2)
        self._next_ms = begin_ms + len(pcm) / 2 * 1000 / RATE
        self._stream.accept_waveform(RATE, _samples(pcm))
        self._decode()
        if self._recogniser.is_endpoint(self._stream):
            found += self._result(final=True)
            self._recogniser.reset(self._stream)
        elif self._next_ms - self._told_ms >= PARTIAL_EVERY_MS:
            self._told_ms = self._next_ms
            found += self._result(final=False)
        return found

    def flush(self) -> list[Recognised]:
        """Half a second of silence pushes the last frames through the model."""
        self._stream.accept_waveform(RATE, np.zeros(RATE // 2, np.float32))
        self._stream.input_finished()
        self._decode()
        found = self._result(final=True)
        self._fresh()
        return found

    def _decode(self) -> None:
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)

    def _result(self, final: bool) -> list[Recognised]:
        result = self._recogniser.get_result_all(self._stream)
        times = [
            round(self._map.to_ms((result.start_time + seconds) * RATE)) for seconds in result.timestamps
        ]
        words = words_of(list(result.tokens), [max(0, ms) for ms in times])
        if not words or (not final and words == self._told):
            return []
        self._told = words
        if self._begin_ms is None:
            self._begin_ms = words[0].begin_ms
        begin_ms = self._begin_ms
        if final:
            self._begin_ms, self._told = None, ()
        return [Recognised(begin_ms, words, final)]


class SherpaFinalEngine:
    """An offline model, better than any streaming one: SenseVoice, Paraformer or Zipformer-CTC."""

    language = "zh"

    def __init__(self, kind: str, folder: Path) -> None:
        self.name = f"sherpa-{kind}"
        make = sherpa_onnx.OfflineRecognizer
        tokens, model = str(folder / "tokens.txt"), _file(folder, "model")
        if kind == "sense-voice":
            self._recogniser = make.from_sense_voice(model=model, tokens=tokens, num_threads=1, use_itn=True)
        elif kind == "paraformer":
            self._recogniser = make.from_paraformer(paraformer=model, tokens=tokens, num_threads=1)
        else:
            self._recogniser = make.from_zipformer_ctc(model=model, tokens=tokens, num_threads=1)

    def open(self) -> "SherpaFinalRecogniser":
        return SherpaFinalRecogniser(self._recogniser)


class SherpaFinalRecogniser:
    """Collects an utterance between silences and recognises it as a whole; it has no partials."""

    LONGEST = RATE * 15

    def __init__(self, recogniser: Any) -> None:
        self._recogniser = recogniser
        self._gate = SpeechGate(0.5, Vad.LOOSE)
        self._speech = bytearray()
        self._start = 0
        # In the middle of speech: what follows a forced cut begins there, not where the speech began.
        self._cut = False

    def accept(self, pcm: bytes, begin_ms: float) -> list[Recognised]:
        found = self.flush() if self._gate.after_hole(begin_ms) else []
        for speech in self._gate.let_through(pcm, begin_ms):
            found += self._listen(speech)
        return found

    def flush(self) -> list[Recognised]:
        found = self._recognise() if self._speech else []
        self._speech.clear()
        self._gate.reset()
        self._cut = False
        return found

    def _listen(self, speech: bytes) -> list[Recognised]:
        if not self._speech:
            self._start = self._start if self._cut else self._gate.start
        self._speech += speech
        self._cut = self._gate.in_speech
        if self._cut and len(self._speech) // 2 < self.LONGEST:
            return []
        found = self._recognise()
        self._start += len(self._speech) // 2
        self._speech.clear()
        return found

    def _recognise(self) -> list[Recognised]:
        stream = self._recogniser.create_stream()
        stream.accept_waveform(RATE, _samples(bytes(self._speech)))
        self._recogniser.decode_stream(stream)
        result = stream.result
        times = [self._ms(seconds) for seconds in result.timestamps]
        tokens = list(result.tokens)
        if len(times) != len(tokens):
            times = self._spread(len(tokens))
        words = words_of(tokens, times)
        return [Recognised(self._ms(0), words, True)] if words else []

    def _spread(self, count: int) -> list[int]:
        """A model without times: its tokens evenly over the utterance."""
        seconds = len(self._speech) / 2 / RATE
        return [self._ms(seconds * index / max(1, count)) for index in range(count)]

    def _ms(self, seconds: float) -> int:
        return self._gate.ms(self._start + seconds * RATE)
