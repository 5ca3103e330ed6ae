"""A broadcast moves by its table only, for those who may, and tells after the commit."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.events import set_carrier
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live import actions
from portal.live.models import LiveSession
from portal.live.queries import current, live_session_ids, may_watch, past, session_view, upcoming
from portal.live.states import STEPS, SessionState
from tests.live.cast import Cast

CALLS: dict[str, Callable[..., LiveSession]] = {
    "go_live": actions.go_live,
    "pause": actions.pause,
    "resume": actions.resume,
    "end": actions.end,
    "cancel": actions.cancel,
}


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    heard: list[dict[str, Any]] = []
    set_carrier(lambda topic, message: heard.append({"topic": topic} | message))
    yield heard
    set_carrier(None)


def call(cast: Cast, step: str) -> LiveSession:
    return CALLS[step](cast.sam if step == "cancel" else cast.lin, cast.session.pk)


@pytest.mark.parametrize("step", list(CALLS))
@pytest.mark.parametrize("state", list(SessionState))
def test_a_step_is_taken_from_the_states_of_the_table_only(
    cast: Cast, step: str, state: SessionState
) -> None:
    LiveSession.objects.filter(pk=cast.session.pk).update(state=state)
    if state in STEPS[step]["needs"]:
        assert call(cast, step).state == STEPS[step]["becomes"]
        return
    with pytest.raises(Conflict) as refusal:
        call(cast, step)
    assert str(state.label) in refusal.value.message
    assert LiveSession.objects.get(pk=cast.session.pk).state == state


@pytest.mark.parametrize("step", list(CALLS))
@pytest.mark.parametrize("name", ["alice", "olga", "charlie"])
def test_strangers_take_no_step(cast: Cast, step: str, name: str) -> None:
    with pytest.raises(NotAllowed):
        CALLS[step](cast.person(name), cast.session.pk)
    assert session_view(cast.session.pk)["state"] == "planned"


def test_moderators_open_and_end_but_do_not_cancel(cast: Cast) -> None:
    actions.go_live(cast.bob, cast.session.pk)
    assert actions.end(cast.bob, cast.session.pk).ended_at is not None
    with pytest.raises(NotAllowed):
        actions.cancel(cast.bob, cast.session.pk)


def test_a_moderator_of_another_broadcast_is_a_stranger_here(cast: Cast) -> None:
    other = actions.plan(cast.sam, "另一场", cast.lin, timezone.now() + timedelta(days=2))
    with pytest.raises(NotAllowed):
        actions.go_live(cast.bob, other.pk)


def test_each_step_is_a_revision_told_after_the_commit(
    cast: Cast, told: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.go_live(cast.lin, cast.session.pk)
        assert told == []
    number = cast.session.pk
    assert told == [
        {
            "topic": f"session.{number}",
            "type": "session",
            "session": number,
            "revision": 2,
            "state": "live",
            "slow_seconds": 0,
            "delay_seconds": 0,
        }
    ]


def test_a_refused_step_tells_nothing_and_takes_no_revision(
    cast: Cast, told: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Conflict):
        actions.resume(cast.lin, cast.session.pk)
    assert told == []
    assert session_view(cast.session.pk)["revision"] == 1


def test_revisions_count_up_one_by_one(cast: Cast) -> None:
    assert [actions.bump(cast.session.pk) for _each in range(3)] == [2, 3, 4]


def test_an_unknown_broadcast_is_not_found(cast: Cast) -> None:
    for act in (actions.bump, session_view):
        with pytest.raises(NotFound):
            act(999_999)
    with pytest.raises(NotFound):
        actions.go_live(cast.lin, 999_999)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": "  "}),
        ("title", {"title": "长" * 121}),
        ("host", {"host": "bob"}),
        ("moderators", {"moderators": ["olga"]}),
        ("planned_minutes", {"planned_minutes": 0}),
    ],
)
def test_a_plan_that_makes_no_sense_names_its_field(cast: Cast, field: str, change: dict[str, Any]) -> None:
    wish: dict[str, Any] = {"title": "新的一场", "host": "lin", "moderators": ["bob"]} | change
    wish["host"] = cast.person(wish["host"])
    wish["moderators"] = [cast.person(name) for name in wish["moderators"]]
    with pytest.raises(BadInput) as refusal:
        actions.plan(cast.sam, starts_at=timezone.now(), **wish)
    assert refusal.value.field == field


@pytest.mark.parametrize("name", ["alice", "bob", "olga", "lin", "charlie"])
def test_only_supervisors_and_clerks_plan(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        actions.plan(cast.person(name), "新的一场", cast.lin, timezone.now())


def test_a_postponed_broadcast_has_its_new_time_and_a_started_one_is_not_postponed(cast: Cast) -> None:
    later = timezone.now() + timedelta(days=9)
    assert actions.postpone(cast.sam, cast.session.pk, later).starts_at == later
    actions.go_live(cast.lin, cast.session.pk)
    with pytest.raises(Conflict):
        actions.postpone(cast.sam, cast.session.pk, later)


def test_lists_follow_the_state(cast: Cast) -> None:
    assert upcoming() == [cast.session]
    actions.go_live(cast.lin, cast.session.pk)
    assert (upcoming(), current(), live_session_ids()) == ([], cast.session, [cast.session.pk])
    actions.end(cast.lin, cast.session.pk)
    assert (current(), past()) == (None, [cast.session])


def test_a_cancelled_broadcast_shows_nothing(cast: Cast) -> None:
    assert may_watch(None, cast.session)
    assert not may_watch(cast.lin, actions.cancel(cast.sam, cast.session.pk))
