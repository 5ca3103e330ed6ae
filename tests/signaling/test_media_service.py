"""The media process follows the rows, whatever becomes of the database for a moment."""

import asyncio
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.live.models import LiveSession
from portal.live.states import SessionState
from signaling.media_service import BEAT_SECONDS
from signaling.parts import Parts
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
