"""Beside the queue: claims, questions taken down, order in the hall, promises, running order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from portal import events
from portal.appeals.models import Appeal, Promise
from portal.lib.errors import BadInput, Conflict, NotAllowed, TryLater
from portal.live.crew import PlannedItem, begin_item, set_running_order, set_slow_mode
from portal.live.queries import overlay_address, running_order
from portal.people.actions import reveal_identity
from portal.people.models import Identity, Person, Unit
from portal.people.queries import is_verified
from portal.people.vocabulary import RoleKind
from portal.questions import actions
from portal.questions.actions import Told
from portal.questions.console import background, console_rows
from portal.questions.models import Question
from portal.questions.queries import wall
from tests.live.cast import Cast, asked, citizen, staff


def question(pk: int) -> Question:
    return Question.objects.select_related("appeal", "person").get(pk=pk)


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    messages: list[dict[str, Any]] = []
    events.set_carrier(lambda _topic, message: messages.append(message))
    yield messages
    events.set_carrier(None)


@pytest.mark.django_db(transaction=True)
def test_a_claim_is_told_to_the_moderators_only_and_costs_no_revision(
    cast: Cast, told: list[dict[str, Any]]
) -> None:
    one, two = asked(cast).question_id, asked(cast, "水管漏水").question_id
    cast.session.refresh_from_db()
    before = cast.session.revision
    told.clear()
    actions.claim(cast.bob, one)
    actions.claim(cast.bob, two)
    assert [(message["question"], message["by"] and message["by"]["name"]) for message in told] == [
        (one, "Bob"),
        (one, None),
        (two, "Bob"),
    ]
    assert all(message["to"] == {"moderators": True} for message in told)
    cast.session.refresh_from_db()
    assert cast.session.revision == before
    actions.release(cast.bob, two)
    assert question(two).claimed_by is None


def test_many_are_joined_at_once_or_none(cast: Cast) -> None:
    root, *others = (asked(cast, f"路灯坏了，在{place}号杆").question_id for place in range(4))
    actions.mark_same_many(cast.bob, others, root)
    assert {question(pk).same_as_id for pk in others} == {root}
    more, lone = asked(cast, "路灯又坏").question_id, asked(cast, "坏了").question_id
    actions.move(cast.bob, lone, "on")
    with pytest.raises(Conflict):
        actions.mark_same_many(cast.bob, [more, lone], root)
    assert question(more).same_as_id is None


def test_what_was_joined_by_mistake_is_parted_again(cast: Cast) -> None:
    root, other = asked(cast).question_id, asked(cast, "水管漏水").question_id
    actions.mark_same(cast.bob, other, root)
    assert question(other).appeal.common_matter_id is not None  # type: ignore[union-attr]
    actions.part(cast.bob, [other])
    assert (question(other).same_as_id, question(other).stage_state) == (None, "new")
    assert question(other).appeal.common_matter_id is None  # type: ignore[union-attr]
    with pytest.raises(Conflict):
        actions.part(cast.bob, [other])


def test_a_question_answered_with_the_other_is_not_parted(on_air: Cast) -> None:
    root, other = asked(on_air).question_id, asked(on_air, "路灯坏了").question_id
    actions.mark_same(on_air.bob, other, root)
    actions.answer_in_writing(on_air.bob, root, "周五修好。", False)
    with pytest.raises(Conflict):
        actions.part(on_air.bob, [other])


@pytest.mark.parametrize("channel", ["telephone", "letter", "wechat"])
def test_a_question_taken_down_is_one_case_of_its_own_channel(cast: Cast, channel: str) -> None:
    uuid = uuid4()
    words = Told(channel, "村口的桥坏了", "柳湾村", "张三", "138 0000 0099")
    first = actions.take_down(cast.bob, cast.session.pk, uuid, words)
    again = actions.take_down(cast.bob, cast.session.pk, uuid, words)
    assert (first.created, again.created) == (True, False)
    assert (first.case_number, first.query_code) == (again.case_number, again.query_code)
    appeal = Appeal.objects.get()
    assert (appeal.channel, appeal.original_text, appeal.village) == (channel, "村口的桥坏了", "柳湾村")
    (row,) = console_rows(cast.session.pk)
    assert (row["channel"], row["name"]) == (channel, "张**")


def test_a_number_as_told_proves_nothing_and_can_be_looked_up(cast: Cast) -> None:
    """Also when somebody else has confirmed the same number: their account stays closed to the caller."""
    told = Told("telephone", "路灯坏了", "柳湾村", "李四", "13800000011")
    pk = actions.take_down(cast.bob, cast.session.pk, uuid4(), told).question_id
    person = question(pk).person
    assert person is not None and person != cast.alice and not is_verified(person)
    assert not Identity.objects.filter(person=person).exists()
    clara = staff("clara", RoleKind.CLERK)
    seen = reveal_identity(clara, person, "回电")
    assert (seen.name, seen.phone, seen.confirmed) == ("李四", "13800000011", False)


def test_a_confirmed_citizen_keeps_the_question_as_an_own_one(cast: Cast) -> None:
    told = Told("telephone", "路灯坏了", confirmed=cast.alice)
    pk = actions.take_down(cast.bob, cast.session.pk, uuid4(), told).question_id
    assert question(pk).person == cast.alice


def test_taking_down_refuses_what_cannot_be_meant(cast: Cast) -> None:
    for told, field in (
        (Told("live", "路灯坏了"), "channel"),
        (Told("telephone", "  "), "text"),
        (Told("telephone", "路灯坏了", phone="12"), "phone"),
    ):
        with pytest.raises(BadInput) as refusal:
            actions.take_down(cast.bob, cast.session.pk, uuid4(), told)
        assert refusal.value.field == field
    assert not Question.objects.exists() and not Appeal.objects.exists()
    with pytest.raises(NotAllowed):
        actions.take_down(cast.alice, cast.session.pk, uuid4(), Told("letter", "路灯坏了"))


def test_a_blocked_persons_matter_is_registered_and_stays_off_the_wall(cast: Cast) -> None:
    pk, other = asked(cast).question_id, asked(cast, "水黄", citizen("eve", "13800000012")).question_id
    actions.move(cast.bob, other, "shortlisted")
    block = actions.block(cast.bob, pk, "反复刷屏")
    with pytest.raises(Conflict):
        actions.block(cast.bob, pk, "反复刷屏")
    later = asked(cast, "路又坏了")
    assert later.case_number and question(later.question_id).wall_state == "hidden"
    with pytest.raises(NotAllowed):
        actions.raise_hand(cast.alice, cast.session.pk, uuid4())
    with pytest.raises(NotAllowed):
        actions.vote(cast.alice, other)
    actions.lift_block(cast.bob, cast.session.pk, block)
    assert question(asked(cast, "桥坏了").question_id).wall_state == "received"
    with pytest.raises(Conflict):
        actions.lift_block(cast.bob, cast.session.pk, block)


def test_slow_mode_says_how_long_to_wait_and_a_repeat_is_still_harmless(cast: Cast) -> None:
    set_slow_mode(cast.bob, cast.session.pk, 60)
    uuid = uuid4()
    first = actions.ask(cast.alice, cast.session.pk, uuid, "路灯坏了")
    with pytest.raises(TryLater) as refusal:
        asked(cast, "水黄")
    assert 0 < refusal.value.seconds <= 61
    assert actions.ask(cast.alice, cast.session.pk, uuid, "路灯坏了").case_number == first.case_number
    told = Told("telephone", "桥坏了", confirmed=cast.alice)
    assert actions.take_down(cast.bob, cast.session.pk, uuid4(), told).created, "the crew is not slowed"
    asked(cast, "渠坏了", citizen("eve", "13800000012"))
    set_slow_mode(cast.bob, cast.session.pk, 0)
    assert asked(cast, "水黄").created


def test_a_promise_on_air_has_its_unit_its_day_and_its_second(on_air: Cast) -> None:
    pk = asked(on_air).question_id
    unit, due = Unit.objects.get(), timezone.localdate() + timedelta(days=7)
    actions.begin_answer(on_air.bob, pk, 1_000)
    wish = actions.Wish("下周三前装好路灯", unit.pk, due)
    actions.note_promise_at(on_air.lin, pk, 2_000, wish)
    row = Promise.objects.get()
    assert (row.text, row.unit, row.due_on) == ("下周三前装好路灯", unit, due)
    assert row.recording == str(on_air.session.pk) and row.at_ms == 2_000
    assert background(question(pk))["promises"][0]["text"] == "下周三前装好路灯"
    with pytest.raises(BadInput):
        actions.note_promise_at(on_air.bob, pk, 2_000, replace(wish, due_on=due - timedelta(days=8)))
    actions.note_promise_at(on_air.bob, pk, None, wish)
    later = Promise.objects.latest("pk")
    assert (later.recording, later.at_ms) == ("", None), "nothing was recorded then"


def test_behind_a_question_stand_earlier_cases_of_the_person_and_open_ones_nearby(cast: Cast) -> None:
    first = asked(cast, "路灯坏了")
    second = asked(cast, "水黄").question_id
    near = asked(cast, "桥坏了", citizen("eve", "13800000012"))
    behind = background(question(second))
    assert [case["number"] for case in behind["person"]] == [first.case_number]
    assert {case["number"] for case in behind["village"]} == {first.case_number, near.case_number}


def test_times_of_the_running_order_follow_what_happens(cast: Cast) -> None:
    session = cast.session.pk
    set_running_order(
        cast.bob, session, [PlannedItem("开场", 5), PlannedItem("提问", 40), PlannedItem("结束", 5)]
    )
    rows = running_order(session)
    starts = timezone.localtime(cast.session.starts_at)
    assert [row["starts_at"] for row in rows] == [
        (starts + timedelta(minutes=minutes)).isoformat() for minutes in (0, 5, 45)
    ]
    late = starts + timedelta(minutes=9)
    begin_item(cast.bob, session, rows[1]["id"], at=late)
    rows = running_order(session)
    assert rows[2]["starts_at"] == (late + timedelta(minutes=40)).isoformat()
    kept = [PlannedItem(row["title"], row["minutes"], row["id"]) for row in reversed(rows)]
    set_running_order(cast.lin, session, kept)
    assert [row["began_at"] is not None for row in running_order(session)] == [False, True, False]
    with pytest.raises(BadInput):
        set_running_order(cast.bob, session, [PlannedItem("", 5)])
    with pytest.raises(NotAllowed):
        set_running_order(cast.alice, session, [])


def test_the_overlay_opens_with_its_own_key_and_without_a_login(cast: Cast, client: Client) -> None:
    address = overlay_address(cast.session.pk)
    assert client.get(address).status_code == 200
    assert client.get(f"/live/{cast.session.pk}/overlay/{'0' * 32}/").status_code == 404


def test_a_caller_confirms_the_number_by_the_code_and_the_question_is_their_own(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    class Gateway:
        def send(self, _number: str, text: str) -> None:
            sent.append(text)

    monkeypatch.setattr("portal.people.actions.codes.gateway", lambda: Gateway())
    client.force_login(cast.bob)
    client.post("/people/code/", {"phone": "13800000011"}, headers={"accept": "application/json"})
    code = next(word for word in sent[0].replace("，", " ").split() if word.isdigit())
    fields = {"uuid": str(uuid4()), "channel": "telephone", "text": "路灯坏了", "phone": "13800000011"}
    address = f"/live/{cast.session.pk}/crew/take-down/"
    wrong = client.post(address, fields | {"code": "000000" if code != "000000" else "111111"})
    assert wrong.status_code == 400 and not Question.objects.exists()
    answer = client.post(address, fields | {"code": code})
    assert (answer.status_code, answer.json()["confirmed"]) == (201, True)
    assert Question.objects.get().person == cast.alice
    assert Person.objects.filter(contact__isnull=False).count() == 0
    assert wall(cast.session.pk) == []
