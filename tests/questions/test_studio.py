"""The leader's table: the agenda of open promises, what is known of the matter on air, and promises by one tap."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.appeals.actions import keep_promise, load_official_years
from portal.appeals.days import OFFICIAL_YEARS
from portal.appeals.models import CaseEvent, Promise, Reply
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live.actions import end, go_live, plan
from portal.live.models import LiveSession
from portal.people.models import Unit
from portal.questions import actions
from portal.questions.actions import Wish
from portal.questions.models import Question
from portal.questions.studio import agenda, usual_due_on
from tests.house.english import plain
from tests.live.cast import Cast, asked

LAMPS = "村口的路灯坏了三个月，晚上看不见路，什么时候修好？"


@pytest.fixture(autouse=True)
def days(db: None) -> None:
    # A year whose notice is not in the package yet counts Monday to Friday.
    load_official_years({timezone.localdate().year} & set(OFFICIAL_YEARS))


@pytest.fixture
def answering(on_air: Cast) -> int:
    """The question that Lin is answering."""
    question = asked(on_air, LAMPS).question_id
    actions.begin_answer(on_air.lin, question, 5_000)
    return question


@pytest.fixture
def roads() -> Unit:
    return Unit.objects.get(code="jt")


def table(cast: Cast, question: int) -> dict[str, Any]:
    client = Client()
    client.force_login(cast.lin)
    found: dict[str, Any] = client.get(f"/live/{cast.session.pk}/questions/{question}/matter/").json()
    return found


def next_evening(cast: Cast) -> LiveSession:
    end(cast.lin, cast.session.pk)
    return plan(cast.sam, "下一场", cast.lin, timezone.now() + timedelta(days=2), [cast.bob])


def test_one_tap_notes_unit_date_and_second(on_air: Cast, answering: int, roads: Unit) -> None:
    noted = actions.note_promise_at(
        on_air.lin, answering, 61_000, Wish(unit_id=roads.pk), "周五之前把路灯修好"
    )
    row = Promise.objects.get()
    assert (row.text, row.unit, row.at_ms) == ("周五之前把路灯修好", roads, 61_000)
    assert (row.recording, row.due_on) == (str(on_air.session.pk), usual_due_on())
    assert (noted.promise_id, noted.unit) == (row.pk, "交通局")
    assert CaseEvent.objects.filter(appeal=row.appeal, kind="promised").count() == 1


def test_without_words_it_gets_the_question_and_without_a_unit_it_asks(
    on_air: Cast, answering: int, roads: Unit
) -> None:
    with pytest.raises(BadInput) as refused:
        actions.note_promise_at(on_air.lin, answering, 61_000, Wish())
    assert refused.value.field == "unit" and not Promise.objects.exists()
    assert actions.note_promise_at(on_air.lin, answering, 61_000, Wish(unit_id=roads.pk)).text == LAMPS


def test_what_was_never_sent_is_no_earlier_answer(on_air: Cast, answering: int) -> None:
    question, now = asked(on_air, LAMPS).question_id, timezone.now()
    case = Question.objects.get(pk=question).appeal
    assert case is not None
    for kind, approved in (("opinion", None), ("written", None), ("written", now)):
        text = f"{kind} {approved is not None}"
        Reply.objects.create(
            appeal=case,
            cycle=1,
            kind=kind,
            text=text,
            author=on_air.olga,
            created_at=now,
            approved_at=approved,
        )
    assert [row["words"] for row in table(on_air, question)["earlier"]] == ["written True"]


def test_what_was_noted_in_a_hurry_is_put_right_and_the_story_shows_both(
    on_air: Cast, answering: int, roads: Unit
) -> None:
    water = Unit.objects.create(code="sl", name="水利局", kind="department")
    noted = actions.note_promise_at(on_air.lin, answering, 61_000, Wish(unit_id=roads.pk))
    later = timezone.localdate() + timedelta(days=30)
    actions.correct_promise_of(on_air.bob, answering, noted.promise_id, Wish("下月通水", water.pk, later))
    row = Promise.objects.get()
    assert (row.text, row.unit, row.due_on, row.at_ms) == ("下月通水", water, later, 61_000)
    assert CaseEvent.objects.filter(appeal=row.appeal, kind="promised").count() == 2
    other = asked(on_air, "别的问题").question_id
    with pytest.raises(NotFound):
        actions.correct_promise_of(on_air.lin, other, noted.promise_id, Wish("别的"))
    keep_promise(on_air.sam, noted.promise_id, "修好了")
    with pytest.raises(Conflict):
        actions.correct_promise_of(on_air.lin, answering, noted.promise_id, Wish("改"))


def test_only_leader_and_moderators_note_and_never_for_yesterday(
    on_air: Cast, answering: int, roads: Unit
) -> None:
    for person in (on_air.alice, on_air.olga, on_air.sam, on_air.charlie):
        with pytest.raises(NotAllowed):
            actions.note_promise_at(person, answering, 1, Wish(unit_id=roads.pk))
    with pytest.raises(BadInput):
        yesterday = timezone.localdate() - timedelta(days=1)
        actions.note_promise_at(on_air.lin, answering, 1, Wish(unit_id=roads.pk, due_on=yesterday))


def test_open_promises_of_the_last_broadcasts_are_tonights_agenda(
    on_air: Cast, answering: int, roads: Unit
) -> None:
    soon, late = (timezone.localdate() + timedelta(days=days) for days in (2, 20))
    last = actions.note_promise_at(on_air.lin, answering, 1_000, Wish("修路灯", roads.pk, late)).promise_id
    first = actions.note_promise_at(
        on_air.lin, answering, 2_000, Wish("先装临时灯", roads.pk, soon)
    ).promise_id
    actions.end_answer(on_air.lin, answering, 9_000, "周五之前修好。")
    tonight = next_evening(on_air)
    rows = agenda(tonight)
    assert [row["id"] for row in rows] == [first, last]
    assert rows[0]["replay"] == f"/live/{on_air.session.pk}/replay/#q{answering}"
    assert (rows[0]["unit"], rows[0]["late"]) == ("交通局", False)
    keep_promise(on_air.sam, first, "装好了")
    assert [row["id"] for row in agenda(tonight)] == [last]
    page = Client()
    page.force_login(on_air.lin)
    assert "修路灯" in plain(page.get(f"/live/{tonight.pk}/studio/").content.decode())


def test_the_matter_tells_who_asks_and_what_was_answered_and_is_owed_before(
    on_air: Cast, answering: int, roads: Unit
) -> None:
    actions.note_promise_at(on_air.lin, answering, 2_000, Wish("周五修好", roads.pk))
    actions.end_answer(on_air.lin, answering, 9_000, "周五之前修好。")
    tonight = next_evening(on_air)
    go_live(on_air.lin, tonight.pk)
    again = actions.ask(
        on_air.alice, tonight.pk, "0b6e0000-0000-4000-8000-000000000001", "村口的路灯又坏了，什么时候修好？"
    )
    client = Client()
    client.force_login(on_air.lin)
    found = client.get(f"/live/{tonight.pk}/questions/{again.question_id}/matter/").json()
    assert found["asker"]["village"] == "清溪镇柳湾村" and found["asker"]["cases"] == 1
    [reply] = found["replies"]
    assert (reply["words"], reply["host"]) == ("周五之前修好。", "Lin")
    assert reply["replay"] == f"/live/{on_air.session.pk}/replay/#q{answering}"
    assert [row["text"] for row in found["promises"]] == ["周五修好"]


def test_the_matter_of_another_broadcasts_question_is_not_told(on_air: Cast, answering: int) -> None:
    other = plan(on_air.sam, "别场", on_air.lin, timezone.now() + timedelta(days=3), [on_air.bob])
    client = Client()
    client.force_login(on_air.lin)
    assert client.get(f"/live/{other.pk}/questions/{answering}/matter/").status_code == 404
    assert table(on_air, answering)["question"] == answering


def test_a_raised_hand_without_words_is_like_nothing(on_air: Cast) -> None:
    hand = actions.raise_hand(on_air.alice, on_air.session.pk, "0b6e0000-0000-4000-8000-000000000002")
    found = table(on_air, hand.question_id)
    assert (found["replies"], found["promises"], found["unit"]) == ([], [], None)
