"""Rules that hold for every sequence of moves, and for every pair of texts."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.lib.errors import Conflict
from portal.questions import actions
from portal.questions.console import console_rows
from portal.questions.models import Question
from portal.questions.queries import wall
from portal.questions.similar import likeness, pairs
from portal.questions.states import LANE_OF, MOVES, REPORTS, Lane, StageState, WallState, lane_of, may_follow
from tests.live.cast import Cast

pytestmark = pytest.mark.slow

states = st.sampled_from(list(StageState))


@given(states)
def test_every_state_has_a_lane_and_a_way_out(state: StageState) -> None:
    assert lane_of(state) in Lane
    assert MOVES[state] and state not in MOVES[state]


@given(states, states)
def test_every_state_is_reached_from_every_other(start: StageState, goal: StageState) -> None:
    reached, edge = {start}, {start}
    while edge:
        edge = {to for state in edge for to in MOVES[state]} - reached
        reached |= edge
    assert goal in reached


def test_every_lane_holds_a_state_and_the_tables_are_complete() -> None:
    assert set(LANE_OF) == set(MOVES) == set(StageState)
    assert set(LANE_OF.values()) == set(Lane)
    assert all(set(steps) <= set(StageState) for steps in REPORTS.values())


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["move", "hide", "unhide", "begin", "end", "write"]),
        st.integers(0, 2),
        states,
        st.integers(0, 9_000),
    ),
    max_size=8,
)


def take(cast: Cast, step: str, pk: int, to: StageState, ms: int) -> None:
    match step:
        case "move":
            actions.move(cast.bob, pk, to)
        case "hide":
            actions.hide(cast.bob, pk, "重复提交")
        case "unhide":
            actions.unhide(cast.bob, pk)
        case "begin":
            actions.begin_answer(cast.bob, pk, ms)
        case "end":
            actions.end_answer(cast.bob, pk, 10_000 + ms)
        case _:
            actions.answer_in_writing(cast.bob, pk, "已办。", False)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_moderators_do_the_rows_stay_sound(
    on_air: Cast, steps: list[tuple[str, int, StageState, int]]
) -> None:
    Question.objects.update(asked_at="2020-01-01T00:00:00Z", stage_state=StageState.DONE)
    mine = [
        actions.ask(on_air.alice, on_air.session.pk, uuid4(), f"问题{place}").question_id
        for place in range(3)
    ]
    for step, place, to, ms in steps:
        before = on_air.session.__class__.objects.get(pk=on_air.session.pk).revision
        row = Question.objects.values().get(pk=mine[place])
        try:
            take(on_air, step, mine[place], to, ms)
        except Conflict:
            assert Question.objects.values().get(pk=mine[place]) == row
            continue
        changed = Question.objects.get(pk=mine[place])
        assert changed.revision == before + 1
        assert (
            StageState(changed.stage_state)
            in MOVES[StageState(row["stage_state"])] | {StageState(row["stage_state"])}
            or step == "write"
        )
    on = Question.objects.filter(session=on_air.session, stage_state=StageState.ON)
    assert on.count() <= 1 and not on.filter(wall_state=WallState.HIDDEN).exists()
    shown = {row["id"] for row in wall(on_air.session.pk)}
    hidden = Question.objects.filter(wall_state=WallState.HIDDEN).values_list("pk", flat=True)
    assert not shown & set(hidden)
    assert {row["id"] for row in console_rows(on_air.session.pk)} >= set(mine)


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_mutual_and_between_nothing_and_all(one: str, other: str) -> None:
    there, back = likeness(pairs(one), pairs(other)), likeness(pairs(other), pairs(one))
    assert there == back and 0 <= there <= 1


@given(st.text("路灯坏了水管停电学校", min_size=1, max_size=30))
def test_a_text_is_like_itself_whatever_its_punctuation(text: str) -> None:
    assert likeness(pairs(text), pairs(f"！{text}？ ")) == pytest.approx(1)


def test_may_follow_reads_the_table() -> None:
    assert may_follow("new", "shortlisted") and not may_follow("new", "checking")
