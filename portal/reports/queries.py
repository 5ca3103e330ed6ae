"""What supervisors ask of the case store: two counts for a month, by unit."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from portal.appeals.models import Clock
from portal.appeals.queries.time import local_day
from portal.appeals.vocabulary import ClockKind, Verdict
from portal.people.models import Unit
from portal.people.queries import Anyone, has_role
from portal.people.vocabulary import RoleKind, UnitKind
from portal.reports.rates import OnTime

MONTHS_OFFERED = 12


@dataclass(frozen=True, slots=True)
class UnitRow:
    """`unit` is None for cases that were not dispatched."""

    unit: Unit | None
    counts: OnTime


@dataclass(frozen=True, slots=True)
class Group:
    """Departments and townships are ranked apart: their matters are not alike."""

    label: str
    rows: list[UnitRow]


@dataclass(frozen=True, slots=True)
class OnTimeReport:
    month: date
    groups: list[Group]
    total: OnTime


def may_see_reports(person: Anyone) -> bool:
    return has_role(person, RoleKind.SUPERVISOR)


def following(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=31)).replace(day=1)


def months_offered(today: date | None = None) -> list[date]:
    """First days of this month and those before it, the newest first."""
    months = [(today or local_day(timezone.now())).replace(day=1)]
    while len(months) < MONTHS_OFFERED:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def _by_unit(clocks: QuerySet[Clock], verdict: Q) -> dict[int | None, int]:
    rows = clocks.filter(verdict).values("appeal__lead_unit").annotate(found=Count("pk"))
    return {row["appeal__lead_unit"]: row["found"] for row in rows}


def on_time_report(month: date, today: date | None = None) -> OnTimeReport:
    """Citizens' limits of the month that begins on `month`, by the unit that leads the case now."""
    today = today or local_day(timezone.now())
    begin, end = _midnight(month), _midnight(following(month))
    clocks = Clock.objects.filter(kind=ClockKind.CITIZEN)
    stopped = clocks.filter(stopped_at__gte=begin, stopped_at__lt=end)
    on_time, late = (_by_unit(stopped, Q(verdict=verdict)) for verdict in (Verdict.ON_TIME, Verdict.LATE))
    still_open = Q(stopped_at=None) | Q(stopped_at__gte=end)
    past = clocks.filter(still_open, due_on__lt=min(today, following(month)))
    overdue = _by_unit(past, ~Q(verdict=Verdict.VOID))
    counts = {
        unit: OnTime(on_time.get(unit, 0), late.get(unit, 0), overdue.get(unit, 0))
        for unit in on_time | late | overdue
    }
    return OnTimeReport(month, _groups(counts), sum(counts.values(), OnTime()))


def _groups(counts: dict[int | None, OnTime]) -> list[Group]:
    units = Unit.objects.in_bulk([unit for unit in counts if unit is not None])
    rows = [UnitRow(units.get(unit or 0), found) for unit, found in counts.items() if found.counted]
    groups = []
    for kind in UnitKind:
        mine = [row for row in rows if row.unit is not None and row.unit.kind == kind]
        if mine:
            groups.append(Group(str(kind.label), sorted(mine, key=_rank)))
    if undispatched := [row for row in rows if row.unit is None]:
        groups.append(Group("", undispatched))
    return groups


def _rank(row: UnitRow) -> tuple[bool, float, int]:
    return (not row.counts.ranked, -(row.counts.percent or 0), row.unit.pk if row.unit else 0)
