"""Which unit answers in time: who may know, what is counted, and where the formula stands."""

import csv
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from portal.appeals import actions
from portal.appeals.models import Appeal, Clock
from portal.people.models import Person
from portal.reports.queries import months_offered, on_time_report
from portal.reports.rates import OnTime
from tests.appeals.conftest import County, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_old_open_cases_count_against_a_unit_and_few_cases_are_not_ranked() -> None:
    assert OnTime(5, 1, 2).percent == 62.5 and OnTime(5, 1, 2).ranked
    assert OnTime(0, 0, 3).percent == 0.0 and not OnTime(0, 0, 3).ranked
    assert OnTime().percent is None
    assert OnTime(1, 2, 3) + OnTime(4, 5, 6) == OnTime(5, 7, 9)


def settle(appeal: Appeal, verdict: str, day: str) -> None:
    Clock.objects.filter(appeal=appeal, kind="citizen").update(verdict=verdict, stopped_at=at(day))


def test_a_month_counts_what_was_settled_in_it_and_what_was_overdue_at_its_end(
    county: County, bring_to: Bring
) -> None:
    cases = [bring_to("in_progress", "2026-03-02 09:00") for _each in range(4)]
    settle(cases[0], "on_time", "2026-03-03 10:00")
    settle(cases[1], "late", "2026-03-31 23:30")
    settle(cases[2], "late", "2026-04-01 00:30")
    settle(bring_to("in_progress", "2026-03-02 09:00"), "void", "2026-03-03 10:00")
    (group,) = on_time_report(MARCH, today=date(2026, 5, 5)).groups
    (row,) = group.rows
    assert (row.unit, row.counts) == (county.water, OnTime(on_time=1, late=1, overdue=2))
    assert on_time_report(APRIL, today=date(2026, 5, 5)).total == OnTime(late=1, overdue=1)
    # On the first of March nobody could know what would be late.
    assert on_time_report(MARCH, today=date(2026, 3, 3)).total.overdue == 0
    assert on_time_report(date(2026, 2, 1), today=date(2026, 5, 5)).groups == []


def test_the_page_and_the_file_show_each_number_with_its_formula(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress", "2026-03-02 09:00")
    Clock.objects.filter(appeal=appeal, kind="citizen").update(verdict="on_time", stopped_at=timezone.now())
    late = bring_to("in_progress", "2026-03-02 09:00")
    Clock.objects.filter(appeal=late, kind="citizen").update(due_on=date(2026, 3, 9))
    sam = client_of(county.sam)
    page = sam.get("/reports/").content.decode()
    assert "50.0%" in page and "1 ÷ (1 + 1)" in page and 'width="50.0"' in page
    file = sam.get("/reports/on-time.csv")
    lines = list(csv.reader(file.content.decode("utf-8-sig").splitlines()))
    assert lines[1][1:] == ["水利局", "1", "0", "1", "50.0", "1 ÷ (1 + 1)"]
    assert "没有到期或办结" in sam.get(f"/reports/?month={months_offered()[-1]:%Y-%m}").content.decode()
    assert "50.0%" in sam.get("/reports/?month=nonsense").content.decode()
    assert "/reports/" in sam.get("/desk/").content.decode()
    for person in (county.clara, county.olga, county.charlie):
        assert client_of(person).get("/reports/").status_code == 403
        assert client_of(person).get("/reports/on-time.csv").status_code == 403
    assert "/reports/" not in client_of(county.olga).get("/desk/").content.decode()


def test_a_returned_case_stands_under_the_unit_that_has_it(county: County, bring_to: Bring) -> None:
    appeal = bring_to("dispatched", "2026-03-02 09:00")
    actions.return_(county.olga, appeal.pk, "不归我们管", at=at("2026-03-02 15:00"))
    Clock.objects.filter(appeal=appeal, kind="citizen").update(due_on=date(2026, 3, 9))
    (group,) = on_time_report(MARCH, today=date(2026, 5, 5)).groups
    assert (group.label, group.rows[0].unit) == ("", None)
