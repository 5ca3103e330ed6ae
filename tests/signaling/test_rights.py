"""Who may send what: every message type, asked as each person. A message type without a line here fails."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from portal.live.models import Invitation
from portal.questions.actions import rehearse
from signaling.orm.live import may_everybody_watch
from signaling.protocol import TYPES
from tests.signaling.conftest import OpenPage

pytestmark = pytest.mark.slow

SOME = {"question": 1}
# Fields that make each message well formed; whether the thing exists comes after the right.
FIELDS: dict[str, dict[str, Any]] = {
    "watch": {},
    "accept": {"peer": "nobody", "sdp": "v=0"},
    "restart": {"peer": "nobody"},
    "leave": {"peer": "nobody"},
    "changes": {"since": 0},
    "ping": {"t": 1},
    "publish": {"sdp": "v=0"},
    "go_live": {},
    "pause": {},
    "resume": {},
    "end": {},
    "ask": {"uuid": str(uuid.UUID(int=1)), "text": "Why?"},
    "raise_hand": {"uuid": str(uuid.UUID(int=2))},
    "lower_hand": {},
    "vote": SOME,
    "questions": {"since": 0},
    "move": {**SOME, "to": "shortlisted"},
    "put_back": {
        **SOME,
        "stage": "new",
        "wall": "received",
        "expected_stage": "shortlisted",
        "expected_wall": "shown",
    },
    "hide": {**SOME, "reason": "rude"},
    "unhide": SOME,
    "same": {**SOME, "as": 2},
    "same_many": {"questions": [1], "as": 2},
    "part": {"questions": [1]},
    "claim": SOME,
    "delay": {"seconds": 0},
    "cut": {},
    "cut_end": {},
    "cut_undo": {"cut": 1},
    "playing": {"line": "hls"},
    "write": {**SOME, "text": "Soon."},
    "begin_answer": SOME,
    "end_answer": SOME,
    "propose": SOME,
    "spoken_text": {**SOME, "text": "Why?"},
    "call_up": SOME,
    "stage_check": {"state": "ready"},
    "put_on": SOME,
    "take_off": SOME,
    "leave_stage": {},
    "layout": {"name": "side"},
    "statistics": {},
    "cohost": {},
    "share": {"on": True},
    "promise": SOME,
}
EVERYBODY = {"watch", "accept", "restart", "leave", "changes", "ping", "playing"}
LOGGED_IN = EVERYBODY | {"ask", "raise_hand", "lower_hand", "vote"}
RUNNING = {"go_live", "pause", "resume", "end", "begin_answer", "end_answer", "layout", "statistics"} | {
    "delay",
    "cut",
    "cut_end",
    "cut_undo",
    "cohost",
    "promise",
}
MODERATING = {
    "questions",
    "move",
    "put_back",
    "hide",
    "unhide",
    "same",
    "write",
    "propose",
    "spoken_text",
} | {
    "same_many",
    "part",
    "claim",
    "call_up",
    "put_on",
    "take_off",
}
ALLOWED = {
    ("charlie", "viewer"): EVERYBODY,
    ("alice", "viewer"): LOGGED_IN,
    ("alice", "guest"): LOGGED_IN,
    ("nora", "viewer"): LOGGED_IN,
    ("olga", "viewer"): LOGGED_IN,
    ("clara", "viewer"): LOGGED_IN,
    ("sam", "viewer"): LOGGED_IN,
    ("lin", "leader"): LOGGED_IN | RUNNING | {"publish", "share"},
    ("otto", "cohost"): LOGGED_IN | {"publish", "share"},
    ("otto", "viewer"): LOGGED_IN,
    ("bob", "moderator"): LOGGED_IN | RUNNING | MODERATING,
}
# What a person with the right may still hear of a made-up question or media connection.
GATE_CODES = {"not_allowed"}


# Fewer than a socket may send at once: what is too many is refused whoever sends it.
MESSAGES_PER_TAB = 30


def test_every_message_has_a_line() -> None:
    assert set(FIELDS) | {"hello"} == set(TYPES)


@pytest.mark.parametrize(("name", "role"), list(ALLOWED), ids=lambda value: value)
async def test_each_person_is_let_through_or_refused(page: OpenPage, name: str, role: str) -> None:
    tab, allowed = await page(name, role), ALLOWED[name, role]
    for place, (kind, fields) in enumerate(FIELDS.items()):
        if place and place % MESSAGES_PER_TAB == 0:
            tab = await page(name, role)
        tab_answer = await tab.request(kind, **fields)
        let_through = tab_answer.get("code") not in GATE_CODES
        if kind in ("ask", "raise_hand") and name not in ("alice", "charlie"):
            # The room asks for a confirmed telephone, which staff have not got.
            assert tab_answer["code"] == "not_allowed"
            continue
        assert let_through == (kind in allowed), (name, role, kind, tab_answer)
        assert tab_answer.get("code") != "ours", (kind, tab_answer)


@pytest.mark.parametrize(
    ("name", "role", "joins"),
    [
        ("charlie", "viewer", True),
        ("charlie", "guest", False),
        ("charlie", "leader", False),
        ("charlie", "moderator", False),
        ("alice", "guest", True),
        ("alice", "leader", False),
        ("alice", "moderator", False),
        ("nora", "viewer", True),
        ("nora", "leader", False),
        ("nora", "moderator", False),
        ("clara", "leader", False),
        ("clara", "moderator", False),
        ("sam", "leader", False),
        ("sam", "moderator", False),
        ("olga", "moderator", False),
        ("olga", "leader", False),
        ("olga", "cohost", False),
        ("charlie", "cohost", False),
        ("alice", "cohost", False),
        ("bob", "cohost", False),
        ("lin", "cohost", False),
        ("otto", "cohost", True),
        ("otto", "leader", False),
        ("otto", "moderator", False),
        ("bob", "moderator", True),
        ("bob", "leader", False),
        ("lin", "leader", True),
        ("lin", "moderator", False),
    ],
)
async def test_roles_at_hello(page: OpenPage, name: str, role: str, joins: bool) -> None:
    tab = await page(name, None)
    answer = await tab.hello(role)
    assert (answer["type"] == "welcome") is joins, answer
    if not joins:
        assert answer["code"] == "not_allowed"


async def test_a_moderator_of_one_session_is_nobody_in_another(page: OpenPage, house: Any) -> None:
    bob = await page("bob", None, session=house.other.pk)
    assert (await bob.hello("moderator"))["code"] == "not_allowed"
    assert (await bob.hello("viewer"))["type"] == "welcome"
    assert (await bob.request("questions"))["code"] == "not_allowed"


async def test_a_question_of_another_session_cannot_be_touched(page: OpenPage, house: Any) -> None:
    alice = await page("alice", "viewer", session=house.other.pk)
    await alice.request("ask", uuid=str(uuid.uuid4()), text="Is the water clean?")
    elsewhere = (await alice.until("question"))["id"]
    bob = await page("bob", "moderator")
    answer = await bob.request("move", question=elsewhere, to="shortlisted")
    assert answer["code"] == "not_found"


async def test_logging_out_ends_the_rights_of_an_open_socket(
    page: OpenPage, house: Any, in_thread: Any
) -> None:
    from django.contrib.sessions.models import Session

    bob = await page("bob", "moderator")
    assert (await bob.request("questions"))["type"] == "questions"
    await in_thread(Session.objects.filter(session_key=house.cookies["bob"]).delete)()
    assert (await bob.request("questions"))["code"] == "not_allowed"
    assert (await bob.request("changes"))["type"] == "changes"


async def test_a_changed_password_ends_the_rights_of_an_old_cookie(
    page: OpenPage, house: Any, in_thread: Any
) -> None:
    def change() -> None:
        house.people["bob"].set_password("a new one, long enough")
        house.people["bob"].save()

    bob = await page("bob", "moderator")
    await in_thread(change)()
    assert (await bob.request("questions"))["code"] == "not_allowed"


async def test_a_foreign_cookie_is_nobody(page: OpenPage, house: Any) -> None:
    house.cookies["mallory"] = "0123456789abcdefghijklmnopqrstuv"
    mallory = await page("mallory", None)
    assert (await mallory.hello("moderator"))["code"] == "not_allowed"
    assert (await mallory.hello("viewer"))["you"]["id"] is None


async def test_a_withdrawn_invitation_ends_the_rights_of_an_open_seat(
    page: OpenPage, house: Any, in_thread: Any
) -> None:
    otto = await page("otto", "cohost")
    assert (await otto.request("publish", sdp="v=0"))["code"] == "bad_sdp"
    # As if its socket had not heard of it yet.
    await in_thread(Invitation.objects.filter(pk=house.seat).update)(revoked_at=timezone.now())
    assert (await otto.request("publish", sdp="v=0"))["code"] == "not_allowed"
    assert (await otto.request("share", on=True))["code"] == "not_allowed"
    assert (await otto.request("changes"))["type"] == "changes"


async def test_a_rehearsal_lets_nobody_in_but_its_crew(page: OpenPage, house: Any, in_thread: Any) -> None:
    rehearsal = (await in_thread(rehearse)(house.people["lin"], house.session.pk)).pk
    for name in ("charlie", "alice", "sam", "otto"):
        tab = await page(name, None, session=rehearsal)
        assert (await tab.hello("viewer"))["code"] == "not_allowed"
    assert (await (await page("bob", None, session=rehearsal)).hello("moderator"))["type"] == "welcome"
    assert (await (await page("lin", None, session=rehearsal)).hello("leader"))["type"] == "welcome"
    assert not await may_everybody_watch(rehearsal), "its segments are for nobody"


async def test_a_guest_publishes_only_when_called(page: OpenPage) -> None:
    alice, bob = await page("alice", "guest"), await page("bob", "moderator")
    await alice.request("ask", uuid=str(uuid.uuid4()), text="May I come up?")
    question = (await bob.until("question"))["id"]
    assert (await alice.request("publish", sdp="v=0"))["code"] == "not_allowed"
    assert (await bob.request("call_up", question=question))["type"] == "ok"
    # Let through, and then it is the offer itself that is refused.
    assert (await alice.request("publish", sdp="v=0"))["code"] == "bad_sdp"
    dora = await page("dora", "guest")
    assert (await dora.request("publish", sdp="v=0"))["code"] == "not_allowed"
