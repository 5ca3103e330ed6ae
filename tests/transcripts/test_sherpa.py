"""The real sherpa-onnx classes on tone models: exact words and times, in a process of their own."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transcripts import tone_models
from tests.transcripts.tone_models import tones
from transcripts.captions import join
from transcripts.engines.client import EngineClient, usable
from transcripts.engines.interface import BYTES_PER_MS, EngineSpec, Recognised
from transcripts.engines.models import find_models, metadata

Made = Callable[[Path], None]
# A token's time is the begin of four frames; a tone begins every 320 ms.
TONE_MS, EXACT_MS = 320, 60


async def understood(spec: EngineSpec, pcm: bytes, begin_ms: float = 0.0) -> list[Recognised]:
    """What the engine process makes of `pcm`, fed in pieces of 20 ms as packets come."""
    found: list[Recognised] = []
    client = EngineClient(spec, lambda _, result: found.append(result))
    running = asyncio.create_task(client.run())
    step = 20 * BYTES_PER_MS
    for at in range(0, len(pcm), step):
        client.feed(1, pcm[at : at + step], begin_ms + at / BYTES_PER_MS)
    client.flush(1)
    async with asyncio.timeout(60):
        await client.until(client.idle)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return found


def text(result: Recognised) -> str:
    return join(word.text for word in result.words)


def begins(result: Recognised) -> list[int]:
    return [word.begin_ms for word in result.words]


@pytest.mark.parametrize("make", [tone_models.zipformer2_ctc, tone_models.transducer])
async def test_live_models_give_exact_words_and_times(tmp_path: Path, make: Made) -> None:
    make(tmp_path / "live")
    spec = find_models(tmp_path).live
    assert spec is not None and await usable(spec)
    found = await understood(spec, tones("县长您好") + tones("请问路灯"), begin_ms=5000)
    finals = [result for result in found if result.final]
    assert [text(result) for result in finals] == ["县长您好", "请问路灯"]
    second = 400 + 4 * TONE_MS + 1600 + 400
    expected = [
        [5000 + 400 + TONE_MS * i for i in range(4)],
        [5000 + second + TONE_MS * i for i in range(4)],
    ]
    for result, wanted in zip(finals, expected, strict=True):
        assert begins(result) == pytest.approx(wanted, abs=EXACT_MS)
        assert result.begin_ms == result.words[0].begin_ms
    partials = [text(result) for result in found if not result.final]
    assert "县长" in partials


async def test_the_offline_model_hears_whole_sentences(tmp_path: Path) -> None:
    tone_models.sense_voice(tmp_path / "final")
    spec = find_models(tmp_path).final
    assert spec is not None and await usable(spec)
    found = await understood(spec, tones("县长您好", gap=0.02) + tones("请问路灯", gap=0.02), begin_ms=2000)
    assert [text(result) for result in found] == ["县长您好", "请问路灯"]
    assert all(result.final for result in found)
    assert begins(found[0]) == pytest.approx([2000 + 400 + 220 * i for i in range(4)], abs=100)


def test_models_are_told_apart_by_what_they_hold(tmp_path: Path) -> None:
    tone_models.sense_voice(tmp_path / "a")
    tone_models.zipformer2_ctc(tmp_path / "b")
    tone_models.transducer(tmp_path / "c")
    models = find_models(tmp_path)
    assert models.live is not None and (models.live.kind, models.live.model) == (
        "zipformer2-ctc",
        str(tmp_path / "b"),
    )
    assert models.final is not None and (models.final.kind, models.final.language) == ("sense-voice", "zh")
    assert find_models(tmp_path / "c").live is not None
    assert metadata(tmp_path / "a" / "model.onnx")["lfr_window_shift"] == "6"


def test_what_is_no_model_is_none(tmp_path: Path) -> None:
    assert find_models(None) == find_models(tmp_path / "missing") == find_models(tmp_path)
    (tmp_path / "tokens.txt").write_text("<blk> 0\n")
    for rubbish in (b"", b"\xff" * 100, b"\x72\xff\xff\xff\xff\x0f", b"not a model at all"):
        (tmp_path / "model.onnx").write_bytes(rubbish)
        assert metadata(tmp_path / "model.onnx") == {}
        assert find_models(tmp_path).live is None


async def test_a_model_that_ends_the_process_is_found_out_before_it_is_used(tmp_path: Path) -> None:
    tone_models.zipformer2_ctc(tmp_path)
    (tmp_path / "tokens.txt").write_text("this is no list of tokens\n")
    spec = find_models(tmp_path).live
    assert spec is not None
    assert not await usable(spec)


async def test_hotwords_of_the_operator_are_taken(tmp_path: Path) -> None:
    tone_models.transducer(tmp_path)
    (tmp_path / "hotwords.txt").write_text("县 长\n路 灯\n", encoding="utf-8")
    spec = find_models(tmp_path).live
    assert spec is not None
    finals = [result for result in await understood(spec, tones("请问路灯")) if result.final]
    assert [text(result) for result in finals] == ["请问路灯"]
