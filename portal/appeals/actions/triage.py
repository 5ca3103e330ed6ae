"""The clerk's steps and the unit's answer to an order: accept, refuse, dispatch, sign, return, joint
handling.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions import clocks
from portal.appeals.actions.change import (
    begin,
    choice,
    enter,
    iso,
    moment,
    record,
    tell_citizen,
    tell_staff,
    unit_people,
    words,
)
from portal.appeals.models import Appeal, Assignment, UrgencyClass
from portal.appeals.queries.time import local_day, stored_calendar
from portal.appeals.states import State
from portal.appeals.vocabulary import (
    AssignmentRole,
    Audience,
    CaseType,
    ClockKind,
    EventKind,
    RefuseReason,
)
from portal.lib.errors import BadInput, Conflict
from portal.notices.vocabulary import day_words
from portal.people.models import Person, Unit

MATTER_LENGTH = 80


def _urgency(code: str) -> UrgencyClass:
    found = UrgencyClass.objects.filter(code=code).first()
    if found is None:
        raise BadInput(_("请选择紧急程度。"), field="urgency")
    return found


def _unit(unit_id: int) -> Unit:
    found = Unit.objects.filter(pk=unit_id).first()
    if found is None:
        raise BadInput(_("请选择承办单位。"), field="unit")
    return found


def set_urgency(appeal: Appeal, urgency: UrgencyClass) -> None:
    if appeal.state == State.SUSPENDED and not urgency.may_suspend:
        raise Conflict(_("该紧急程度不允许挂起，请先恢复办理。"))
    appeal.urgency = urgency
    clocks.set_limit(appeal, urgency.settle_days)


@transaction.atomic
def accept(
    actor: Person, appeal_id: int, case_type: str, matter: str, urgency: str, at: datetime | None = None
) -> None:
    """Clerk: the case is ours. `urgency` is the code of an `UrgencyClass`; the clock's start stays."""
    appeal, step = begin("accept", appeal_id, actor)
    now = moment(at)
    appeal.case_type = choice(case_type, CaseType, "case_type")
    appeal.matter = words(matter, "matter", MATTER_LENGTH)
    chosen = _urgency(urgency)
    clocks.stop(appeal, now, ClockKind.ACCEPT)
    set_urgency(appeal, chosen)
    enter(appeal, step)
    payload = {"case_type": case_type, "matter": appeal.matter, "urgency": chosen.code}
    record(appeal, EventKind.ACCEPTED, actor, now, payload=payload)
    tell_citizen(appeal, "accepted", due=iso(appeal.due_on))


@transaction.atomic
def refuse(actor: Person, appeal_id: int, reason: str, instead: str, at: datetime | None = None) -> None:
    """Clerk: not ours, with a reason from the list and where to turn instead. The clocks are void."""
    appeal, step = begin("refuse", appeal_id, actor)
    now = moment(at)
    appeal.refuse_reason = choice(reason, RefuseReason, "reason")
    appeal.refuse_instead = words(instead, "instead", 200)
    clocks.stop(appeal, now, void=True)
    enter(appeal, step)
    appeal.closed_at = now
    label = str(RefuseReason(reason).label)
    record(
        appeal,
        EventKind.NOT_ACCEPTED,
        actor,
        now,
        payload={"code": reason, "instead": appeal.refuse_instead},
        reason=label,
        audience=Audience.CITIZEN,
    )
    tell_citizen(appeal, "not_accepted", reason=label, instead=appeal.refuse_instead)


@transaction.atomic
def dispatch(actor: Person, appeal_id: int, unit_id: int, at: datetime | None = None) -> None:
    """Clerk: name the first-responsible unit. Its clock starts; the citizen's runs on."""
    appeal, step = begin("dispatch", appeal_id, actor)
    now, unit = moment(at), _unit(unit_id)
    before = appeal.lead_unit
    clocks.stop(appeal, now, ClockKind.UNIT, void=True)
    enter(appeal, step)
    appeal.lead_unit = unit
    Assignment.objects.create(
        appeal=appeal, cycle=appeal.cycle, unit=unit, assigned_by=actor, assigned_at=now
    )
    clocks.start_clock(appeal, ClockKind.UNIT, now, appeal.urgency.settle_days)
    moved = before is not None and before != unit
    record(
        appeal,
        EventKind.TRANSFERRED if moved else EventKind.ASSIGNED,
        actor,
        now,
        unit=unit,
        payload={"before": before.code} if before is not None and moved else {},
    )
    tell_staff(appeal, unit_people(unit), "order")


