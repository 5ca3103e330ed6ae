"""The media process follows the rows, whatever becomes of the database for a moment."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.live.models import LiveSession
from portal.live.states import SessionState
from signaling.media_commands import Sync
from signaling.media_service import BEAT_SECONDS, MediaService, Placing
from signaling.parts import Parts
from signaling.presence import MemoryStore, Presence
from streaming.worker import WorkerConfig
from tests.signaling.people import House
from tests.streaming.people import until

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("table", ["live_livesession", "recordings_recording"])
async def test_a_database_that_fails_for_a_moment_does_not_end_the_beat(
    door: Parts, house: House, table: str, in_thread: Any
) -> None:
    """The table is really away: every statement about it is an OperationalError, in whichever thread."""

    def rename(before: str, after: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {before} RENAME TO {after}")

    def goes_live() -> None:
        """By the rows alone: only a beat notices."""
        one = LiveSession.objects.filter(pk=house.session.pk)
        one.update(state=SessionState.LIVE, went_live_at=timezone.now())

    await in_thread(rename)(table, "table_that_is_away")
    try:
        if table == "recordings_recording":
            await in_thread(goes_live)()
        await asyncio.sleep(3 * BEAT_SECONDS)
    finally:
        await in_thread(rename)("table_that_is_away", table)
    await in_thread(goes_live)()
    link: Any = door.link
    sessions = link._handle.__self__._sessions
    await until(lambda: house.session.pk in sessions and sessions[house.session.pk].programme, 60)


async def test_a_redis_that_forgot_who_is_on_stage_is_told_again(
    house: House, settings: Any, tmp_path: Any, in_thread: Any
) -> None:
    """A console would show the leader as cut off until somebody comes or goes."""
    settings.RECORDINGS_DIR = tmp_path
    store, told = MemoryStore(), list[dict[str, Any]]()
    presence = Presence(store, "media")
    service = MediaService(
        WorkerConfig(host="127.0.0.1"),
        Placing(presence, shared=True),
        lambda _topic, message: told.append(message),
    )
    number = house.session.pk
    await service.worker.start()
    try:
        await service.handle(Sync(str(number)))
        service._sessions[number].came(f"leader-{house.session.host_id}")
        told.clear()
        await service.beat()
        assert not told and not (await presence.stage(number)).main_present
        await store.drop(f"placed:{number}")
        await service.beat()
        assert (await presence.stage(number)).main_present
        assert [message["main"]["present"] for message in told if message["type"] == "stage"] == [True]
    finally:
        await service.close()
