"""Promises: made in an answer (mostly on air), kept by a unit, and seen to be kept."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions.change import Payload, begin, locked, moment, record, words
from portal.appeals.models import Promise, Reply
from portal.appeals.queries.promises import may_keep
from portal.appeals.vocabulary import EventKind
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.people.models import Person, Unit


@transaction.atomic
def promise(
    actor: Person,
    appeal_id: int,
    text: str,
    unit_id: int,
    due_on: date,
    reply_id: int | None = None,
    at_ms: int | None = None,
    at: datetime | None = None,
    recording: str = "",
) -> int:
    """What was promised, by which unit and until when; the promise's id. `at_ms`: when in the reply's
    recording, or in `recording` while the answer is still being given.
    """
    appeal, _step = begin("promise", appeal_id, actor)
    now, unit = moment(at), Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise BadInput(_("请选择承办单位。"), field="unit")
    spoken = Reply.objects.filter(appeal=appeal, pk=reply_id).first() if reply_id else None
    said = words(text, "text")
    # The button pressed twice.
    same = appeal.promises.filter(text=said, unit=unit, due_on=due_on, at_ms=at_ms, kept_at=None).first()
    if same is not None:
        return same.pk
    row = Promise.objects.create(
        appeal=appeal,
        reply=spoken,
        text=said,
        unit=unit,
        due_on=due_on,
        recording=spoken.recording if spoken else recording,
        at_ms=at_ms,
        made_at=now,
    )
    payload: Payload = {"promise": row.pk, "due": due_on.isoformat()}
    record(appeal, EventKind.PROMISED, actor, now, unit=unit, payload=payload, reason=row.text)
    return row.pk


@transaction.atomic
def correct_promise(actor: Person, promise_id: int, text: str, unit_id: int, due_on: date) -> None:
    """What was noted in a hurry is put right; the story shows both. A kept promise stays as it is.

    Raises `NotFound`, `NotAllowed`, `BadInput`, `Conflict`.
    """
    found = Promise.objects.filter(pk=promise_id).first()
    if found is None:
        raise NotFound(_("没有找到这个承诺。"))
    appeal, _step = begin("promise", found.appeal_id, actor)
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise BadInput(_("请选择承办单位。"), field="unit")
    said = words(text, "text")
    if not Promise.objects.filter(pk=promise_id, kept_at=None).update(text=said, unit=unit, due_on=due_on):
        raise Conflict(_("这个承诺已经登记为兑现。"))
    payload: Payload = {"promise": promise_id, "due": due_on.isoformat(), "corrected": True}
    record(appeal, EventKind.PROMISED, actor, moment(None), unit=unit, payload=payload, reason=said)


@transaction.atomic
def keep_promise(actor: Person, promise_id: int, note: str, at: datetime | None = None) -> None:
    """Supervisor or the unit that promised: it is done, and `note` says how; everybody may read it.

    Raises `NotFound`, `NotAllowed`, `BadInput` without a note, `Conflict` when it was kept already.
    """
    found = Promise.objects.select_related("unit").filter(pk=promise_id).first()
    if found is None:
        raise NotFound(_("没有找到这个承诺。"))
    if not may_keep(actor, found):
        raise NotAllowed(_("承诺由责任单位或督办员登记兑现。"))
    appeal, now, note = locked(found.appeal_id), moment(at), words(note, "note", 300)
    if not Promise.objects.filter(pk=promise_id, kept_at=None).update(kept_at=now):
        raise Conflict(_("这个承诺已经登记为兑现。"))
    record(appeal, EventKind.KEPT, actor, now, unit=found.unit, payload={"promise": promise_id}, reason=note)
