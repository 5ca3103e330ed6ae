"""One subscription per process and room, however many sockets; a slow one loses from its own outbox only."""

import asyncio
import json
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer

from signaling.client import Allowance, Client
from signaling.hub import Hub
from signaling.outbox import HOPELESS, Outbox

SOCKETS = 200


class CountingLayer(InMemoryChannelLayer):  # type: ignore[misc]
    """The real layer in memory, and how many subscriptions it was asked for."""

    subscriptions = 0

    async def group_add(self, group: str, channel: str) -> None:
        self.subscriptions += 1
        await super().group_add(group, channel)


def clients(count: int, session_id: int = 12) -> list[Client]:
    made = [Client(session_id=session_id, session_key=None, language="en") for _ in range(count)]
    for number, client in enumerate(made):
        client.person_id, client.moderates = number, number == 0
    return made


async def settled(client: Client, count: int) -> list[dict[str, Any]]:
    return [json.loads(await asyncio.wait_for(client.outbox.next(), 5)) for _ in range(count)]


async def test_two_hundred_sockets_hear_each_message_once_through_one_subscription() -> None:
    layer = CountingLayer(capacity=1000)
    hub, everybody = Hub(layer), clients(SOCKETS)
    for client in everybody:
        await hub.join(client)
    # The room, and what concerns a person in any room.
    assert layer.subscriptions == 2
    for number in range(20):
        await hub.announce(12, {"type": "caption", "session": 12, "cue": {"uid": str(number)}})
    for client in everybody:
        assert [message["cue"]["uid"] for message in await settled(client, 20)] == [str(n) for n in range(20)]
    assert hub.delivered == SOCKETS * 20
    await hub.close()


async def test_rooms_do_not_hear_each_other() -> None:
    hub = Hub(InMemoryChannelLayer())
    (here,), (there,) = clients(1, 12), clients(1, 13)
    await hub.join(here)
    await hub.join(there)
    await hub.announce(13, {"type": "stale"})
    assert await settled(there, 1) == [{"type": "stale"}]
    assert len(here.outbox) == 0
    await hub.close()


@pytest.mark.parametrize(
    ("to", "expected"),
    [({"person": 7}, {7}), ({"moderators": True}, {0}), ({"peer": "p3"}, {3}), ({}, set())],
)
async def test_a_directed_message_reaches_only_whom_it_is_for(to: dict[str, Any], expected: set[int]) -> None:
    hub, everybody = Hub(InMemoryChannelLayer()), clients(10)
    everybody[3].peers.add("p3")
    for client in everybody:
        await hub.join(client)
    await hub.announce(12, {"type": "prompt", "question": 1, "to": to})
    await hub.announce(12, {"type": "stale"})
    heard = set()
    for client in everybody:
        found = await settled(client, 1)
        if found[0]["type"] == "prompt":
            heard.add(client.person_id)
            assert "to" not in found[0]
    assert heard == expected
    await hub.close()


async def test_the_last_one_out_ends_the_subscription() -> None:
    layer = InMemoryChannelLayer()
    hub, (one, two) = Hub(layer), clients(2)
    await hub.join(one)
    await hub.join(two)
    await hub.leave(one)
    await hub.leave(one)
    assert hub.sessions() == [12]
    await hub.leave(two)
    assert hub.sessions() == []
    assert not layer.groups.get("session.12")
    await hub.close()


async def test_a_slow_socket_loses_its_oldest_and_nobody_else_does() -> None:
    hub, (slow, quick) = Hub(InMemoryChannelLayer()), clients(2)
    slow.outbox = Outbox(limit=5)
    await hub.join(slow)
    await hub.join(quick)
    for number in range(12):
        hub.deliver(12, {"type": "caption", "number": number})
    assert [message["number"] for message in await settled(quick, 12)] == list(range(12))
    assert [message["number"] for message in await settled(slow, 5)] == list(range(7, 12))
    assert (slow.outbox.lost, slow.outbox.missed, quick.outbox.lost) == (7, True, 0)
    await hub.close()


def test_one_who_never_listens_is_hopeless() -> None:
    (client,) = clients(1)
    for _ in range(256 + HOPELESS - 1):
        client.offer("x")
    assert not client.closing.is_set()
    client.offer("x")
    assert client.closing.is_set()


def test_messages_are_allowed_in_bursts_and_refilled_by_time() -> None:
    now = [0.0]
    allowance = Allowance(per_second=20, burst=40, clock=lambda: now[0])
    assert sum(allowance.take() for _ in range(60)) == 40
    assert allowance.refused == 20
    now[0] = 0.5
    assert sum(allowance.take() for _ in range(60)) == 10
    now[0] = 1000.0
    assert sum(allowance.take() for _ in range(60)) == 40
