"""After the end an offline model hears the tracks again: the words get better, the names stay."""

import asyncio
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from portal.live.models import LiveSession
from portal.live.states import SessionState
from tests.transcripts import tone_models
from tests.transcripts.speech import opus_packets, track
from tests.transcripts.tone_models import tones
from transcripts import actions, queries
from transcripts.actions import Spoken
from transcripts.engines.models import find_models
from transcripts.final_pass import FinalPasses
from transcripts.models import Cue, FinalPass

pytestmark = pytest.mark.django_db(transaction=True)


async def test_an_ended_session_is_heard_again(tmp_path: Path, session: LiveSession) -> None:
    tone_models.sense_voice(tmp_path / "models")
    engine = find_models(tmp_path / "models").final
    assert engine is not None
    recordings = tmp_path / "recordings"
    tracks = recordings / str(session.pk) / "tracks"
    tracks.mkdir(parents=True)
    pcm = np.frombuffer(tones("县长您好", gap=0.02) + tones("请问路灯", gap=0.02), np.int16)
    (tracks / "leader-7-0.audio.units").write_bytes(b"".join(track("leader-7", opus_packets(pcm), 10_000)))
    (tracks / "guest-8-0.audio.units").write_bytes(b"rubbish" * 500)

    def end_with_poor_words() -> None:
        actions.store_cue(
            Spoken(session.pk, "kept", "leader-7", "林县长", 10_400, 11_300, "线长你好", "live", "zh")
        )
        LiveSession.objects.filter(pk=session.pk).update(
            state=SessionState.ENDED, ended_at=timezone.now() - timedelta(minutes=1)
        )

    await sync_to_async(end_with_poor_words)()
    passes = asyncio.create_task(FinalPasses(recordings, engine, busy=lambda _: False).run())
    done = sync_to_async(lambda: FinalPass.objects.filter(done_at__isnull=False).exists())
    async with asyncio.timeout(60):
        while True:
            if await done():
                break
            await asyncio.sleep(0.1)
    passes.cancel()
    await asyncio.gather(passes, return_exceptions=True)
    rows = await sync_to_async(lambda: list(Cue.objects.all()))()
    assert [row.text for row in rows] == ["县长您好", "请问路灯"]
    assert (rows[0].uid, rows[0].engine) == ("kept", "sherpa-sense-voice")
    assert rows[0].begin_ms == pytest.approx(10_400, abs=120)
    assert await sync_to_async(queries.awaiting_final_pass)() == []
