"""Lists for those who handle cases. Every list is one indexed query plus one for the calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.appeals.days import Calendar
from portal.appeals.models import Appeal, Reply, SavedFilter, UnitRequest
from portal.appeals.queries.time import local_day, stored_calendar
from portal.appeals.states import BEING_HANDLED, OPEN, STEPS, State
from portal.appeals.vocabulary import AssignmentRole, ReplyKind
from portal.people.models import Person
from portal.people.queries import roles_of, units_of
from portal.people.vocabulary import RoleKind

SOON_DAYS = 1


class DeskTab(StrEnum):
    MINE = "mine"
    SOON = "soon"
    OVERDUE = "overdue"
    UNIT = "unit"
    ASSIST = "assist"
    REQUESTS = "requests"
    CALL_BACK = "call_back"


DESK_TABS = {
    DeskTab.MINE: _("待我办理"),
    DeskTab.SOON: _("即将到期"),
    DeskTab.OVERDUE: _("已超期"),
    DeskTab.UNIT: _("全部"),
    DeskTab.ASSIST: _("协办"),
    DeskTab.REQUESTS: _("待批申请"),
    DeskTab.CALL_BACK: _("待回访"),
}
WATCHES_ALL = frozenset({RoleKind.CLERK, RoleKind.SUPERVISOR})
WORKS_IN_UNIT = frozenset({RoleKind.OFFICER, RoleKind.UNIT_HEAD})
CLERKS_STATES = (State.REGISTERED, State.ACCEPTED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One line of a desk. `left`: working days that remain, None when no clock runs."""

    appeal: Appeal
    left: int | None

    @property
    def urgency(self) -> str:
        """late, soon or calm: the badge, always with words beside it."""
        if self.left is None or self.left > SOON_DAYS:
            return "calm"
        return "late" if self.left < 0 else "soon"


def tabs_of(person: Person) -> list[DeskTab]:
    """The lists that mean something to `person`; empty for who handles no cases."""
    roles = roles_of(person)
    if not roles & (WATCHES_ALL | WORKS_IN_UNIT):
        return []
    tabs = [DeskTab.MINE, DeskTab.SOON, DeskTab.OVERDUE, DeskTab.UNIT]
    if roles & WORKS_IN_UNIT:
        tabs.append(DeskTab.ASSIST)
    if RoleKind.SUPERVISOR in roles:
        tabs.append(DeskTab.REQUESTS)
    if RoleKind.CLERK in roles:
        tabs.append(DeskTab.CALL_BACK)
    return tabs


def may_triage(person: Person) -> bool:
    """Who accepts and dispatches what comes in."""
    return RoleKind.CLERK in roles_of(person)


def may_sign(person: Person) -> bool:
    """Who takes what was dispatched to their unit."""
    return bool(roles_of(person) & WORKS_IN_UNIT)


def bulk_states(person: Person) -> set[str]:
    """Where the steps begin that `person` takes on several cases at once."""
    triaged = STEPS["dispatch"].sources | {State.REGISTERED} if may_triage(person) else ()
    signed = STEPS["sign"].sources if may_sign(person) else ()
    return {*triaged, *signed}


def _within_reach(person: Person) -> QuerySet[Appeal]:
    if roles_of(person) & WATCHES_ALL:
        return Appeal.objects.all()
    return Appeal.objects.filter(lead_unit__in=units_of(person))


def _mine(person: Person) -> Q:
    """What waits for this very person: by what their roles do next."""
    roles = roles_of(person)
    wanted = Q(pk=None)
    if RoleKind.CLERK in roles:
        wanted |= Q(state__in=CLERKS_STATES) | Q(state=State.REOPENED, lead_unit=None)
    if RoleKind.SUPERVISOR in roles:
        wanted |= Q(pk__in=_with_open_request())
    if roles & WORKS_IN_UNIT:
        handled = Q(assignments__signed_by=person, assignments__role=AssignmentRole.LEAD)
        signed = Appeal.objects.filter(handled, state__in=BEING_HANDLED).values("pk")
        units = units_of(person)
        wanted |= Q(pk__in=signed, lead_unit__in=units)
        wanted |= Q(lead_unit__in=units, state__in=(State.DISPATCHED, State.REOPENED))
        heads = units_of(person, RoleKind.UNIT_HEAD)
        wanted |= Q(lead_unit__in=heads, pk__in=_with_draft())
    return wanted


