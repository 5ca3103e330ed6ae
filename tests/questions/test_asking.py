"""A question is a case at once, once, whoever sends it how often."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from portal.appeals.models import Appeal, CaseEvent
from portal.events import set_carrier
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound, TryLater
from portal.live.actions import cancel, end
from portal.live.queries import session_view
from portal.questions.actions import ask, lower_hand, move, raise_hand, vote
from portal.questions.models import Question, Vote
from portal.questions.queries import my_questions, place_in_line, public_row_of, wall
from tests.live.cast import Cast, asked, citizen, on_air


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []
    set_carrier(lambda topic, message: heard.append(message))
    yield heard
    set_carrier(None)


def test_a_question_is_a_case_with_number_and_code_in_the_same_moment(cast: Cast) -> None:
    result = asked(cast)
    question = Question.objects.select_related("appeal").get(pk=result.question_id)
    assert question.appeal is not None and question.appeal.number == result.case_number
    assert (question.appeal.channel, question.appeal.original_text) == ("live", question.text)
    assert result.created and result.query_code
    assert CaseEvent.objects.filter(appeal=question.appeal, kind="created").count() == 1


def test_the_village_of_the_person_stands_in_for_a_missing_one(cast: Cast) -> None:
    assert Question.objects.get(pk=asked(cast).question_id).village == "清溪镇柳湾村"


def test_sending_again_gives_the_same_numbers_and_writes_nothing(cast: Cast) -> None:
    uuid = uuid4()
    first = ask(cast.alice, cast.session.pk, uuid, "路灯坏了")
    before = session_view(cast.session.pk)["revision"]
    for _each in range(5):
        again = ask(cast.alice, cast.session.pk, str(uuid), "路灯坏了")
        assert (again.case_number, again.query_code, again.created) == (
            first.case_number,
            first.query_code,
            False,
        )
    assert session_view(cast.session.pk)["revision"] == before
    assert (Question.objects.count(), Appeal.objects.count()) == (1, 1)


def test_other_words_behind_a_lost_answer_are_kept_and_a_repeat_of_them_too(cast: Cast) -> None:
    uuid = uuid4()
    first = ask(cast.alice, cast.session.pk, uuid, "路灯坏了\n三盏")
    again = ask(cast.alice, cast.session.pk, uuid, "路灯坏了\r\n三盏")
    assert again.case_number == first.case_number, "a form ends its lines differently from a script"
    changed = [ask(cast.alice, cast.session.pk, uuid, "校车停了") for _each in range(2)]
    assert {each.case_number for each in changed} != {first.case_number}
    assert [each.created for each in changed] == [True, False]
    assert {each.uuid for each in changed} == {uuid}, "the client knows its question by it"
    assert Appeal.objects.filter(original_text="校车停了").count() == 1


def test_a_repeat_is_answered_after_the_end_too(cast: Cast) -> None:
    on_air(cast)
    uuid = uuid4()
    first = ask(cast.alice, cast.session.pk, uuid, "路灯坏了")
    end(cast.lin, cast.session.pk)
    assert ask(cast.alice, cast.session.pk, uuid, "路灯坏了").case_number == first.case_number


def test_somebody_elses_uuid_is_refused_and_tells_nothing(cast: Cast) -> None:
    uuid = uuid4()
    first = ask(cast.alice, cast.session.pk, uuid, "路灯坏了")
    eve = citizen("eve", "13800000012")
    with pytest.raises(Conflict) as refusal:
        ask(eve, cast.session.pk, uuid, "路灯坏了")
    assert first.case_number not in refusal.value.message
    assert Appeal.objects.count() == 1


def test_a_uuid_of_another_kind_is_refused(cast: Cast) -> None:
    uuid = uuid4()
    raise_hand(cast.alice, cast.session.pk, uuid)
    with pytest.raises(Conflict):
        ask(cast.alice, cast.session.pk, uuid, "路灯坏了")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("text", {"text": ""}),
        ("text", {"text": " \n\t "}),
        ("text", {"text": "\x00"}),
        ("text", {"text": "长" * 2001}),
        ("village", {"village": "村" * 81}),
        ("uuid", {"uuid": "not-a-uuid"}),
    ],
)
def test_what_cannot_be_a_question_names_its_field(cast: Cast, field: str, change: dict[str, str]) -> None:
    wish: dict[str, Any] = {"uuid": uuid4(), "text": "路灯坏了", "village": "柳湾村"} | change
    with pytest.raises(BadInput) as refusal:
        ask(cast.alice, cast.session.pk, **wish)
    assert refusal.value.field == field
    assert not Appeal.objects.exists()


def test_two_thousand_characters_are_taken_whole(cast: Cast) -> None:
    text = "路" * 2000
    assert Question.objects.get(pk=asked(cast, text).question_id).text == text


@pytest.mark.parametrize("name", ["bob", "lin", "olga", "charlie"])
def test_without_a_confirmed_telephone_nobody_asks_or_raises_a_hand(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        ask(cast.person(name), cast.session.pk, uuid4(), "路灯坏了")
    with pytest.raises(NotAllowed):
        raise_hand(cast.person(name), cast.session.pk, uuid4())


def test_of_fifty_questions_in_a_minute_ten_are_taken_and_the_others_may_come_later(cast: Cast) -> None:
    now, refused = timezone.now(), []
    for place in range(50):
        try:
            ask(cast.alice, cast.session.pk, uuid4(), "路灯坏了", at=now + timedelta(seconds=place))
        except TryLater as refusal:
            refused.append(refusal)
    assert (Question.objects.count(), len(refused)) == (10, 40)
    assert 500 < refused[0].seconds <= 601
    assert "没有丢失" in refused[0].message
    later = now + timedelta(minutes=10, seconds=1)
    assert ask(cast.alice, cast.session.pk, uuid4(), "路灯坏了", at=later).created


def test_one_persons_flood_costs_nobody_else_anything(cast: Cast) -> None:
    for _each in range(10):
        asked(cast)
    with pytest.raises(TryLater):
        asked(cast)
    assert asked(cast, person=citizen("eve", "13800000012")).created


def test_questions_are_taken_from_the_announcement_until_the_end(cast: Cast) -> None:
    assert asked(cast).created
    on_air(cast)
    assert asked(cast).created
    end(cast.lin, cast.session.pk)
    with pytest.raises(Conflict) as refusal:
        asked(cast)
    assert refusal.value.code == "session_over" and "已结束" in refusal.value.message


def test_a_cancelled_broadcast_takes_no_questions(cast: Cast) -> None:
    cancel(cast.sam, cast.session.pk)
    with pytest.raises(Conflict) as refusal:
        asked(cast)
    assert "已取消" in refusal.value.message


def test_an_unknown_broadcast_takes_no_questions(cast: Cast) -> None:
    with pytest.raises(NotFound):
        ask(cast.alice, 999_999, uuid4(), "路灯坏了")


def test_refusals_come_in_the_readers_language_and_name_no_private_word(cast: Cast) -> None:
    with translation.override("en"), pytest.raises(BadInput) as refusal:
        asked(cast, "长" * 2001)
    assert "长长" not in refusal.value.message


def test_a_new_question_is_told_without_its_words(
    cast: Cast, told: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        result = asked(cast)
    mine = [message for message in told if message["type"] == "question"]
    assert mine == [
        {
            "type": "question",
            "session": cast.session.pk,
            "revision": 2,
            "id": result.question_id,
            "question": None,
        }
    ]


def test_a_question_reaches_the_wall_when_a_moderator_takes_it_up(cast: Cast) -> None:
    result = asked(cast, "我电话13912345678，路灯坏了")
    assert wall(cast.session.pk) == [] and public_row_of(result.question_id) is None
    move(cast.bob, result.question_id, "shortlisted")
    (row,) = wall(cast.session.pk)
    assert row["text"] == "我电话139****5678，路灯坏了"
    assert (row["number"], row["name"]) == (result.case_number, "A**")


def test_i_see_my_own_words_at_once(cast: Cast) -> None:
    asked(cast, "我电话13912345678，路灯坏了")
    (mine,) = my_questions(cast.alice)
    assert (mine["text"], mine["state_label"]) == ("我电话13912345678，路灯坏了", "待受理")


def test_a_raised_hand_has_no_case_yet_and_there_is_one_per_person(cast: Cast) -> None:
    result = raise_hand(cast.alice, cast.session.pk, uuid4())
    assert (result.case_number, result.created, Appeal.objects.count()) == ("", True, 0)
    assert not raise_hand(cast.alice, cast.session.pk, result.uuid).created
    with pytest.raises(Conflict):
        raise_hand(cast.alice, cast.session.pk, uuid4())


def test_a_vote_counts_once(cast: Cast) -> None:
    result = asked(cast)
    move(cast.bob, result.question_id, "shortlisted")
    eve = citizen("eve", "13800000012")
    assert vote(eve, result.question_id) == 1
    with pytest.raises(Conflict) as refusal:
        vote(eve, result.question_id)
    assert refusal.value.code == "voted"
    assert (Question.objects.get().votes, Vote.objects.count()) == (1, 1)


def test_unverified_visitors_and_unseen_questions_have_no_votes(cast: Cast) -> None:
    result = asked(cast)
    with pytest.raises(Conflict):
        vote(cast.alice, result.question_id)
    with pytest.raises(NotAllowed):
        vote(cast.charlie, result.question_id)
    with pytest.raises(NotFound):
        vote(cast.alice, 999_999)
    assert Question.objects.get().votes == 0


@pytest.mark.parametrize("state", ["new", "shortlisted", "prompted", "ready"])
def test_who_lowers_the_hand_leaves_the_line_and_may_raise_it_again(cast: Cast, state: str) -> None:
    session, alice = cast.session.pk, cast.alice
    pk = raise_hand(alice, session, uuid4()).question_id
    Question.objects.filter(pk=pk).update(stage_state=state)
    assert lower_hand(alice, session) == pk and lower_hand(alice, session) is None
    assert Question.objects.get(pk=pk).stage_state == "done"
    assert place_in_line(session, alice) == 0 and my_questions(alice) == []
    assert raise_hand(alice, session, uuid4()).created and place_in_line(session, alice) == 1


def test_a_hand_on_air_and_a_written_question_are_not_lowered(cast: Cast) -> None:
    session, alice = cast.session.pk, cast.alice
    on_air(cast)
    written = asked(cast).question_id
    pk = raise_hand(alice, session, uuid4()).question_id
    move(cast.bob, pk, "on")
    assert lower_hand(alice, session) is None
    assert (
        Question.objects.get(pk=pk).stage_state == "on"
        and Question.objects.get(pk=written).stage_state == "new"
    )
