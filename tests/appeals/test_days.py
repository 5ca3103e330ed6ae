"""Working days: the vectors of the domain, another source beside the official one, rules that always hold."""

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.appeals.days import Calendar, official_days
from portal.appeals.deadlines import StandStill, days_left, due, in_time, used_days

VECTORS = [
    ("2026-02-10", "2026-02-11", "2026-02-13", "2026-02-26"),
    ("2026-02-12", "2026-02-13", "2026-02-24", "2026-02-28"),
    ("2026-04-30", "2026-05-06", "2026-05-08", "2026-05-13"),
    ("2026-09-17", "2026-09-18", "2026-09-21", "2026-09-28"),
    ("2026-09-24", "2026-09-28", "2026-09-30", "2026-10-12"),
    ("2026-09-29", "2026-09-30", "2026-10-09", "2026-10-14"),
    ("2025-09-30", "2025-10-09", "2025-10-11", "2025-10-16"),
]


def official_calendar() -> Calendar:
    years = {year: {day: row[0] for day, row in official_days(year).items()} for year in (2025, 2026)}
    return Calendar(
        lambda first, last: {d: on for d, on in years.get(first.year, {}).items() if first <= d <= last}
    )


CALENDAR = official_calendar()
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))


@st.composite
def stand_stills(draw: st.DrawFn) -> list[StandStill]:
    firsts = draw(st.lists(DAYS, max_size=4))
    return [StandStill(first, first + timedelta(days=draw(st.integers(0, 40)))) for first in firsts]


@pytest.mark.parametrize(("raised", "one", "three", "seven"), VECTORS)
def test_due_after_one_three_and_seven_working_days(raised: str, one: str, three: str, seven: str) -> None:
    start = date.fromisoformat(raised)
    found = [due(CALENDAR, start, days) for days in (1, 3, 7)]
    assert [str(each.on) for each in found] == [one, three, seven]
    assert not any(each.provisional for each in found)
    assert [str(CALENDAR.add(start, days)) for days in (1, 3, 7)] == [one, three, seven]


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_official_calendar_agrees_with_another_source(year: int) -> None:
    """`holidays` lists days off and, as working substitutes, the make-up weekends."""
    other = holidays.country_holidays("CN", years=year)
    for day, (working, _name) in official_days(year).items():
        assert working == other.is_working_day(day), day


def test_a_year_without_a_notice_counts_monday_to_friday_and_is_provisional() -> None:
    found = due(CALENDAR, date(2026, 12, 30), 3)
    assert found.on == date(2027, 1, 4) and found.provisional
    assert due(CALENDAR, date(2027, 10, 1), 1).on == date(2027, 10, 4)
    with pytest.raises(ValueError, match="2031"):
        official_days(2031)


def test_the_last_day_ends_at_midnight() -> None:
    assert in_time(date(2026, 2, 13), date(2026, 2, 13))
    assert not in_time(date(2026, 2, 13), date(2026, 2, 14))


@given(DAYS, st.integers(1, 30), st.integers(1, 30), stand_stills())
def test_more_days_are_never_due_earlier(start: date, few: int, more: int, pauses: list[StandStill]) -> None:
    first, last = due(CALENDAR, start, few, pauses).on, due(CALENDAR, start, few + more, pauses).on
    assert first is not None and last is not None and start < first < last


@given(DAYS, DAYS, st.integers(1, 30))
def test_a_later_start_is_never_due_earlier(one: date, other: date, days: int) -> None:
    early, late = due(CALENDAR, min(one, other), days).on, due(CALENDAR, max(one, other), days).on
    assert early is not None and late is not None and early <= late


@given(DAYS, st.integers(1, 20), stand_stills())
def test_on_the_due_day_exactly_the_limit_is_used(start: date, days: int, pauses: list[StandStill]) -> None:
    last = due(CALENDAR, start, days, pauses).on
    assert last is not None
    assert used_days(CALENDAR, start, last, pauses) == days
    assert used_days(CALENDAR, start, last - timedelta(days=1), pauses) == days - 1
    assert days_left(CALENDAR, start, days, last, pauses) == 0


@given(DAYS, st.integers(0, 60), st.integers(0, 60), stand_stills())
def test_used_time_only_grows_and_never_by_more_than_the_days_that_passed(
    start: date, first: int, more: int, pauses: list[StandStill]
) -> None:
    before = used_days(CALENDAR, start, start + timedelta(days=first), pauses)
    after = used_days(CALENDAR, start, start + timedelta(days=first + more), pauses)
    assert 0 <= after - before <= more


@given(DAYS, st.integers(1, 20), stand_stills())
def test_a_pause_never_makes_a_case_due_earlier(start: date, days: int, pauses: list[StandStill]) -> None:
    free, paused = due(CALENDAR, start, days).on, due(CALENDAR, start, days, pauses).on
    assert free is not None and paused is not None and paused >= free


@given(DAYS, st.integers(1, 20), DAYS)
def test_while_a_pause_is_open_there_is_no_date_and_nothing_is_used_up(
    start: date, days: int, since: date
) -> None:
    standing = [StandStill(since, None)]
    assert due(CALENDAR, start, days, standing).on is None
    later = max(since, start) + timedelta(days=50)
    assert used_days(CALENDAR, start, later, standing) == used_days(
        CALENDAR, start, max(since - timedelta(days=1), start), standing
    )


@given(DAYS, DAYS)
def test_counting_there_and_back_is_the_same(one: date, other: date) -> None:
    assert CALENDAR.count(one, other) == -CALENDAR.count(other, one)
