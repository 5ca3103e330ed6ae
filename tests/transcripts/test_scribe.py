"""The scribe on real speech: it reads growing tracks, survives its engine, itself and rubbish."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from portal.live.models import LiveSession
from recordings.units import control
from tests.transcripts.speech import SENTENCES, audio_unit, header, opus_packets, talk, track, word_errors
from transcripts.engines.models import BUILT_IN
from transcripts.models import Cue
from transcripts.worker import Scribe

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Told = list[tuple[str, dict[str, Any]]]


async def eventually(holds: Callable[[], bool], seconds: float = 40.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.05)


@asynccontextmanager
async def scribe(data_dir: Path, session: LiveSession, told: Told) -> AsyncIterator[Scribe]:
    worker = Scribe(
        data_dir, lambda topic, message: told.append((topic, message)), lambda: [session.pk], BUILT_IN
    )
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def track_file(data_dir: Path, session: LiveSession, name: str) -> Path:
    path = data_dir / "recordings" / str(session.pk) / "tracks" / f"{name}.audio.units"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def finals(told: Told) -> list[dict[str, Any]]:
    return [message["cue"] for _, message in told if message["cue"]["final"] and message["cue"]["text"]]


def heard(told: Told) -> str:
    return " ".join(cue["text"] for cue in sorted(finals(told), key=lambda cue: cue["begin_ms"]))


async def rows() -> list[Cue]:
    return await sync_to_async(lambda: list(Cue.objects.all()))()


async def test_words_of_a_track_become_rows_and_announcements(tmp_path: Path, session: LiveSession) -> None:
    samples, times = talk(tmp_path, SENTENCES)
    who = f"leader-{session.host_id}"
    file = track_file(tmp_path, session, f"{who}-0")
    # Written before the scribe starts: it is found all the same.
    file.write_bytes(b"".join(track(who, opus_packets(samples), begin_ms=30_000)))
    told: Told = []
    async with scribe(tmp_path, session, told):
        await eventually(lambda: len(heard(told).split()) >= len(" ".join(SENTENCES).split()) - 6)
        with file.open("ab") as more:
            more.write(control(end=True).pack())
        await asyncio.sleep(3.0)
    assert word_errors(" ".join(SENTENCES), heard(told)) < 0.3
    stored = await rows()
    assert [cue.text for cue in stored] == [cue["text"] for cue in finals(told)]
    assert {(cue.speaker, cue.participant, cue.engine) for cue in stored} == {("林县长", who, "pocketsphinx")}
    assert stored[0].begin_ms / 1000 == pytest.approx(30 + times[0][0], abs=0.4)
    assert stored[-1].end_ms / 1000 == pytest.approx(30 + times[-1][1], abs=0.6)
    partials = [message["cue"] for _, message in told if not message["cue"]["final"]]
    assert len(partials) > len(stored)
    assert {cue["uid"] for cue in partials} >= {cue.uid for cue in stored}
    assert {topic for topic, _ in told} == {f"session.{session.pk}"}


async def test_a_scribe_that_starts_again_doubles_nothing(tmp_path: Path, session: LiveSession) -> None:
    samples, _ = talk(tmp_path, SENTENCES[:3])
    units = list(track("leader-7", opus_packets(samples)))
    file = track_file(tmp_path, session, "leader-7-0")
    part = len(units) // 2
    told: Told = []
    file.write_bytes(b"".join(units[:part]))
    async with scribe(tmp_path, session, told):
        await eventually(lambda: bool(finals(told)))
    with file.open("ab") as more:
        more.write(b"".join(units[part:]))
    async with scribe(tmp_path, session, told):
        await eventually(lambda: word_errors(" ".join(SENTENCES[:3]), heard(told)) < 0.35)
        await asyncio.sleep(2.0)
    stored = await rows()
    assert len({cue.uid for cue in stored}) == len(stored)
    for before, after in zip(stored, stored[1:], strict=False):
        assert before.end_ms <= after.begin_ms + 50
    assert word_errors(" ".join(SENTENCES[:3]), " ".join(cue.text for cue in stored)) < 0.35


async def test_captions_come_back_after_the_engine_was_killed(tmp_path: Path, session: LiveSession) -> None:
    samples, _ = talk(tmp_path, SENTENCES)
    units = list(track("leader-7", opus_packets(samples)))
    file = track_file(tmp_path, session, "leader-7-0")
    told: Told = []
    async with scribe(tmp_path, session, told) as worker:
        with file.open("ab", buffering=0) as more:
            await worker.client.ready.wait()
            # In the middle of a sentence.
            more.write(b"".join(units[: len(units) // 2]))
            await eventually(lambda: bool(told))
            assert worker.client.pid is not None
            os.kill(worker.client.pid, signal.SIGKILL)
            await eventually(lambda: worker.client.statistics.starts == 2)
            more.write(b"".join(units[len(units) // 2 :]))
        await eventually(lambda: word_errors(" ".join(SENTENCES), heard(told)) < 0.35)
    assert worker.client.statistics.dropped_ms == 0


async def test_rubbish_in_a_track_costs_only_itself(tmp_path: Path, session: LiveSession) -> None:
    samples, _ = talk(tmp_path, SENTENCES[:2])
    packets = opus_packets(samples)
    third = len(packets) // 3
    units = [header("leader-7")]
    for index, packet in enumerate(packets):
        units.append(audio_unit("leader-7", packet, index, 0.0))
        if index == 10:
            units.append(os.urandom(3000))
        if index == third:
            # A packet that no decoder takes, an empty one, and control units that mean nothing.
            units += [
                audio_unit("leader-7", b"\xff" * 40, index, 0.0),
                audio_unit("leader-7", b"", index, 0.0),
            ]
            units.append(control(nonsense=1).pack())
    track_file(tmp_path, session, "leader-7-0").write_bytes(b"".join(units))
    track_file(tmp_path, session, "guest-1-0").write_bytes(os.urandom(5000))
    track_file(tmp_path, session, "guest-2-0").write_bytes(control(wrong="header").pack())
    track_file(tmp_path, session, "guest-3-0").write_bytes(b"")
    told: Told = []
    async with scribe(tmp_path, session, told):
        await eventually(lambda: word_errors(" ".join(SENTENCES[:2]), heard(told)) < 0.4)
    assert {message["cue"]["participant"] for _, message in told} == {"leader-7"}