def _with_open_request() -> QuerySet[UnitRequest, int]:
    return UnitRequest.objects.filter(decided_at=None).values_list("appeal_id", flat=True)


def _with_draft() -> QuerySet[Reply, int]:
    drafts = Reply.objects.filter(
        approved_at=None, kind=ReplyKind.WRITTEN, appeal__state=State.IN_PROGRESS, cycle=F("appeal__cycle")
    )
    return drafts.values_list("appeal_id", flat=True)


def _tab(person: Person, tab: DeskTab, today: date, calendar: Calendar) -> QuerySet[Appeal]:
    rows = _within_reach(person)
    if tab is DeskTab.MINE:
        return rows.filter(_mine(person)).order_by("due_on", "pk")
    if tab is DeskTab.SOON:
        last = calendar.add(today, SOON_DAYS)
        return rows.filter(state__in=OPEN, due_on__gte=today, due_on__lte=last).order_by("due_on", "pk")
    if tab is DeskTab.OVERDUE:
        return rows.filter(state__in=OPEN, due_on__lt=today).order_by("due_on", "pk")
    if tab is DeskTab.ASSIST:
        assists = Q(assignments__role=AssignmentRole.ASSIST, assignments__unit__in=units_of(person))
        found = Appeal.objects.filter(assists, assignments__cycle=F("cycle"), joint=True).values("pk")
        return Appeal.objects.filter(pk__in=found, state__in=OPEN).order_by("due_on", "pk")
    if tab is DeskTab.REQUESTS:
        return rows.filter(pk__in=_with_open_request()).order_by("due_on", "pk")
    if tab is DeskTab.CALL_BACK:
        return rows.filter(call_back_wanted=True).order_by("replied_at", "pk")
    return rows.order_by("-raised_at", "-pk")


def desk(
    person: Person, tab: str = DeskTab.MINE, search: str = "", state: str = "", today: date | None = None
) -> QuerySet[Appeal]:
    """Cases of one tab that `person` handles, narrowed by the beginning of a number, a village, a matter, a
    state.

    Nothing for who handles no cases or asks for a tab that is not theirs. Page it: it may hold 20,000 rows.
    """
    if tab not in tabs_of(person):
        return Appeal.objects.none()
    calendar = stored_calendar()
    rows = _tab(person, DeskTab(tab), today or local_day(timezone.now()), calendar)
    if state in State.values:
        rows = rows.filter(state=state)
    if search.strip():
        words = search.strip()
        rows = rows.filter(
            Q(number__startswith=words) | Q(village__contains=words) | Q(matter__contains=words)
        )
    return rows.select_related("lead_unit", "urgency")


def saved_filters(person: Person) -> list[SavedFilter]:
    """Those whose list is still theirs: roles come and go."""
    return list(SavedFilter.objects.filter(person=person, tab__in=tabs_of(person)))


def desk_rows(appeals: Iterable[Appeal], today: date | None = None) -> list[DeskRow]:
    today = today or local_day(timezone.now())
    calendar = stored_calendar()
    return [
        DeskRow(appeal, calendar.count(today, appeal.due_on) if appeal.due_on else None) for appeal in appeals
    ]


def desk_counts(person: Person, today: date | None = None) -> dict[DeskTab, int]:
    """How many wait in each of the person's tabs that ask for something to be done."""
    today = today or local_day(timezone.now())
    calendar = stored_calendar()
    return {
        tab: _tab(person, tab, today, calendar).count() for tab in tabs_of(person) if tab is not DeskTab.UNIT
    }
