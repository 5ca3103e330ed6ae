"""Promises that are still to be kept."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from portal.appeals.models import Promise
from portal.appeals.queries.desks import WATCHES_ALL
from portal.appeals.queries.time import local_day
from portal.people.models import Person
from portal.people.queries import has_role, roles_of, units_of
from portal.people.vocabulary import RoleKind


@dataclass(frozen=True, slots=True)
class PromiseRow:
    promise: Promise
    late: bool
    may_keep: bool


def open_promises(person: Person) -> QuerySet[Promise]:
    """Those of the whole county for who watches it, else those of the person's own units; the nearest first."""
    rows = Promise.objects.filter(kept_at=None)
    if not roles_of(person) & WATCHES_ALL:
        rows = rows.filter(unit__in=units_of(person))
    return rows.select_related("appeal", "unit").order_by("due_on", "pk")


def may_keep(person: Person, promise: Promise) -> bool:
    """Supervisor, or officer or head of the unit that promised."""
    return has_role(person, RoleKind.SUPERVISOR) or promise.unit_id in units_of(person)


def promise_rows(person: Person, limit: int = 200, today: date | None = None) -> list[PromiseRow]:
    today = today or local_day(timezone.now())
    everywhere, mine = has_role(person, RoleKind.SUPERVISOR), units_of(person)
    return [
        PromiseRow(row, row.due_on < today, everywhere or row.unit_id in mine)
        for row in open_promises(person)[:limit]
    ]
