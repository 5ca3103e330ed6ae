"""The official calendar: loading a notice, and giving every open deadline its new date."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from portal.appeals.actions import clocks
from portal.appeals.actions.change import (
    iso,
    locked,
    moment,
    record,
    tell_citizen,
    tell_staff,
    unit_people,
)
from portal.appeals.days import Calendar, days_after, official_days
from portal.appeals.models import Appeal, Clock, Day
from portal.appeals.queries.time import stored_calendar
from portal.appeals.vocabulary import ClockKind, EventKind

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DayNotice:
    """The State Council's notice for one year: what differs from Monday to Friday, each with its name.

    It may name days of the December before: 29 December 2018 was worked for the New Year of 2019.
    """

    year: int
    holidays: dict[date, str]
    makeup_days: dict[date, str]

    def rows(self) -> list[Day]:
        """Raises `ValueError` for a day that cannot be meant: left out in silence it would be counted wrong."""
        named = {*self.holidays, *self.makeup_days}
        before = {day for day in named if (day.year, day.month) == (self.year - 1, 12)}
        if wrong := sorted(day for day in named - before if day.year != self.year):
            raise ValueError(f"{wrong[0]} is no day of a notice for {self.year}")
        rows = []
        for day in [*sorted(before), *days_after(date(self.year - 1, 12, 31), date(self.year, 12, 31))]:
            working = day in self.makeup_days or (day.weekday() < 5 and day not in self.holidays)
            name = self.makeup_days.get(day) or self.holidays.get(day) or ""
            rows.append(Day(date=day, working=working, name=name))
        return rows


def load_official_years(years: Iterable[int], at: datetime | None = None) -> int:
    """Load what chinesecalendar knows of `years`; how many deadlines moved. Raises `ValueError` for unknown
    years.
    """
    rows = [
        Day(date=day, working=working, name=name)
        for year in years
        for day, (working, name) in official_days(year).items()
    ]
    return _store(rows, at)


def load_days(notice: DayNotice, at: datetime | None = None) -> int:
    """Load a notice; again with the same days changes nothing. Returns how many open cases got another
    date.
    """
    return _store(notice.rows(), at)


def _store(rows: list[Day], at: datetime | None) -> int:
    with transaction.atomic():
        Day.objects.bulk_create(
            rows,
            batch_size=400,
            update_conflicts=True,
            unique_fields=["date"],
            update_fields=["working", "name"],
        )
    if not rows:
        return 0
    first = min(row.date for row in rows)
    now, calendar = moment(at), stored_calendar()
    # A clock that is due before the first day of the notice never counted one of its days; None: paused.
    touched = Clock.objects.filter(stopped_at=None).exclude(due_on__lt=first)
    cases = list(touched.order_by().values_list("appeal_id", flat=True).distinct())
    moved = sum(_recount(appeal_id, calendar, now) for appeal_id in cases)
    log.info("calendar loaded: %s days, %s of %s cases moved", len(rows), moved, len(cases))
    return moved


@transaction.atomic
def _recount(appeal_id: int, calendar: Calendar, at: datetime) -> bool:
    """Derive the clocks of one case again; an event and messages when the citizen's date moved."""
    appeal = locked(appeal_id)
    changed = clocks.rederive(appeal, calendar)
    mine = [(clock, before) for clock, before in changed if clock.kind == ClockKind.CITIZEN]
    if not mine:
        Appeal.objects.filter(pk=appeal_id).update(due_on=appeal.due_on)
        return False
    clock, before = mine[0]
    payload = {"due_before": str(before or ""), "due": str(clock.due_on or ""), "why": "calendar"}
    record(appeal, EventKind.DUE_CHANGED, None, at, payload=payload)
    dates = {"before": iso(before), "due": iso(clock.due_on)}
    tell_citizen(appeal, "due_changed", **dates)
    tell_staff(appeal, unit_people(appeal.lead_unit), "due_changed", **dates)
    return True
