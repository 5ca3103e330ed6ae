"""The desk: who sees which cases where, in which order, and at the size of the real thing."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.appeals import actions
from portal.appeals.actions.registering import usual_urgency
from portal.appeals.models import Appeal
from portal.appeals.queries import desk, desk_counts, desk_rows, tabs_of
from portal.people.models import Person
from tests.appeals.conftest import SHANGHAI, County, at

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Bring = Callable[..., Appeal]
TODAY = at("2026-03-04 09:00").astimezone(SHANGHAI).date()


def _numbers(person: Person, tab: str, **more: str) -> set[int]:
    return set(desk(person, tab, today=TODAY, **more).values_list("pk", flat=True))


def test_each_role_finds_what_waits_for_it(county: County, bring_to: Bring) -> None:
    cases = {
        state: bring_to(state, "2026-03-02 09:00").pk
        for state in ("registered", "returned", "dispatched", "in_progress", "replied")
    }
    assert _numbers(county.clara, "mine") == {cases["registered"], cases["returned"]}
    assert _numbers(county.olga, "mine") == {cases["dispatched"], cases["in_progress"]}
    assert _numbers(county.olga, "unit") == {cases["dispatched"], cases["in_progress"], cases["replied"]}
    assert _numbers(county.sam, "unit") == set(cases.values())
    assert _numbers(county.otto, "unit") == set()
    actions.reply(county.olga, cases["in_progress"], "草稿")
    assert cases["in_progress"] in _numbers(county.uma, "mine")
    actions.ask_extend(county.olga, cases["in_progress"], 2, "配件", at=at("2026-03-04 09:00"))
    assert _numbers(county.sam, "mine") == _numbers(county.sam, "requests") == {cases["in_progress"]}


def test_soon_and_overdue_go_by_working_days(county: County, bring_to: Bring) -> None:
    late = bring_to("in_progress", "2026-02-26 09:00")
    soon = bring_to("in_progress", "2026-03-02 09:00")
    calm = bring_to("in_progress", "2026-03-03 09:00")
    assert _numbers(county.olga, "overdue") == {late.pk}
    assert _numbers(county.olga, "soon") == {soon.pk}
    rows = desk_rows([late, soon, calm], TODAY)
    assert [(row.left, row.urgency) for row in rows] == [(-2, "late"), (1, "soon"), (2, "calm")]
    assert desk_counts(county.olga, TODAY)["overdue"] == 1  # type: ignore[index]


def test_filters_narrow_and_nonsense_finds_nothing(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress", "2026-03-02 09:00")
    assert _numbers(county.sam, "unit", search=appeal.number[:8]) == {appeal.pk}
    assert _numbers(county.sam, "unit", search="柳河") == {appeal.pk}
    assert _numbers(county.sam, "unit", search="供水", state="in_progress") == {appeal.pk}
    assert _numbers(county.sam, "unit", search="nothing") == set()
    assert _numbers(county.sam, "no-such-tab") == set()
    assert _numbers(county.charlie, "unit") == set() and tabs_of(county.charlie) == []


def test_an_assisting_unit_finds_the_case(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress", "2026-03-02 09:00")
    actions.hold_jointly(county.sam, appeal.pk, [county.roads.pk], "纪要")
    assert _numbers(county.otto, "assist") == {appeal.pk}


def test_twenty_thousand_cases_are_paged_by_an_index(county: County) -> None:
    urgency, start = usual_urgency(), at("2026-01-05 08:00")
    units = [county.water, county.roads]
    Appeal.objects.bulk_create(
        [
            Appeal(
                number=f"X{n}",
                key=uuid.uuid4(),
                channel="live",
                urgency=urgency,
                raised_at=start + timedelta(minutes=n),
                state="in_progress" if n % 20 == 0 else "archived",
                lead_unit=units[n % 2],
                due_on=TODAY + timedelta(days=n % 60 - 30) if n % 20 == 0 else None,
            )
            for n in range(20_000)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for tab in ("soon", "overdue", "unit"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = desk_rows(desk(county.olga, tab, today=TODAY)[:50], TODAY)
        assert len(page) == 50 or tab == "soon"
        assert len(asked) <= 8, [query["sql"][:80] for query in asked]
    for tab in ("soon", "overdue"):
        plan = desk(county.olga, tab, today=TODAY)[:50].explain()
        if connection.vendor == "sqlite":
            assert "appeal_desk" in plan or "appeal_state_due" in plan, plan
