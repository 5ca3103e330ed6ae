"""Bad input: each gets its refusal, and the socket and everybody else go on."""

import asyncio
import json
import uuid
from typing import Any

import pytest

from signaling.client import BURST
from tests.signaling.conftest import OpenPage
from tests.signaling.sockets import Page

pytestmark = pytest.mark.slow

BAD = [
    (" ", "bad_message"),
    ("{", "bad_message"),
    ("[]", "bad_message"),
    ("null", "bad_message"),
    ('"hello"', "bad_message"),
    ("[" * 20_000, "bad_message"),
    ("1" * 10_000, "bad_message"),
    ('{"type": "ping", "t": NaN}', "bad_message"),
    ('{"type": "ping", "t": "now"}', "bad_message"),
    ('{"type": "ping", "t": true}', "bad_message"),
    ('{"type": 7}', "unknown_type"),
    ('{"type": "__class__"}', "unknown_type"),
    ('{"type": ["hello"]}', "unknown_type"),
    ('{"type": "vote"}', "bad_message"),
    ('{"type": "vote", "question": "1"}', "bad_message"),
    ('{"type": "vote", "question": 1e3}', "bad_message"),
    ('{"type": "vote", "question": -1}', "bad_message"),
    ('{"type": "vote", "question": 99999999999999999999}', "bad_message"),
    ('{"type": "ask", "uuid": "x", "text": "?"}', "bad_message"),
    (json.dumps({"type": "ask", "uuid": str(uuid.UUID(int=1)), "text": "a" * 2001}), "too_big"),
    (json.dumps({"type": "ask", "uuid": str(uuid.UUID(int=1)), "text": "a\0b"}), "bad_message"),
    ('{"type": "ask", "uuid": "00000000-0000-0000-0000-000000000001", "text": "\\ud800"}', "bad_message"),
    ('{"type": "layout", "name": "cinema"}', "bad_message"),
    (json.dumps({"type": "ping", "x": "a" * 70_000}), "too_big"),
]


@pytest.mark.parametrize(("text", "code"), BAD, ids=range(len(BAD)))
async def test_garbage_is_refused_and_the_socket_lives(page: OpenPage, text: str, code: str) -> None:
    alice = await page("alice")
    await alice.send(text)
    refused = await alice.until("error")
    assert refused["code"] == code
    assert refused["message"]
    assert (await alice.request("ping", t=1))["type"] == "pong"


async def test_ten_megabytes_are_refused_without_being_read(page: OpenPage) -> None:
    alice = await page("alice")
    await alice.send("x" * 10_000_000)
    assert (await alice.until("error"))["code"] == "too_big"


async def test_bytes_are_refused(page: OpenPage) -> None:
    alice = await page("alice")
    await alice.communicator.send_to(bytes_data=b"\x00\x01")
    assert (await alice.until("error"))["code"] == "bad_message"


async def test_nothing_before_hello_and_hello_only_once(page: OpenPage) -> None:
    alice = await page("alice", None)
    assert (await alice.request("changes"))["code"] == "out_of_order"
    await alice.hello("viewer")
    assert (await alice.hello("viewer"))["code"] == "out_of_order"


async def test_an_unknown_session_is_not_found(page: OpenPage) -> None:
    alice = await page("alice", None, session=4_000_000)
    assert (await alice.hello("viewer"))["code"] == "not_found"


async def test_the_refusal_speaks_the_readers_language(page: OpenPage) -> None:
    alice = await page("alice", None, accept_language="zh-CN,zh;q=0.9")
    assert (await alice.request("changes"))["message"] == "请先发送 hello"


async def test_a_garbage_offer_is_bad_sdp(page: OpenPage) -> None:
    lin = await page("lin", "leader")
    for sdp in ("v=0", "garbage", "m=video 9\r\n" * 500, "\r\n" * 9000):
        assert (await lin.request("publish", sdp=sdp))["code"] == "bad_sdp"


