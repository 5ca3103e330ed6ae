"""Due dates, used days and verdicts, derived from a clock's history. Pure: calendar, dates and pauses are
handed in.

Everything is counted in local dates: the last day ends at 24:00, so a clock is late when it stops on a
later date.
A day stands still when the clock is paused at its end (24:00); a pause inside one day costs and gives
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

ONE_DAY = timedelta(days=1)


class WorkingDays(Protocol):
    def is_working(self, day: date) -> bool: ...
    def is_official(self, day: date) -> bool: ...


@dataclass(frozen=True, slots=True)
class StandStill:
    """A pause as local dates: it began on `first` and ended on `until` (None: still standing)."""

    first: date
    until: date | None

    def covers_end_of(self, day: date) -> bool:
        return self.first <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Due:
    """`on` is the last day, None while a pause is open; `provisional`: a day without an official notice was
    counted.
    """

    on: date | None
    provisional: bool


def counts(calendar: WorkingDays, day: date, pauses: Sequence[StandStill]) -> bool:
    return calendar.is_working(day) and not any(pause.covers_end_of(day) for pause in pauses)


def due(calendar: WorkingDays, start: date, days: int, pauses: Sequence[StandStill] = ()) -> Due:
    """The `days`-th working day after `start` (day 0) that no pause covers."""
    if any(pause.until is None for pause in pauses):
        return Due(None, False)
    day, provisional = start, False
    while days > 0:
        day += ONE_DAY
        provisional = provisional or not calendar.is_official(day)
        days -= counts(calendar, day, pauses)
    return Due(day, provisional)


def used_days(calendar: WorkingDays, start: date, today: date, pauses: Sequence[StandStill] = ()) -> int:
    """Working days d with start < d ≤ today that no pause covers."""
    used, day = 0, start + ONE_DAY
    while day <= today:
        used += counts(calendar, day, pauses)
        day += ONE_DAY
    return used


def days_left(
    calendar: WorkingDays, start: date, days: int, today: date, pauses: Sequence[StandStill] = ()
) -> int:
    """Working days after today that remain; 0 on the last day, negative when overdue."""
    return days - used_days(calendar, start, today, pauses)


def in_time(due_on: date, stopped: date) -> bool:
    return stopped <= due_on
