"""Whose programme the engines of others get: no rehearsal's, and one broadcast's at a time."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from django.utils import timezone

from portal.live.models import LiveSession
from portal.questions.actions import rehearse
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House
from tests.signaling.sockets import Page
from tests.signaling.test_broadcast import eventually
from tests.streaming.people import until

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture
async def callers(settings: Any, house: House, in_thread: Any) -> AsyncIterator[list[str]]:
    """An engine that hangs up on whoever comes, and a house that sends to it; Bob moderates everywhere."""
    came: list[str] = []

    def connected(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append("somebody")
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    settings.RESTREAM = [f"county=rtmp://127.0.0.1:{server.sockets[0].getsockname()[1]}/live/key"]
    await in_thread(house.other.moderators.add)(house.people["bob"])
    yield came
    server.close()


async def states(page: Page) -> list[str]:
    return [one["state"] for one in (await page.request("statistics"))["programme"]["restream"]]


async def is_written(page: Page) -> bool:
    """The programme has something to send on."""
    return bool((await page.request("statistics"))["programme"]["programme"].get("last"))


async def has_its_turn(page: Page) -> bool:
    return await states(page) != ["taken"]


async def test_a_rehearsal_is_sent_to_nobody(
    callers: list[str], page: OpenPage, house: House, in_thread: Any
) -> None:
    rehearsal = await in_thread(rehearse)(house.people["bob"], house.session.pk)
    crew = await page("bob", "moderator", session=rehearsal.pk)
    assert (await crew.request("go_live"))["type"] == "ok"
    await eventually(lambda: is_written(crew))
    assert await states(crew) == [] and not callers
    # A broadcast beside it is sent: the rehearsal was not merely the slower one, and takes no turn.
    bob = await page("bob", "moderator", session=house.other.pk)
    assert (await bob.request("go_live"))["type"] == "ok"
    assert await states(bob) in (["connecting"], ["retrying"])
    await until(lambda: bool(callers), 60)
    assert await states(crew) == []


async def test_of_two_broadcasts_the_first_is_sent_and_the_second_when_it_is_over(
    callers: list[str], page: OpenPage, house: House, in_thread: Any, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (
        await page("bob", "moderator", session=house.other.pk),
        await page("bob", "moderator", session=house.session.pk),
    )
    await first.request("go_live")
    with caplog.at_level(logging.WARNING):
        await second.request("go_live")
        await eventually(lambda: is_written(second))
    assert await states(second) == ["taken"] and await states(first) != ["taken"]
    said = f"session {house.session.pk} is not restreamed, session {house.other.pk} is"
    assert [record.getMessage() for record in caplog.records].count(said) == 1
    await first.request("end")
    assert await states(second) == ["taken"], "the first is still sending its end"
    long_ago = timezone.now() - timedelta(minutes=1)
    await in_thread(LiveSession.objects.filter(pk=house.other.pk).update)(ended_at=long_ago)
    before = len(callers)
    await eventually(lambda: has_its_turn(second))
    await until(lambda: len(callers) > before, 60)