def _order(appeal: Appeal) -> Assignment | None:
    orders = Assignment.objects.filter(
        appeal=appeal, unit=appeal.lead_unit, role=AssignmentRole.LEAD, returned_at=None
    )
    return orders.order_by("-assigned_at", "-pk").first()


@transaction.atomic
def sign(actor: Person, appeal_id: int, at: datetime | None = None) -> None:
    """Unit: we take it. After a reopening the same unit takes it up again."""
    appeal, step = begin("sign", appeal_id, actor)
    now = moment(at)
    order = _order(appeal)
    if order is None or order.cycle != appeal.cycle:
        order = Assignment(
            appeal=appeal, cycle=appeal.cycle, unit=_unit(appeal.lead_unit_id or 0), assigned_at=now
        )
        order.assigned_by = actor
    order.signed_by, order.signed_at = actor, now
    order.save()
    enter(appeal, step)
    record(appeal, EventKind.SIGNED, actor, now, unit=appeal.lead_unit)


@transaction.atomic
def return_(actor: Person, appeal_id: int, reason: str, at: datetime | None = None) -> None:
    """Unit: not ours, in writing and within the return limit. The citizen's clock runs on."""
    appeal, step = begin("return", appeal_id, actor)
    now, reason = moment(at), words(reason, "reason")
    order, unit = _order(appeal), appeal.lead_unit
    if order is not None:
        last = stored_calendar().add(local_day(order.assigned_at), appeal.urgency.return_days)
        if local_day(now) > last:
            raise Conflict(_("已过退回期限（%(last)s），不能退回。") % {"last": day_words(last)})
        order.returned_at, order.return_reason = now, reason
        order.save()
    clocks.stop(appeal, now, ClockKind.UNIT, void=True)
    enter(appeal, step)
    appeal.lead_unit = None
    record(appeal, EventKind.RETURNED, actor, now, unit=unit, reason=reason, audience=Audience.INTERNAL)


@transaction.atomic
def hold_jointly(
    actor: Person, appeal_id: int, unit_ids: Sequence[int], minutes: str, at: datetime | None = None
) -> None:
    """Joint handling: assisting units beside the lead unit, decided at a meeting whose minutes are kept. No
    clock stops.
    """
    appeal, _step = begin("joint", appeal_id, actor)
    now, minutes = moment(at), words(minutes, "minutes", 2000)
    units = [_unit(unit_id) for unit_id in dict.fromkeys(unit_ids) if unit_id != appeal.lead_unit_id]
    if not units:
        raise BadInput(_("请选择至少一个协办单位。"), field="units")
    appeal.joint = True
    for unit in units:
        Assignment.objects.get_or_create(
            appeal=appeal,
            cycle=appeal.cycle,
            unit=unit,
            role=AssignmentRole.ASSIST,
            defaults={"assigned_by": actor, "assigned_at": now},
        )
    payload = {"assisting": ",".join(unit.code for unit in units)}
    record(
        appeal,
        EventKind.JOINT,
        actor,
        now,
        unit=appeal.lead_unit,
        payload=payload,
        reason=minutes,
        audience=Audience.INTERNAL,
    )
    for unit in units:
        tell_staff(appeal, unit_people(unit), "order")


@transaction.atomic
def change_urgency(
    actor: Person, appeal_id: int, urgency: str, reason: str = "", at: datetime | None = None
) -> None:
    """Another class: the limits change, start and pauses stay."""
    appeal, _step = begin("change_urgency", appeal_id, actor)
    now, chosen, before = moment(at), _urgency(urgency), appeal.due_on
    payload = {"from": appeal.urgency.code, "to": chosen.code, "due_before": str(before or "")}
    set_urgency(appeal, chosen)
    record(
        appeal,
        EventKind.DUE_CHANGED,
        actor,
        now,
        payload={**payload, "due": str(appeal.due_on or "")},
        reason=reason.strip()[:500],
    )
