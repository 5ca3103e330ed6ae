"""A recording from a telephone becomes words that its citizen may confirm."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import translation

from portal.appeals.actions.files import Piece, take_piece
from portal.appeals.models import Attachment
from transcripts.engines.models import BUILT_IN
from transcripts.notes import VoiceNotes, hear

pytestmark = pytest.mark.slow

SPOKEN = Path(__file__).resolve().parents[2] / "signaling" / "demo" / "speech" / "road-ask.ogg"


async def test_a_recording_is_heard_and_a_broken_one_costs_nothing(tmp_path: Path) -> None:
    assert "village" in await hear(SPOKEN, BUILT_IN)
    broken = tmp_path / "broken.ogg"
    broken.write_bytes(SPOKEN.read_bytes()[:200] + b"#EXTM3U\nfile:///etc/passwd\n")
    assert await hear(broken, BUILT_IN) == ""


@pytest.mark.django_db(transaction=True)
async def test_the_scribe_writes_down_what_waits_when_no_broadcast_does(
    settings: Any, tmp_path: Path
) -> None:
    settings.ATTACHMENTS_DIR = tmp_path
    data = SPOKEN.read_bytes()

    def enclose() -> None:
        with translation.override("en"):
            take_piece(None, Piece(uuid.uuid4(), uuid.uuid4(), "voice", len(data), 0, data))

    await sync_to_async(enclose)()
    busy = True
    running = asyncio.create_task(VoiceNotes(BUILT_IN, lambda: busy).run())
    await asyncio.sleep(0.3)
    assert await Attachment.objects.filter(words_state="wanted").aexists()
    busy = False
    row = await Attachment.objects.aget()
    for _ in range(600):
        if row.words_state == "done":
            break
        await asyncio.sleep(0.1)
        await row.arefresh_from_db()
    running.cancel()
    assert "village" in row.words
