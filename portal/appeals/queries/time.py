"""Time of a case: the calendar from our rows, and clocks read with their pauses."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from portal.appeals.days import Calendar
from portal.appeals.deadlines import StandStill, days_left, used_days
from portal.appeals.models import Appeal, Clock, Day, Pause
from portal.appeals.vocabulary import Verdict

_shared: ContextVar[Calendar | None] = ContextVar("calendar", default=None)


def stored_calendar() -> Calendar:
    """Reads each quarter once; make one per piece of work, so that a newly loaded notice is seen."""
    return _shared.get() or Calendar(
        lambda first, last: dict(Day.objects.filter(date__range=(first, last)).values_list("date", "working"))
    )


@contextmanager
def one_calendar() -> Iterator[None]:
    """All work inside reads each quarter once: for imports of many cases, during which no notice is loaded."""
    token = _shared.set(stored_calendar())
    try:
        yield
    finally:
        _shared.reset(token)


def local_day(at: datetime) -> date:
    return timezone.localtime(at).date()


def stand_stills(pauses: Iterable[Pause]) -> list[StandStill]:
    return [
        StandStill(local_day(pause.began_at), local_day(pause.ended_at) if pause.ended_at else None)
        for pause in pauses
    ]


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How a clock stands today. `left`: working days after today (0: today is the last day, negative:
    overdue).
    """

    kind: str
    verdict: str
    due_on: date | None
    first_due_on: date | None
    left: int
    used: int
    limit: int
    paused: bool
    extended: bool
    provisional: bool

    @property
    def running(self) -> bool:
        return self.verdict == Verdict.RUNNING

    @property
    def overdue(self) -> bool:
        return self.running and self.left < 0


def time_left(clock: Clock, pauses: Iterable[Pause], today: date, calendar: Calendar) -> TimeLeft:
    """`pauses` are those of the clock's own cycle."""
    still = stand_stills(pauses)
    start = local_day(clock.started_at)
    until = local_day(clock.stopped_at) if clock.stopped_at else today
    limit = clock.limit_days + clock.extension_days
    return TimeLeft(
        kind=clock.kind,
        verdict=clock.verdict,
        due_on=clock.due_on,
        first_due_on=clock.first_due_on,
        left=days_left(calendar, start, limit, until, still),
        used=used_days(calendar, start, until, still),
        limit=limit,
        paused=clock.stopped_at is None and any(pause.until is None for pause in still),
        extended=clock.extension_days > 0,
        provisional=clock.provisional,
    )


def clock_times(
    appeal: Appeal, today: date, calendar: Calendar | None = None
) -> list[tuple[Clock, TimeLeft]]:
    """Every clock of `appeal` over all cycles, oldest first, with how it stands."""
    calendar = calendar or stored_calendar()
    by_cycle: dict[int, list[Pause]] = {}
    for pause in Pause.objects.filter(appeal=appeal):
        by_cycle.setdefault(pause.cycle, []).append(pause)
    clocks = Clock.objects.filter(appeal=appeal).order_by("cycle", "started_at", "pk")
    return [(clock, time_left(clock, by_cycle.get(clock.cycle, []), today, calendar)) for clock in clocks]
