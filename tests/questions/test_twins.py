"""Two requests at the same moment: one question, one vote, one on air."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from portal.appeals.models import Appeal, CaseEvent
from portal.lib.errors import Conflict
from portal.live.actions import go_live, plan
from portal.live.queries import session_view
from portal.questions import actions
from portal.questions.models import Question
from tests.live.cast import Cast, asked, citizen, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
TWINS = 4


@pytest.fixture
def cast(transactional_db: None) -> Iterator[Cast]:
    yield make_cast()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Results, or the refusals, of `calls` started together in threads of their own."""
    ready = Barrier(len(calls))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except Conflict as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_same_question_sent_twice_at_once_is_one_case(cast: Cast) -> None:
    uuid = uuid4()
    send = [lambda: actions.ask(cast.alice, cast.session.pk, uuid, "路灯坏了")] * TWINS
    results = at_once(*send)
    assert {result.case_number for result in results} == {results[0].case_number}
    assert {result.query_code for result in results} == {results[0].query_code}
    assert sum(result.created for result in results) == 1
    assert (Question.objects.count(), Appeal.objects.count(), CaseEvent.objects.count()) == (1, 1, 1)


def test_the_same_uuid_in_two_broadcasts_at_once_is_one_question(cast: Cast) -> None:
    other = plan(cast.sam, "另一场", cast.lin, cast.session.starts_at, [cast.bob])
    uuid = uuid4()
    results = at_once(
        lambda: actions.ask(cast.alice, cast.session.pk, uuid, "路灯坏了"),
        lambda: actions.ask(cast.alice, other.pk, uuid, "路灯坏了"),
    )
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert (Question.objects.count(), Appeal.objects.count()) == (1, 1)


def test_different_questions_at_once_have_revisions_of_their_own(cast: Cast) -> None:
    people = [citizen(f"c{place}", f"1390000{place:04d}") for place in range(TWINS)]
    at_once(*[lambda who=person: asked(cast, person=who) for person in people])
    revisions = sorted(Question.objects.values_list("revision", flat=True))
    assert revisions == list(range(2, 2 + TWINS))
    assert session_view(cast.session.pk)["revision"] == revisions[-1]
    assert len(set(Appeal.objects.values_list("number", flat=True))) == TWINS


def test_two_moderators_move_one_question_at_once_and_one_is_told(cast: Cast) -> None:
    pk = asked(cast).question_id
    results = at_once(
        lambda: actions.move(cast.bob, pk, "shortlisted", "new"),
        lambda: actions.move(cast.bob, pk, "done", "new"),
    )
    refused = [result for result in results if isinstance(result, Conflict)]
    assert len(refused) == 1
    found = Question.objects.get(pk=pk).get_stage_state_display()
    assert str(found) in refused[0].message


def test_two_questions_put_on_air_at_once_leave_one_on_air(cast: Cast) -> None:
    go_live(cast.lin, cast.session.pk)
    one, two = asked(cast).question_id, asked(cast, "自来水发黄").question_id
    results = at_once(
        lambda: actions.move(cast.bob, one, "on"),
        lambda: actions.move(cast.bob, two, "on"),
    )
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True]
    assert Question.objects.filter(stage_state="on").count() == 1


def test_a_vote_sent_twice_at_once_counts_once(cast: Cast) -> None:
    pk = asked(cast).question_id
    actions.move(cast.bob, pk, "shortlisted")
    results = at_once(*[lambda: actions.vote(cast.alice, pk)] * TWINS)
    assert sorted(isinstance(result, Conflict) for result in results) == [False] + [True] * (TWINS - 1)
    assert Question.objects.get(pk=pk).votes == 1
