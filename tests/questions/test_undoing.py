"""A step taken back: lane and wall as they were, unless somebody else has been there."""

import pytest

from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.questions import actions
from portal.questions.models import Question
from portal.questions.queries import wall
from portal.questions.states import StageState, WallState
from tests.live.cast import Cast, asked

pytestmark = pytest.mark.slow


def place_of(pk: int) -> actions.Place:
    found = Question.objects.get(pk=pk)
    return actions.Place(StageState(found.stage_state), WallState(found.wall_state))


def place(stage: str, wall_state: str) -> actions.Place:
    return actions.Place(StageState(stage), WallState(wall_state))


@pytest.mark.parametrize("step", ["show", "shortlist", "call_up", "done", "hide"])
@pytest.mark.parametrize("seen", [False, True], ids=["received", "shown"])
def test_everything_is_as_it_was(cast: Cast, step: str, seen: bool) -> None:
    pk = asked(cast).question_id
    if seen and step != "show":
        actions.unhide(cast.bob, pk)
    before, told = place_of(pk), wall(cast.session.pk)
    if step == "show":
        actions.unhide(cast.bob, pk)
    elif step == "hide":
        actions.hide(cast.bob, pk, "重复提交")
    else:
        actions.move(cast.bob, pk, {"shortlist": "shortlisted", "call_up": "prompted", "done": "done"}[step])
    actions.put_back(cast.bob, pk, before, place_of(pk))
    found = Question.objects.get(pk=pk)
    assert (place_of(pk), found.hidden_reason, found.hidden_by) == (before, "", None)
    assert [row["id"] for row in wall(cast.session.pk)] == [row["id"] for row in told]


def test_the_place_in_the_shortlist_comes_back(cast: Cast) -> None:
    first, second = asked(cast).question_id, asked(cast, "自来水发黄").question_id
    for pk in (first, second):
        actions.move(cast.bob, pk, "shortlisted")
    order = Question.objects.get(pk=first).order
    actions.move(cast.bob, first, "new")
    actions.put_back(cast.bob, first, place("shortlisted", "shown"), place("new", "shown"))
    assert Question.objects.get(pk=first).order == order < Question.objects.get(pk=second).order


def test_what_somebody_else_has_moved_since_stays_and_the_refusal_says_by_whom(cast: Cast) -> None:
    pk = asked(cast).question_id
    cast.session.moderators.add(cast.sam)
    actions.move(cast.bob, pk, "shortlisted")
    actions.move(cast.sam, pk, "done")
    with pytest.raises(Conflict) as refusal:
        actions.put_back(cast.bob, pk, place("new", "received"), place("shortlisted", "shown"))
    assert str(cast.sam) in refusal.value.message and "已完成" in refusal.value.message
    assert place_of(pk) == place("done", "shown")


def test_what_somebody_else_has_answered_stays_on_the_wall(cast: Cast) -> None:
    pk = asked(cast).question_id
    actions.move(cast.bob, pk, "done")
    actions.answer_in_writing(cast.bob, pk, "下周修。", final=False)
    with pytest.raises(Conflict) as refusal:
        actions.put_back(cast.bob, pk, place("new", "received"), place("done", "received"))
    assert "已回答" in refusal.value.message
    with pytest.raises(BadInput):
        actions.put_back(cast.bob, pk, place("new", "received"), place_of(pk))


def test_joining_is_not_undone_by_moving(cast: Cast) -> None:
    pk, other = asked(cast).question_id, asked(cast, "路灯还是坏的").question_id
    actions.move(cast.bob, pk, "done")
    actions.mark_same(cast.bob, pk, other)
    with pytest.raises(Conflict):
        actions.put_back(cast.bob, pk, place("new", "received"), place("done", "received"))


@pytest.mark.parametrize("to", ["prompted", "checking", "ready", "on"])
def test_nobody_is_put_before_the_microphone_by_an_undo(cast: Cast, to: str) -> None:
    pk = asked(cast).question_id
    with pytest.raises(BadInput):
        actions.put_back(cast.bob, pk, place(to, "shown"), place_of(pk))


def test_nobody_is_taken_off_the_air_by_an_undo(cast: Cast) -> None:
    pk = asked(cast).question_id
    actions.move(cast.bob, pk, "on")
    with pytest.raises(Conflict):
        actions.put_back(cast.bob, pk, place("new", "received"), place_of(pk))


@pytest.mark.parametrize("to", ["answered", "hidden"])
def test_an_undo_neither_answers_nor_hides(cast: Cast, to: str) -> None:
    pk = asked(cast).question_id
    with pytest.raises(BadInput):
        actions.put_back(cast.bob, pk, place("new", to), place_of(pk))


def test_only_moderators_take_back(cast: Cast) -> None:
    pk = asked(cast).question_id
    for person in (cast.alice, cast.lin, cast.sam):
        with pytest.raises(NotAllowed):
            actions.put_back(person, pk, place("new", "received"), place_of(pk))
    with pytest.raises(NotFound):
        actions.put_back(cast.bob, 999_999, place("new", "received"), place("done", "shown"))
