"""Pauses and extensions: the unit asks, the supervisor decides; both dates stay visible."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions import clocks
from portal.appeals.actions.change import (
    Payload,
    begin,
    choice,
    enter,
    iso,
    moment,
    record,
    tell_citizen,
    words,
)
from portal.appeals.models import Appeal, UnitRequest
from portal.appeals.queries.time import local_day
from portal.appeals.vocabulary import Audience, EventKind, RequestKind, SuspendReason
from portal.lib.errors import BadInput, Conflict, NotFound
from portal.people.models import Person


def open_request(appeal: Appeal, kind: str) -> UnitRequest | None:
    return UnitRequest.objects.filter(appeal=appeal, kind=kind, decided_at=None).first()


def drop_requests(appeal: Appeal, at: datetime) -> None:
    """A case that is settled asks for nothing any more."""
    UnitRequest.objects.filter(appeal=appeal, decided_at=None).update(decided_at=at, granted=False)


def _ask(
    appeal: Appeal, kind: str, actor: Person, at: datetime, reason: str, note: str, days: int = 0
) -> None:
    if open_request(appeal, kind) is not None:
        raise Conflict(_("已有一个申请等待审批。"))
    UnitRequest.objects.create(
        appeal=appeal,
        cycle=appeal.cycle,
        kind=kind,
        reason=reason,
        note=note,
        days=days,
        asked_by=actor,
        asked_at=at,
    )
    record(
        appeal,
        EventKind.ASKED,
        actor,
        at,
        unit=appeal.lead_unit,
        payload={"kind": kind, "days": days, "code": reason if kind == RequestKind.SUSPEND else ""},
        reason=note or reason,
        audience=Audience.INTERNAL,
    )


@transaction.atomic
def ask_suspend(
    actor: Person, appeal_id: int, reason: str, note: str = "", at: datetime | None = None
) -> None:
    """Unit: stop the clocks while we wait; `reason` from the closed list, never for a class that may not
    pause.
    """
    appeal, _step = begin("ask_suspend", appeal_id, actor)
    code = choice(reason, SuspendReason, "reason")
    _check_may_suspend(appeal)
    _ask(appeal, RequestKind.SUSPEND, actor, moment(at), code, note.strip()[:500])


def _check_may_suspend(appeal: Appeal) -> None:
    if not appeal.urgency.may_suspend:
        raise Conflict(_("“%(urgency)s”类诉求不允许挂起。") % {"urgency": appeal.urgency})


@transaction.atomic
def ask_extend(actor: Person, appeal_id: int, days: int, reason: str, at: datetime | None = None) -> None:
    """Unit: `days` more working days; asked before the clock has run out."""
    appeal, _step = begin("ask_extend", appeal_id, actor)
    now, most = moment(at), appeal.urgency.longest_extension
    if not 1 <= days <= most:
        raise BadInput(_("延期天数须在1到%(most)s个工作日之间。") % {"most": most}, field="days")
    if appeal.due_on is None or local_day(now) > appeal.due_on:
        raise Conflict(_("已超过办理期限，不能再申请延期。"))
    _ask(appeal, RequestKind.EXTEND, actor, now, words(reason, "reason", 200), "", days)


def _decide(appeal: Appeal, kind: str, actor: Person, at: datetime, granted: bool) -> UnitRequest:
    request = open_request(appeal, kind)
    if request is None:
        raise NotFound(_("没有等待审批的申请。"))
    request.decided_by, request.decided_at, request.granted = actor, at, granted
    request.save()
    return request


@transaction.atomic
def suspend(actor: Person, appeal_id: int, at: datetime | None = None) -> None:
    """Supervisor: grant the pause the unit asked for. Both clocks stand still from now."""
    appeal, step = begin("suspend", appeal_id, actor)
    now = moment(at)
    _check_may_suspend(appeal)
    request = _decide(appeal, RequestKind.SUSPEND, actor, now, True)
    clocks.pause(appeal, now, request.reason, actor)
    enter(appeal, step)
    label = str(SuspendReason(request.reason).label)
    record(
        appeal,
        EventKind.SUSPENDED,
        actor,
        now,
        unit=appeal.lead_unit,
        payload={"code": request.reason},
        reason=label,
    )
    tell_citizen(appeal, "suspended", reason=label)


@transaction.atomic
def resume(actor: Person, appeal_id: int, at: datetime | None = None) -> None:
    """Unit or supervisor: go on. The paused days are given back, the start stays."""
    appeal, step = begin("resume", appeal_id, actor)
    now = moment(at)
    clocks.end_pause(appeal, now)
    enter(appeal, step)
    record(
        appeal,
        EventKind.RESUMED,
        actor,
        now,
        unit=appeal.lead_unit,
        payload={"due": str(appeal.due_on or "")},
    )


@transaction.atomic
def extend(actor: Person, appeal_id: int, at: datetime | None = None) -> None:
    """Supervisor: grant the days the unit asked for, and tell the citizen both dates."""
    appeal, _step = begin("extend", appeal_id, actor)
    now, before = moment(at), appeal.due_on
    request = _decide(appeal, RequestKind.EXTEND, actor, now, True)
    clocks.add_days(appeal, request.days)
    payload: Payload = {
        "days": request.days,
        "due_before": str(before or ""),
        "due": str(appeal.due_on or ""),
    }
    record(
        appeal,
        EventKind.EXTENDED,
        actor,
        now,
        unit=appeal.lead_unit,
        payload=payload,
        reason=request.reason,
    )
    tell_citizen(appeal, "extended", before=iso(before), due=iso(appeal.due_on))


@transaction.atomic
def decline(actor: Person, appeal_id: int, kind: str, reason: str, at: datetime | None = None) -> None:
    """Supervisor: no to the open request of `kind`, with a reason."""
    appeal, _step = begin("decline", appeal_id, actor)
    now, reason = moment(at), words(reason, "reason")
    request = _decide(appeal, choice(kind, RequestKind, "kind"), actor, now, False)
    record(
        appeal,
        EventKind.DECLINED,
        actor,
        now,
        unit=appeal.lead_unit,
        payload={"kind": request.kind},
        reason=reason,
        audience=Audience.INTERNAL,
    )
