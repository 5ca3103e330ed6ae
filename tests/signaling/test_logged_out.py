"""Logging out everywhere ends open sockets and what is sent through them, and nobody else's."""

from typing import Any

from portal.people.actions import leave_everywhere
from signaling.parts import Parts
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House


async def closed(page: Any) -> int:
    while True:
        output = await page.communicator.receive_output(timeout=30)
        if output["type"] == "websocket.close":
            return int(output["code"])


async def test_every_socket_of_the_person_is_closed_and_no_other(
    door: Parts, page: OpenPage, house: House, in_thread: Any
) -> None:
    phone, tablet = await page("alice"), await page("alice")
    bob, visitor = await page("bob", "moderator"), await page("charlie")
    await in_thread(leave_everywhere)(house.people["alice"])
    assert [await closed(phone), await closed(tablet)] == [1008, 1008]
    for other in (bob, visitor):
        assert (await other.request("ping", t=1))["type"] == "pong"
