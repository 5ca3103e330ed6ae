"""The way of a question through sockets: asked, called up, on, answered, and its clip ordered."""

import asyncio
import uuid
from typing import Any

import pytest

from portal.appeals.models import Reply
from recordings.actions import LONGEST_CLIP_MS
from recordings.models import Clip
from signaling.orm import questions as rows
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House
from tests.signaling.sockets import Page


async def test_hello_draws_the_page(page: OpenPage, house: House) -> None:
    alice = await page("alice", None)
    welcome = await alice.hello("viewer")
    assert welcome["type"] == "welcome"
    assert welcome["session"]["title"] == "Roads"
    assert welcome["you"]["name"] == "A**"
    assert welcome["you"]["verified"] is True
    assert welcome["media"] == {"webrtc": True, "hls": f"/hls/{house.session.pk}/master.m3u8", "ice": []}
    assert welcome["limits"]["text"] == 2000
    assert welcome["stage"]["main"]["present"] is False


async def test_a_question_goes_from_the_phone_to_the_answer(page: OpenPage, in_thread: Any) -> None:
    alice, bob, lin = await page("alice"), await page("bob", "moderator"), await page("lin", "leader")
    asked = await alice.request("ask", uuid=str(uuid.uuid4()), text="When will the road be mended?")
    assert asked["type"] == "received" and asked["number"] and asked["query_code"] and asked["created"]
    told = await bob.until("question")
    rows = (await bob.request("questions", since=0))["rows"]
    assert [row["text"] for row in rows] == ["When will the road be mended?"]
    question = rows[0]["id"]
    assert told["id"] == question
    assert (await lin.request("go_live"))["type"] == "ok"
    assert (await alice.until("session", state="live"))["revision"] > told["revision"]
    assert (await bob.request("call_up", question=question))["type"] == "ok"
    assert (await alice.until("prompt"))["question"] == question
    assert (await alice.request("stage_check", state="ready"))["type"] == "ok"
    assert (await bob.request("put_on", question=question))["type"] == "ok"
    stage = await lin.until("stage")
    while not (stage["guest"] and stage["guest"]["on"]):
        stage = await lin.until("stage")
    assert stage["guest"]["name"] == "A**"
    begun = await bob.request("begin_answer", question=question)
    assert begun["type"] == "answer_mark" and begun["end_ms"] is None
    ended = await bob.request("end_answer", question=question)
    assert ended["end_ms"] > ended["begin_ms"]
    assert await in_thread(Reply.objects.count)() == 1
    clip = await in_thread(Clip.objects.get)()
    assert (clip.begin_ms, clip.end_ms) == (ended["begin_ms"], ended["end_ms"])
    assert (await lin.request("end"))["type"] == "ok"
    assert (await alice.until("session", state="ended"))["type"] == "session"


async def answering(alice: Page, bob: Page, lin: Page) -> tuple[int, int]:
    """Lin answers alice, who is on stage: the question, and the ms at which the answer began."""
    asked = await alice.request("ask", uuid=str(uuid.uuid4()), text="When will the road be mended?")
    await lin.request("go_live")
    await bob.request("call_up", question=asked["question"])
    await bob.request("put_on", question=asked["question"])
    begun = await lin.request("begin_answer", question=asked["question"])
    await asyncio.sleep(0.2)
    return asked["question"], begun["begin_ms"]


@pytest.mark.parametrize("step", ["end", "take_off"])
async def test_an_answer_that_is_cut_short_ends_with_the_step(
    page: OpenPage, in_thread: Any, step: str
) -> None:
    """The leader says goodbye, or the guest is taken off, before anybody has pressed "answer done"."""
    alice, bob, lin = await page("alice"), await page("bob", "moderator"), await page("lin", "leader")
    question, begin_ms = await answering(alice, bob, lin)
    fields = {} if step == "end" else {"question": question}
    assert (await bob.request(step, **fields))["type"] == "ok"
    reply = await in_thread(Reply.objects.get)()
    assert reply.begin_ms == begin_ms < reply.end_ms
    assert (await in_thread(Clip.objects.get)()).end_ms == reply.end_ms
    (row,) = (await bob.request("questions", since=0))["rows"]
    assert (row["stage_state"], row["wall_state"], row["answer_end_ms"]) == ("done", "answered", reply.end_ms)


async def test_an_answer_that_nobody_ended_for_hours_counts_and_its_clip_has_an_hour(
    page: OpenPage, house: House, in_thread: Any
) -> None:
    alice, bob, lin = await page("alice"), await page("bob", "moderator"), await page("lin", "leader")
    question, begin_ms = await answering(alice, bob, lin)
    late = begin_ms + 2 * LONGEST_CLIP_MS
    await rows.end_answer(house.id_of("bob"), house.session.pk, question, late)
    assert (await in_thread(Reply.objects.get)()).end_ms == late
    assert (await in_thread(Clip.objects.get)()).end_ms == begin_ms + LONGEST_CLIP_MS


async def test_a_repeat_gives_the_same_numbers(page: OpenPage) -> None:
    alice = await page("alice")
    key = str(uuid.uuid4())
    first = await alice.request("ask", uuid=key, text="Water?")
    again = await alice.request("ask", uuid=key, text="Water?")
    assert (again["number"], again["query_code"]) == (first["number"], first["query_code"])
    assert first["created"] and not again["created"]
