"""Time-limited relay credentials: their form, what coturn makes of them, and a Chromium that has nothing else."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import create_turn_endpoint

from signaling.turn import LIFETIME, credentials, ice_servers
from streaming.commands import Assign
from tests.signaling.turn_server import TurnServer, running_turn
from tests.streaming.browsers import theatre
from tests.streaming.people import studio, until


@pytest.fixture
def turn() -> Iterator[TurnServer]:
    with running_turn() as server:
        yield server


def test_the_user_name_is_the_end_and_the_password_its_signature() -> None:
    made = credentials(["turn:example.org"], "north", "tab", 1_433_895_918.9)
    assert made == {
        "urls": ["turn:example.org"],
        "username": "1433895918:tab",
        "credential": made["credential"],
    }
    assert made["credential"] == "fM88SP5zU+bSRR7bwZ7YarddSXM="


def test_relays_are_offered_only_where_configured(settings: Any) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = [], ""
    assert ice_servers("tab") == []
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:example.org"], "north"
    [server] = ice_servers("tab")
    ends, name = server["username"].split(":")
    assert name == "tab" and 0 <= int(ends) - time.time() - LIFETIME + 60 <= 60


async def _allocate(turn: TurnServer, made: dict[str, Any]) -> tuple[str, int]:
    """The relay's address that coturn gives for these credentials. Raises TransactionFailed."""
    transport, _ = await create_turn_endpoint(
        asyncio.DatagramProtocol,
        server_addr=("127.0.0.1", turn.port),
        username=made["username"],
        password=made["credential"],
    )
    address: tuple[str, int] = transport.get_extra_info("sockname")
    transport.close()
    return address


@pytest.mark.servers
async def test_coturn_lends_a_relay_for_good_credentials_and_none_for_old_or_forged_ones(
    turn: TurnServer,
) -> None:
    good = credentials([turn.url], turn.secret, "tab", time.time() + 60)
    assert (await _allocate(turn, good))[0] == "127.0.0.1"
    old = credentials([turn.url], turn.secret, "tab", time.time() - 60)
    forged = credentials([turn.url], "guessed", "tab", time.time() + 60)
    for bad in (old, forged):
        with pytest.raises(TransactionFailed):
            await _allocate(turn, bad)


@pytest.mark.browser
async def test_a_chromium_that_reaches_nothing_but_the_relay_sees_the_broadcast(turn: TurnServer) -> None:
    async with studio() as house, theatre(house.worker) as stage:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice = await stage.page(), await stage.page()
        await leader.evaluate("publish('1', 'leader-1', 'H264')")
        await until(lambda: house.told("connected"))
        server = credentials([turn.url], turn.secret, "tab", time.time() + 60)
        await alice.evaluate("relays => watch('1', 'alice', true, relays)", [server])
        await alice.wait_for_function("state.videos['main-video']?.frames > 20")
        kinds = await alice.evaluate(
            "state.connection.getStats().then((all) => [...all.values()].filter("
            "(one) => one.type === 'local-candidate').map((one) => one.candidateType))"
        )
        assert set(kinds) == {"relay"}
