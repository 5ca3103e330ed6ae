"""The few moves every action is made of: lock the case, check the step, write the event, set the state,
tell people.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appeals.chain import link
from portal.appeals.models import Appeal, CaseEvent
from portal.appeals.queries.integrity import event_fields
from portal.appeals.queries.rights import capacities, check_step
from portal.appeals.sealing import chain_key, query_code, rating_token
from portal.appeals.states import Step, Who
from portal.appeals.vocabulary import Audience
from portal.lib.errors import BadInput, NotFound
from portal.notices import actions as notices
from portal.people.models import Person, Role, Unit
from portal.people.vocabulary import RoleKind

Payload = Mapping[str, str | int | bool | None]
TEXT_LENGTH = 2000
NOTE_LENGTH = 500

log = logging.getLogger(__name__)


def locked(appeal_id: int) -> Appeal:
    """The case, held against every other change until the transaction ends. Raises `NotFound`."""
    # "self" only: an outer join cannot be locked on PostgreSQL.
    rows = Appeal.objects.select_for_update(of=("self",)).select_related("urgency", "lead_unit", "person")
    appeal = rows.filter(pk=appeal_id).first()
    if appeal is None:
        raise NotFound(_("没有找到这个诉求。"))
    return appeal


def begin(step: str, appeal_id: int, actor: Person) -> tuple[Appeal, Step]:
    """Lock the case and ask whether `actor` may take `step` now."""
    appeal = locked(appeal_id)
    return appeal, check_step(step, appeal, capacities(actor, appeal))


def begin_unlocked(step: str, appeal_id: int, actor: Person) -> None:
    """Only ask, for an action that must find further cases before it may lock them all in order."""
    appeal = Appeal.objects.filter(pk=appeal_id).first()
    if appeal is None:
        raise NotFound(_("没有找到这个诉求。"))
    check_step(step, appeal, capacities(actor, appeal))


def begin_as(step: str, appeal_id: int, who: Who) -> tuple[Appeal, Step]:
    """The same for who proved a capacity otherwise: by a link, or by being the system."""
    appeal = locked(appeal_id)
    return appeal, check_step(step, appeal, frozenset({who}))


def moment(at: datetime | None) -> datetime:
    return at or timezone.now()


def record(
    appeal: Appeal,
    kind: str,
    actor: Person | None,
    at: datetime,
    *,
    audience: str = Audience.PUBLIC,
    unit: Unit | None = None,
    payload: Payload | None = None,
    reason: str = "",
) -> CaseEvent:
    """Append one event to the story of the locked `appeal` and save the case with everything set on it so
    far.
    """
    event = CaseEvent(
        appeal=appeal,
        sequence=appeal.events_written + 1,
        kind=kind,
        actor=actor,
        unit=unit,
        at=at,
        payload=dict(payload or {}),
        reason=reason,
        audience=audience,
        previous_hash=appeal.events_head,
    )
    event.hash = link(chain_key(), appeal.events_head, event_fields(event))
    event.save(force_insert=True)
    appeal.events_written, appeal.events_head = event.sequence, event.hash
    appeal.last_event_kind, appeal.last_event_at = kind, at
    appeal.save()
    return event


def enter(appeal: Appeal, step: Step) -> None:
    """Set the state the step leads to; saved by the next `record`."""
    if step.to is not None:
        appeal.state = step.to


def words(text: str, field: str, limit: int = NOTE_LENGTH) -> str:
    """`text` without the blanks around it. Raises `BadInput` when it is empty or too long."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise BadInput(_("请填写内容。"), field=field)
    if len(text) > limit:
        raise BadInput(_("内容不能超过%(limit)s字。") % {"limit": limit}, field=field)
    return text


def choice(value: str, choices: type[models.TextChoices], field: str) -> str:
    if value not in choices.values:
        raise BadInput(_("请从列表中选择。"), field=field)
    return value


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def case_url(appeal: Appeal) -> str:
    """Address of the case with its query code: what a message may carry to the citizen's own telephone."""
    path = reverse("appeals:case", args=[appeal.number])
    return f"{settings.PUBLIC_URL}{path}?code={query_code(appeal.number)}"


def rating_url(appeal: Appeal) -> str:
    path = reverse("appeals:rate", args=[appeal.number, rating_token(appeal.pk, appeal.cycle)])
    return f"{settings.PUBLIC_URL}{path}"


def tell_citizen(appeal: Appeal, template: str, **fields: str) -> None:
    """A message to who raised the case, once per event."""
    payload = {"number": appeal.number, "url": case_url(appeal), **fields}
    notices.send(appeal.person, template, payload, f"{template}-{appeal.pk}-{appeal.events_written}")


def tell_staff(appeal: Appeal, people: Iterable[Person], template: str, key: str = "", **fields: str) -> None:
    mark = key or str(appeal.events_written)
    for person in people:
        payload = {"number": appeal.number, **fields}
        notices.send(person, template, payload, f"{template}-{appeal.pk}-{mark}-{person.pk}")


def unit_people(unit: Unit | None) -> list[Person]:
    """Officers and heads of `unit`."""
    if unit is None:
        return []
    kinds = [RoleKind.OFFICER, RoleKind.UNIT_HEAD]
    ids = Role.objects.filter(unit=unit, kind__in=kinds).values("person")
    return list(Person.objects.filter(pk__in=ids, is_active=True))


def holders(kind: str) -> list[Person]:
    return list(Person.objects.filter(pk__in=Role.objects.filter(kind=kind).values("person"), is_active=True))
