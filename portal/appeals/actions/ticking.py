"""What time alone does to cases: reminders, overdue marks, closing after silence, archiving. Called by the
clerk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from portal.appeals.actions.change import (
    begin_as,
    case_url,
    enter,
    holders,
    iso,
    locked,
    record,
    tell_citizen,
    tell_staff,
    unit_people,
)
from portal.appeals.actions.rating import close_solved
from portal.appeals.days import Calendar
from portal.appeals.models import Appeal, Clock, Evaluation
from portal.appeals.queries.rights import WrongState
from portal.appeals.queries.time import local_day, stored_calendar
from portal.appeals.states import CLOSED, State, Who
from portal.appeals.vocabulary import About, Audience, ClockKind, EventKind, RatingSource, Solved
from portal.people.models import Person
from portal.people.vocabulary import RoleKind

REMIND_DAYS = 1
# One tick stays short; what is left comes with the next.
MOST_PER_TICK = 200


@dataclass(frozen=True, slots=True)
class Ticked:
    """How many cases one tick touched."""

    reminded: int = 0
    overdue: int = 0
    closed: int = 0
    archived: int = 0


def tick(now: datetime) -> Ticked:
    """Do what is due at `now`. Any number of times, also at once from two processes: each thing happens
    once.
    """
    calendar, today = stored_calendar(), local_day(now)
    return Ticked(
        reminded=_remind(today, now, calendar),
        overdue=_mark_overdue(today, now),
        closed=_close_silent(today, now, calendar),
        archived=_archive(now),
    )


def _each(rows: QuerySet[Appeal], act: Callable[[int], bool]) -> int:
    return sum(act(pk) for pk in list(rows.values_list("pk", flat=True)[:MOST_PER_TICK]))


def _who_must_act(appeal: Appeal) -> list[Person]:
    return unit_people(appeal.lead_unit) or holders(RoleKind.CLERK)


def _remind(today: date, now: datetime, calendar: Calendar) -> int:
    last = calendar.add(today, REMIND_DAYS)
    clocks = Clock.objects.filter(
        stopped_at=None, kind=ClockKind.CITIZEN, reminded_at=None, due_on__gte=today, due_on__lte=last
    )
    done = 0
    for clock in clocks.select_related("appeal", "appeal__lead_unit").order_by("due_on")[:MOST_PER_TICK]:
        with transaction.atomic():
            if not Clock.objects.filter(pk=clock.pk, reminded_at=None).update(reminded_at=now):
                continue
            key = f"clock{clock.pk}-{clock.due_on:%Y%m%d}"
            people = _who_must_act(clock.appeal)
            tell_staff(clock.appeal, people, "due_soon", key, due=iso(clock.due_on))
            done += 1
    return done


def _mark_overdue(today: date, now: datetime) -> int:
    clocks = Clock.objects.filter(
        stopped_at=None, kind=ClockKind.CITIZEN, overdue_told_at=None, due_on__lt=today
    )
    return sum(_overdue(pk, now) for pk in list(clocks.values_list("pk", flat=True)[:MOST_PER_TICK]))


@transaction.atomic
def _overdue(clock_id: int, now: datetime) -> bool:
    appeal = locked(Clock.objects.get(pk=clock_id).appeal_id)
    # Asked again under the lock: the case may have been settled since the list was read.
    still = Clock.objects.filter(pk=clock_id, stopped_at=None, overdue_told_at=None)
    if not still.update(overdue_told_at=now):
        return False
    due = Clock.objects.get(pk=clock_id).due_on
    payload = {"due": str(due or "")}
    record(
        appeal,
        EventKind.OVERDUE,
        None,
        now,
        unit=appeal.lead_unit,
        payload=payload,
        audience=Audience.INTERNAL,
    )
    people = {person.pk: person for person in _who_must_act(appeal) + holders(RoleKind.SUPERVISOR)}
    tell_staff(appeal, people.values(), "overdue", due=iso(due))
    return True


def _silent() -> QuerySet[Appeal]:
    """Whoever said "partly" or "no", also on the telephone, or waits for a call-back, was not silent."""
    told = Evaluation.objects.filter(
        cycle=F("appeal__cycle"),
        about=About.SOLUTION,
        source=RatingSource.CALL_BACK,
        solved__in=[Solved.PARTLY, Solved.NO],
    )
    replied = Appeal.objects.filter(
        state=State.REPLIED, call_back_wanted=False, solved__in=["", Solved.UNKNOWN]
    )
    return replied.exclude(pk__in=told.values("appeal"))


def _close_silent(today: date, now: datetime, calendar: Calendar) -> int:
    # At least as many calendar days must have gone by; the exact count of working days follows per case.
    since = now - timedelta(days=settings.SILENCE_CLOSES_DAYS)
    replied = _silent().filter(replied_at__lt=since)
    return _each(replied.order_by("replied_at"), lambda pk: _close_one(pk, today, now, calendar))


@transaction.atomic
def _close_one(appeal_id: int, today: date, now: datetime, calendar: Calendar) -> bool:
    appeal = locked(appeal_id)
    # Asked again under the lock: the citizen may have spoken since the list was read.
    if appeal.replied_at is None or not _silent().filter(pk=appeal_id).exists():
        return False
    if calendar.count(local_day(appeal.replied_at), today) <= settings.SILENCE_CLOSES_DAYS:
        return False
    close_solved(appeal, None, now, Solved.UNKNOWN, "silence")
    tell_citizen(appeal, "closed_silent", url=case_url(appeal))
    return True


def _archive(now: datetime) -> int:
    before = now - timedelta(days=settings.REOPEN_WINDOW_DAYS)
    old = Appeal.objects.filter(state__in=CLOSED, closed_at__lt=before).order_by("closed_at")
    return _each(old, lambda pk: _archive_one(pk, now))


@transaction.atomic
def _archive_one(appeal_id: int, now: datetime) -> bool:
    try:
        appeal, step = begin_as("archive", appeal_id, Who.SYSTEM)
    except WrongState:
        return False
    enter(appeal, step)
    record(appeal, EventKind.ARCHIVED, None, now, audience=Audience.INTERNAL)
    return True
