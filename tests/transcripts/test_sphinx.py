"""The engine that works out of the box, on real speech."""

from pathlib import Path

import pytest

from tests.transcripts.speech import SENTENCES, silence, talk, word_errors
from transcripts.captions import join
from transcripts.engines.interface import BYTES_PER_MS, RATE, Recognised
from transcripts.engines.sphinx import SphinxEngine

pytestmark = pytest.mark.slow


def listen(pcm: bytes, chunk_ms: int = 100, shift_ms: float = 0.0) -> list[tuple[float, Recognised]]:
    """Everything recognised, each with the second of sound after which it came."""
    recogniser = SphinxEngine().open()
    size = chunk_ms * BYTES_PER_MS
    found = []
    for at in range(0, len(pcm), size):
        results = recogniser.accept(pcm[at : at + size], shift_ms + at / BYTES_PER_MS)
        found += [((at + size) / BYTES_PER_MS / 1000, result) for result in results]
    end = len(pcm) / BYTES_PER_MS / 1000
    return found + [(end, result) for result in recogniser.flush()]


def test_english_is_understood_with_word_times_and_early_partials(tmp_path: Path) -> None:
    samples, times = talk(tmp_path, SENTENCES)
    found = listen(samples.tobytes())
    finals = [result for _, result in found if result.final]
    heard = join(word.text for result in finals for word in result.words)
    assert word_errors(" ".join(SENTENCES), heard) < 0.25
    for sentence_begin, sentence_end in times:
        first = min(after for after, result in found if after > sentence_begin)
        assert first - sentence_begin < 1.2
        last = min(after for after, result in found if result.final and after > sentence_end - 0.1)
        assert last - sentence_end < 0.9
    begins = [result.words[0].begin_ms / 1000 for result in finals]
    assert begins[0] == pytest.approx(times[0][0], abs=0.3)


def test_times_follow_the_sound_over_a_hole(tmp_path: Path) -> None:
    samples, times = talk(tmp_path, SENTENCES[:1])
    recogniser = SphinxEngine().open()
    pcm = samples.tobytes()
    first = recogniser.accept(pcm, 0.0) + recogniser.flush()
    second = recogniser.accept(pcm, 60_000.0) + recogniser.flush()
    begin = [result.words[0].begin_ms for result in first if result.final][0]
    again = [result.words[0].begin_ms for result in second if result.final][0]
    assert abs(again - begin - 60_000) < 100


def test_an_utterance_without_a_pause_is_cut_at_fifteen_seconds(tmp_path: Path) -> None:
    said = " ".join(SENTENCES * 3)
    samples, _ = talk(tmp_path, [said])
    assert len(samples) > 22 * RATE
    finals = [result for _, result in listen(samples.tobytes()) if result.final]
    assert len(finals) > 1
    assert all(result.words[-1].end_ms - result.begin_ms <= 15_500 for result in finals)
    for before, after in zip(finals, finals[1:], strict=False):
        assert before.words[-1].end_ms <= after.words[0].begin_ms + 50


def test_silence_has_no_words() -> None:
    assert listen(silence(3.0).tobytes()) == []