async def test_a_media_connection_belongs_to_its_tab(page: OpenPage) -> None:
    alice, dora = await page("alice"), await page("dora")
    offer = await alice.request("watch")
    assert offer["type"] == "offer" and offer["sdp"].startswith("v=0")
    for kind, fields in (("leave", {}), ("restart", {}), ("accept", {"sdp": "v=0"})):
        assert (await dora.request(kind, peer=offer["peer"], **fields))["code"] == "not_found"
    # The same tab through a new socket may.
    again = await page("alice", "viewer", tab=alice.tab)
    assert (await again.request("leave", peer=offer["peer"]))["type"] == "ok"


async def test_a_flood_is_refused_and_costs_nobody_else(page: OpenPage) -> None:
    alice, dora = await page("alice"), await page("dora")
    codes: list[str] = []
    for number in range(int(BURST) + 30):
        await alice.send(json.dumps({"type": "vote", "id": number, "question": 1}))
    while len(codes) < int(BURST) + 30:
        codes.append((await alice.until("error"))["code"])
    assert codes.count("too_many") >= 10
    assert (await dora.request("ping", t=1))["type"] == "pong"


async def test_fifty_questions_in_a_minute_are_slowed_down(page: OpenPage) -> None:
    alice = await page("alice")
    found: list[dict[str, Any]] = []
    for _ in range(12):
        found.append(await alice.request("ask", uuid=str(uuid.uuid4()), text="Again?"))
    assert found[-1]["code"] == "try_later"
    assert sum(answer["type"] == "received" for answer in found) == 10


async def test_a_vote_twice_counts_once(page: OpenPage) -> None:
    alice, bob = await page("alice"), await page("bob", "moderator")
    await alice.request("ask", uuid=str(uuid.uuid4()), text="Twice?")
    question = (await bob.until("question"))["id"]
    await bob.request("move", question=question, to="shortlisted")
    dora = await page("dora")
    for _ in range(2):
        await dora.request("vote", question=question)
    assert (await bob.request("questions"))["rows"][0]["votes"] == 1


async def test_moderators_do_not_overwrite_each_other(page: OpenPage) -> None:
    alice, bob = await page("alice"), await page("bob", "moderator")
    await alice.request("ask", uuid=str(uuid.uuid4()), text="Who was first?")
    question = (await bob.until("question"))["id"]
    assert (await bob.request("move", question=question, to="shortlisted", expected="new"))["type"] == "ok"
    late = await bob.request("move", question=question, to="prompted", expected="new")
    assert late["code"] == "conflict"


async def test_an_eleventh_page_of_one_person_is_refused(page: OpenPage) -> None:
    for _ in range(10):
        await page("alice")
    one_more = await page("alice", None)
    assert (await one_more.hello("viewer"))["code"] == "too_many"


async def test_what_was_sent_before_the_page_was_closed_is_done_and_told(page: OpenPage) -> None:
    alice, bob = await page("alice"), await page("bob", "moderator")
    for _ in range(5):
        await alice.send(json.dumps({"type": "ask", "uuid": str(uuid.uuid4()), "text": "Sent, and gone?"}))
    await alice.close()
    told = {(await bob.until("question"))["id"] for _ in range(5)}
    assert len(told) == 5


async def test_a_foreign_page_cannot_open_a_socket(door: Any, house: Any) -> None:
    assert not await Page(house.session.pk, None, origin="http://evil.example").open()


async def test_an_answer_before_going_live_is_a_conflict(page: OpenPage) -> None:
    bob = await page("bob", "moderator")
    assert (await bob.request("begin_answer", question=1))["code"] in ("conflict", "not_found")
    assert (await bob.request("pause"))["code"] == "conflict"


async def test_a_server_that_ends_leaves_nothing_of_a_socket_behind(door: Any, house: Any) -> None:
    alice = Page(house.session.pk, house.cookies["alice"])
    assert await alice.open()

    def ours() -> list[str]:
        names = (str(task.get_coro()) for task in asyncio.all_tasks())
        return [name for name in names if "LiveConsumer." in name]

    assert len(ours()) >= 3
    alice.communicator.future.cancel()
    await asyncio.gather(alice.communicator.future, return_exceptions=True)
    assert not ours()
