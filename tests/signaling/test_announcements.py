"""Of two announcements of one stage the newer one is heard last, whatever the older one had to wait for."""

import asyncio
import uuid
from typing import Any

from signaling.announcements import announce_stage
from signaling.orm import questions as rows
from signaling.parts import Parts
from signaling.presence import MemoryStore
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House
from tests.signaling.sockets import Page


class LateOnce(MemoryStore):
    """A store whose first answer about a stage comes late."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def get(self, key: str) -> str | None:
        if key.startswith("stage:") and not self.asked.is_set():
            self.asked.set()
            await asyncio.sleep(0.3)
        return await super().get(key)


async def ready(house: House, lin: Page, bob: Page, alice: Page) -> int:
    """Alice's question, which is ready to be put on."""
    asked = await alice.request("ask", uuid=str(uuid.uuid4()), text="When will the road be mended?")
    assert asked["type"] == "received"
    question = (await bob.request("questions", since=0))["rows"][0]["id"]
    assert (await lin.request("go_live"))["type"] == "ok"
    assert (await bob.request("call_up", question=question))["type"] == "ok"
    await rows.stage_report(house.session.pk, house.id_of("alice"), "ready")
    return int(question)


async def test_the_stage_of_a_moment_ago_never_comes_after_the_stage_of_now(
    door: Parts, house: House, page: OpenPage
) -> None:
    lin, bob, alice = await page("lin", "leader"), await page("bob", "moderator"), await page("alice")
    session = house.session.pk
    question = await ready(house, lin, bob, alice)
    store = LateOnce()
    door.presence._store = store
    old = asyncio.create_task(announce_stage(door, session))
    await store.asked.wait()
    await rows.move(house.id_of("bob"), session, question, "on", None)
    await asyncio.gather(old, announce_stage(door, session))
    heard: list[Any] = []
    while True:
        try:
            stage = await asyncio.wait_for(alice.until("stage"), 2)
        except TimeoutError:
            break
        heard.append(stage["guest"]["state"] if stage["guest"] else None)
    assert heard[-1] == "on"


async def test_who_asks_for_what_was_missed_is_not_told_of_the_stage_of_a_moment_ago(
    door: Parts, house: House, page: OpenPage
) -> None:
    lin, bob, alice = await page("lin", "leader"), await page("bob", "moderator"), await page("alice")
    session = house.session.pk
    question = await ready(house, lin, bob, alice)
    store = LateOnce()
    door.presence._store = store
    asking = asyncio.create_task(alice.request("changes", since=0))
    await store.asked.wait()
    await rows.move(house.id_of("bob"), session, question, "on", None)
    await announce_stage(door, session)
    changes = await asking
    assert changes["stage"]["guest"]["state"] == "on"
    told = [message for message in alice.heard if message["type"] == "stage"]
    assert changes["stage"]["revision"] >= told[-1]["revision"]
