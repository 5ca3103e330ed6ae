"""Clocks of a locked case: started, re-derived, paused, stopped. Never counted up: derived from history."""

from collections.abc import Iterable
from datetime import date, datetime

from portal.appeals.days import Calendar
from portal.appeals.deadlines import due, in_time
from portal.appeals.models import Appeal, Clock, Pause
from portal.appeals.queries.time import local_day, stand_stills, stored_calendar
from portal.appeals.vocabulary import ClockKind, Verdict
from portal.people.models import Person


def _pauses(appeal: Appeal) -> list[Pause]:
    return list(Pause.objects.filter(appeal=appeal, cycle=appeal.cycle))


def running(appeal: Appeal) -> list[Clock]:
    return list(Clock.objects.filter(appeal=appeal, stopped_at=None))


def derive(clock: Clock, pauses: Iterable[Pause], calendar: Calendar) -> None:
    """Set due dates from start, limit, extension and pauses."""
    start, still = local_day(clock.started_at), stand_stills(pauses)
    found = due(calendar, start, clock.limit_days + clock.extension_days, still)
    if found.on is not None and (clock.due_on is None or clock.due_on < found.on):
        # Who was told of the earlier date hears of this one too.
        clock.reminded_at = clock.overdue_told_at = None
    clock.due_on, clock.provisional = found.on, found.provisional
    clock.first_due_on = due(calendar, start, clock.limit_days, still).on


def _show_due(appeal: Appeal, clocks: Iterable[Clock]) -> None:
    """Keep the desk's sort key equal to the citizen's clock among the running `clocks`."""
    due_days = [clock.due_on for clock in clocks if clock.kind == ClockKind.CITIZEN and not clock.stopped_at]
    appeal.due_on = due_days[0] if due_days else None


def start_clock(appeal: Appeal, kind: ClockKind, at: datetime, limit_days: int) -> Clock:
    clock = Clock(appeal=appeal, cycle=appeal.cycle, kind=kind, started_at=at, limit_days=limit_days)
    derive(clock, _pauses(appeal), stored_calendar())
    clock.save()
    if kind == ClockKind.CITIZEN:
        appeal.due_on = clock.due_on
    return clock


def start_first_clocks(appeal: Appeal, at: datetime, citizen_days: int, accept_days: int) -> None:
    """The clocks of a case that begins: nothing has stood still yet, and a citizen waits for the number."""
    calendar = stored_calendar()
    limits = {ClockKind.CITIZEN: citizen_days, ClockKind.ACCEPT: accept_days}
    clocks = [
        Clock(appeal=appeal, cycle=appeal.cycle, kind=kind, started_at=at, limit_days=limit)
        for kind, limit in limits.items()
    ]
    for clock in clocks:
        derive(clock, (), calendar)
    Clock.objects.bulk_create(clocks)
    _show_due(appeal, clocks)


def rederive(appeal: Appeal, calendar: Calendar | None = None) -> list[tuple[Clock, date | None]]:
    """Derive every running clock again; (clock, date before) of those whose date changed."""
    calendar = calendar or stored_calendar()
    pauses, clocks, changed = _pauses(appeal), running(appeal), []
    for clock in clocks:
        before = clock.due_on
        derive(clock, pauses, calendar)
        clock.save()
        if clock.due_on != before:
            changed.append((clock, before))
    _show_due(appeal, clocks)
    return changed


def set_limit(appeal: Appeal, limit_days: int) -> None:
    """Another urgency: starts and pauses stay, dates follow."""
    kinds = [ClockKind.CITIZEN, ClockKind.UNIT]
    Clock.objects.filter(appeal=appeal, stopped_at=None, kind__in=kinds).update(limit_days=limit_days)
    rederive(appeal)


def add_days(appeal: Appeal, days: int) -> None:
    for clock in running(appeal):
        if clock.kind != ClockKind.ACCEPT:
            clock.extension_days += days
            clock.save(update_fields=["extension_days"])
    rederive(appeal)


def pause(appeal: Appeal, at: datetime, reason: str, approved_by: Person) -> None:
    Pause.objects.create(
        appeal=appeal, cycle=appeal.cycle, began_at=at, reason=reason, approved_by=approved_by
    )
    rederive(appeal)


def end_pause(appeal: Appeal, at: datetime) -> None:
    if Pause.objects.filter(appeal=appeal, ended_at=None).update(ended_at=at):
        rederive(appeal)


def stop(appeal: Appeal, at: datetime, *kinds: ClockKind, void: bool = False) -> None:
    """Stop the running clocks of `kinds` (none named: all) and freeze their verdict for ever."""
    if not kinds:
        # Nothing stands still any more: the last date and the verdict need a closed interval.
        end_pause(appeal, at)
    clocks = running(appeal)
    for clock in clocks:
        if kinds and clock.kind not in kinds:
            continue
        clock.stopped_at = at
        clock.verdict = Verdict.VOID if void else _verdict(clock, local_day(at))
        clock.save()
    _show_due(appeal, clocks)


def _verdict(clock: Clock, stopped: date) -> Verdict:
    if clock.due_on is None:
        # Paused at this very moment: a clock that stands still is not late.
        return Verdict.ON_TIME
    return Verdict.ON_TIME if in_time(clock.due_on, stopped) else Verdict.LATE
