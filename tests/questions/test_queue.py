"""The queue: lanes, hiding, joining, claims; a refusal names what it found."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.appeals.models import Appeal, CaseEvent
from portal.lib.errors import BadInput, Conflict, NotFound
from portal.live.actions import plan
from portal.questions import actions
from portal.questions.console import console_rows
from portal.questions.models import Question
from portal.questions.queries import guest_question, stage, wall
from portal.questions.states import MOVES, StageState
from tests.live.cast import Cast, asked, citizen

pytestmark = pytest.mark.slow


def question(pk: int) -> Question:
    return Question.objects.get(pk=pk)


@pytest.mark.parametrize("found", list(StageState))
@pytest.mark.parametrize("to", list(StageState))
def test_a_question_moves_by_the_table_only(cast: Cast, found: StageState, to: StageState) -> None:
    pk = asked(cast).question_id
    Question.objects.filter(pk=pk).update(stage_state=found)
    if to in MOVES[found]:
        actions.move(cast.bob, pk, to)
        assert question(pk).stage_state == to
        return
    with pytest.raises(Conflict) as refusal:
        actions.move(cast.bob, pk, to)
    assert str(found.label) in refusal.value.message
    assert question(pk).stage_state == found


def test_who_saw_an_older_lane_is_told_what_is_there_now(cast: Cast) -> None:
    pk = asked(cast).question_id
    actions.move(cast.bob, pk, "done")
    with pytest.raises(Conflict) as refusal:
        actions.move(cast.bob, pk, "shortlisted", expected="new")
    assert "已完成" in refusal.value.message


def test_a_refused_move_takes_no_revision(cast: Cast) -> None:
    pk = asked(cast).question_id
    before = question(pk).revision
    with pytest.raises(Conflict):
        actions.move(cast.bob, pk, "checking")
    cast.session.refresh_from_db()
    assert (question(pk).revision, cast.session.revision) == (before, before)


@pytest.mark.parametrize("to", ["", "nowhere", "x" * 500])
def test_an_unknown_lane_is_bad_input(cast: Cast, to: str) -> None:
    with pytest.raises(BadInput):
        actions.move(cast.bob, asked(cast).question_id, to)


def test_an_unknown_question_is_not_found(cast: Cast) -> None:
    with pytest.raises(NotFound):
        actions.move(cast.bob, 999_999, "done")


def test_hiding_leaves_the_case_as_it_is(cast: Cast) -> None:
    result = asked(cast)
    actions.move(cast.bob, result.question_id, "shortlisted")
    before = Appeal.objects.values().get(number=result.case_number)
    events = CaseEvent.objects.count()
    actions.hide(cast.bob, result.question_id, "含个人隐私")
    assert wall(cast.session.pk) == []
    assert Appeal.objects.values().get(number=result.case_number) == before
    assert CaseEvent.objects.count() == events
    (row,) = console_rows(cast.session.pk)
    assert (row["wall_state"], row["hidden_reason"]) == ("hidden", "含个人隐私")
    actions.unhide(cast.bob, result.question_id)
    assert [shown["id"] for shown in wall(cast.session.pk)] == [result.question_id]


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_hiding_needs_a_reason(cast: Cast, reason: str) -> None:
    with pytest.raises(BadInput):
        actions.hide(cast.bob, asked(cast).question_id, reason)


def test_taking_back_the_hiding_of_a_question_never_shown_does_not_publish_it(cast: Cast) -> None:
    pk = asked(cast).question_id
    actions.hide(cast.bob, pk, "重复提交")
    actions.unhide(cast.bob, pk)
    assert question(pk).wall_state == "received" and wall(cast.session.pk) == []
    actions.unhide(cast.bob, pk)
    assert [row["id"] for row in wall(cast.session.pk)] == [pk]


def test_hidden_twice_and_shown_twice_are_conflicts(cast: Cast) -> None:
    pk = asked(cast).question_id
    actions.move(cast.bob, pk, "shortlisted")
    actions.hide(cast.bob, pk, "重复提交")
    with pytest.raises(Conflict):
        actions.hide(cast.bob, pk, "重复提交")
    actions.unhide(cast.bob, pk)
    with pytest.raises(Conflict):
        actions.unhide(cast.bob, pk)


def test_a_hidden_question_does_not_go_on_stage(cast: Cast) -> None:
    pk = asked(cast).question_id
    actions.hide(cast.bob, pk, "重复提交")
    with pytest.raises(Conflict):
        actions.move(cast.bob, pk, "on")


def test_joining_keeps_both_cases_and_never_makes_a_chain(cast: Cast) -> None:
    one, two, three = (asked(cast, f"路灯坏了{place}").question_id for place in range(3))
    actions.mark_same(cast.bob, two, one)
    actions.mark_same(cast.bob, one, three)
    assert {question(one).same_as_id, question(two).same_as_id} == {three}
    assert Appeal.objects.count() == 3
    actions.mark_same(cast.bob, two, one)
    assert question(two).same_as_id == three


def test_a_question_is_not_joined_to_itself_or_its_own_member(cast: Cast) -> None:
    one, two = (asked(cast, f"路灯坏了{place}").question_id for place in range(2))
    with pytest.raises(Conflict):
        actions.mark_same(cast.bob, one, one)
    actions.mark_same(cast.bob, two, one)
    with pytest.raises(Conflict):
        actions.mark_same(cast.bob, one, two)


def test_a_question_of_another_broadcast_is_not_joined(cast: Cast) -> None:
    other = plan(cast.sam, "另一场", cast.lin, timezone.now() + timedelta(days=2), [cast.bob])
    there = actions.ask(cast.alice, other.pk, uuid4(), "路灯坏了").question_id
    with pytest.raises(Conflict):
        actions.mark_same(cast.bob, asked(cast).question_id, there)


def test_a_claimed_question_names_who_has_it_until_the_claim_is_old(cast: Cast) -> None:
    pk = asked(cast).question_id
    cast.session.moderators.add(cast.sam)
    actions.claim(cast.bob, pk)
    actions.claim(cast.bob, pk)
    with pytest.raises(Conflict) as refusal:
        actions.claim(cast.sam, pk)
    assert "Bob" in refusal.value.message
    Question.objects.update(claimed_at=timezone.now() - timedelta(minutes=3))
    actions.claim(cast.sam, pk)
    assert question(pk).claimed_by == cast.sam


def test_who_was_faster_is_named_with_what_they_did(cast: Cast) -> None:
    pk = asked(cast).question_id
    cast.session.moderators.add(cast.sam)
    actions.move(cast.bob, pk, "shortlisted", expected="new")
    with pytest.raises(Conflict) as refusal:
        actions.move(cast.sam, pk, "done", expected="new")
    assert "Bob" in refusal.value.message and "备选" in refusal.value.message


def test_who_only_looks_at_a_question_is_not_named_as_its_mover(cast: Cast) -> None:
    pk = asked(cast).question_id
    cast.session.moderators.add(cast.sam, cast.olga)
    actions.move(cast.bob, pk, "shortlisted")
    Question.objects.update(claimed_at=timezone.now() - timedelta(minutes=3))
    actions.claim(cast.sam, pk)
    with pytest.raises(Conflict) as refusal:
        actions.move(cast.olga, pk, "done", expected="new")
    assert "Bob" in refusal.value.message


def test_a_guest_who_went_on_by_themselves_is_not_taken_for_a_moderator(cast: Cast) -> None:
    pk = asked(cast).question_id
    cast.session.moderators.add(cast.sam)
    actions.move(cast.bob, pk, "prompted")
    actions.stage_report(cast.session.pk, cast.alice.pk, "checking")
    with pytest.raises(Conflict) as refusal:
        actions.move(cast.sam, pk, "done", expected="prompted")
    assert "Bob" not in refusal.value.message and "试音中" in refusal.value.message


def test_the_console_gets_only_what_changed_since(cast: Cast) -> None:
    one, two = asked(cast).question_id, asked(cast, "自来水发黄").question_id
    rows = console_rows(cast.session.pk)
    assert [(row["id"], row["lane"]) for row in rows] == [(one, "new"), (two, "new")]
    seen = max(row["revision"] for row in rows)
    assert console_rows(cast.session.pk, since=seen) == []
    actions.move(cast.bob, one, "shortlisted")
    (row,) = console_rows(cast.session.pk, since=seen)
    assert (row["id"], row["lane"], row["claimed_by"]["name"]) == (one, "shortlist", "Bob")
    assert row["history"] == {"person": 1, "village": 1}


def test_three_hundred_rows_cost_three_statements(cast: Cast, django_assert_max_num_queries: object) -> None:
    people = [citizen(f"c{place}", f"1390000{place:04d}") for place in range(30)]
    for person in people:
        for _each in range(10):
            asked(cast, person=person)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        assert len(console_rows(cast.session.pk)) == 300
    Question.objects.update(wall_state="shown")
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        assert len(wall(cast.session.pk)) == 50


def test_the_question_on_air_is_on_the_wall_however_few_its_votes(on_air: Cast) -> None:
    people = [citizen(f"c{place}", f"1390000{place:04d}") for place in range(6)]
    pks = [asked(on_air, person=person).question_id for person in people for _each in range(9)]
    Question.objects.update(wall_state="shown", votes=3)
    quiet = pks[0]
    Question.objects.filter(pk=quiet).update(votes=0)
    assert len(wall(on_air.session.pk)) == 50 and quiet not in {row["id"] for row in wall(on_air.session.pk)}
    actions.move(on_air.bob, quiet, "on")
    rows = wall(on_air.session.pk)
    assert len(rows) == 50 and rows[-1]["id"] == quiet


def test_the_stage_flow_of_a_citizen(on_air: Cast) -> None:
    pk = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4()).question_id
    actions.move(on_air.bob, pk, "prompted")
    place = stage(on_air.session.pk)["guest"]
    assert (place["question"], place["state"], place["on"]) == (pk, "prompted", False)
    for state in ("checking", "ready"):
        assert actions.stage_report(on_air.session.pk, on_air.alice.pk, state) == pk
        assert question(pk).stage_state == state
    actions.move(on_air.bob, pk, "on")
    assert stage(on_air.session.pk)["guest"]["on"] and question(pk).appeal_id is not None
    for state in ("on", "dropped"):
        actions.stage_report(on_air.session.pk, on_air.alice.pk, state)
        assert question(pk).stage_state == "on"
    actions.begin_answer(on_air.bob, pk, 1_000)
    actions.end_answer(on_air.bob, pk, 9_000, "修。")
    assert stage(on_air.session.pk)["guest"] is None


@pytest.mark.parametrize("late", ["checking", "ready"])
def test_a_guest_who_is_put_on_while_saying_that_they_are_ready_is_not_refused(
    on_air: Cast, late: str
) -> None:
    pk = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4()).question_id
    actions.move(on_air.bob, pk, "prompted")
    actions.move(on_air.bob, pk, "on")
    assert actions.stage_report(on_air.session.pk, on_air.alice.pk, late) == pk
    assert question(pk).stage_state == "on"


@pytest.mark.parametrize("state", ["prompted", "checking", "ready", "on"])
def test_a_dropped_guest_keeps_the_seat_and_one_who_left_is_back_on_the_shortlist(
    on_air: Cast, state: str
) -> None:
    pk = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4()).question_id
    Question.objects.filter(pk=pk).update(stage_state=state)
    actions.stage_report(on_air.session.pk, on_air.alice.pk, "dropped")
    assert question(pk).stage_state == state
    actions.stage_report(on_air.session.pk, on_air.alice.pk, "left")
    assert question(pk).stage_state == "shortlisted"


def test_an_answer_that_has_begun_goes_on_when_the_guest_hangs_up(on_air: Cast) -> None:
    pk = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4()).question_id
    actions.begin_answer(on_air.bob, pk, 1_000)
    actions.stage_report(on_air.session.pk, on_air.alice.pk, "left")
    assert question(pk).stage_state == "on"


def test_reports_of_who_was_not_called_change_nothing(on_air: Cast) -> None:
    assert actions.stage_report(on_air.session.pk, on_air.alice.pk, "ready") is None
    pk = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4()).question_id
    with pytest.raises(Conflict) as refusal:
        actions.stage_report(on_air.session.pk, on_air.alice.pk, "ready")
    assert "新问题" in refusal.value.message
    with pytest.raises(BadInput):
        actions.stage_report(on_air.session.pk, on_air.alice.pk, "flying")
    assert question(pk).stage_state == "new"


def test_the_nearest_to_the_microphone_is_the_guest_and_the_others_wait(on_air: Cast) -> None:
    eve = citizen("eve", "13800000012")
    first = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4()).question_id
    second = actions.raise_hand(eve, on_air.session.pk, uuid4()).question_id
    third = asked(on_air).question_id
    for pk, to in ((first, "prompted"), (second, "prompted"), (third, "shortlisted")):
        actions.move(on_air.bob, pk, to)
    actions.stage_report(on_air.session.pk, eve.pk, "ready")
    seats = stage(on_air.session.pk)
    assert seats["guest"]["question"] == second
    assert [place["question"] for place in seats["queue"]] == [first, third]
    found = guest_question(on_air.session.pk, eve.pk)
    assert found is not None and found.pk == second
