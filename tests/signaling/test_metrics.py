"""What is counted of an audience, for the moderator's panel and for Prometheus."""

import asyncio
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from signaling import metrics
from signaling.parts import Parts
from streaming import audience
from streaming.commands import Assign
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House
from tests.streaming.wire import OFFER, Seer, Sender

HERE, ELSEWHERE = "127.0.0.1", "192.0.2.7"


async def ask(client: str, **headers: str) -> tuple[int, str]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await metrics.application({"type": "http", "headers": named, "client": (client, 1)}, None, send)
    return sent[0]["status"], sent[1]["body"].decode()


def values(text: str, name: str, **labels: str) -> list[float]:
    return [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]


async def test_only_this_machine_or_the_tokens_bearer_is_told(door: Parts, settings: Any) -> None:
    assert (await ask(HERE))[0] == 200
    assert (await ask(ELSEWHERE))[0] == 404
    assert (await ask(HERE, x_forwarded_for=ELSEWHERE))[0] == 404
    settings.METRICS_TOKEN = "of this test"
    assert (await ask(HERE))[0] == 404
    assert (await ask(ELSEWHERE, authorization="Bearer guessed"))[0] == 404
    status, text = await ask(ELSEWHERE, authorization="Bearer of this test")
    assert status == 200 and "direct_train_viewers" in text and "process_cpu_seconds_total" in text


async def test_a_villagers_minutes_reach_panel_and_meter(
    door: Parts, house: House, page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "LOOK_EVERY", 0.2)
    session = str(house.session.pk)
    bob, alice, lin = await page("bob", "moderator"), await page("alice"), await page("lin", "leader")
    leader, seer = Sender(), Seer()
    answer = await lin.request("publish", sdp=leader.fill(OFFER))
    await leader.connect(answer["sdp"])
    await door.link.call(Assign(session, "main", f"leader-{house.id_of('lin')}"))
    offer = await alice.request("watch")
    await alice.request("accept", peer=offer["peer"], sdp=seer.answer(offer["sdp"]))
    await seer.connect(offer["sdp"])

    told: dict[str, Any] = {}
    for _ in range(200):
        leader.frame(key=True)
        told = (await bob.request("statistics"))["media"]["audience"]
        if any(row["picture"] for row in told["labels"]):
            break
        await asyncio.sleep(0.1)
    (row,) = told["labels"]
    assert (row["label"], row["viewers"]) == ("Willow", 1)
    assert told["worst"][0]["label"] == "Willow" and told["history"][-1]["viewers"] == 1
    assert told["layers"] == {"0": 1}

    async def watched() -> float:
        _, text = await ask(HERE)
        return sum(values(text, "direct_train_watched_seconds_total", village="Willow", experience="picture"))

    while not await watched():
        leader.frame(key=True)
        await asyncio.sleep(0.1)
    _, text = await ask(HERE)
    assert sum(values(text, "direct_train_viewers", session=session)) == 1
    assert sum(values(text, "direct_train_packets_total", end="sent")) > 0
    for one in (leader, seer):
        await one.close()
