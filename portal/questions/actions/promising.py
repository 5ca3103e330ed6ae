"""A promise made on air, noted with one tap while the answer is still being given."""

import logging
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appeals.actions import correct_promise, promise
from portal.appeals.models import Promise, Reply
from portal.appeals.vocabulary import ReplyKind
from portal.lib.errors import BadInput, Conflict, NotFound
from portal.live.queries import may_run
from portal.people.models import Person, Unit
from portal.questions.actions.cases import case_of
from portal.questions.actions.changes import changing
from portal.questions.models import Question
from portal.questions.queries import public_text
from portal.questions.studio import suggested_unit, usual_due_on

TEXT_LENGTH = 500

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Noted:
    """A promise as it stands in the case; `at_ms` is recording time."""

    promise_id: int
    question_id: int
    text: str
    unit_id: int
    unit: str
    due_on: date
    at_ms: int | None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the leader said of the promise; what is left out is filled in."""

    text: str = ""
    unit_id: int | None = None
    due_on: date | None = None


def _check_due(due_on: date | None) -> date:
    found = due_on or usual_due_on()
    if found < timezone.localdate():
        raise BadInput(_("期限不能早于今天。"), field="due_on")
    return found


def _unit(question: Question, unit_id: int | None) -> Unit:
    if unit_id is None:
        found = suggested_unit(question.session, question, [])
    else:
        found = Unit.objects.filter(pk=unit_id).first()
    if found is None:
        raise BadInput(_("请选择责任单位。"), field="unit")
    return found


def note_promise_at(
    actor: Person, question_id: int, at_ms: int | None, wish: Wish, spoken: str = ""
) -> Noted:
    """Write the promise down at recording millisecond `at_ms` (None: nothing is recorded). Without words of
    its own it gets `spoken`, what was said just now, or else the question it belongs to.

    For the host and the moderators. Raises `NotAllowed`, `NotFound`, `BadInput` with its field, `Conflict` in
    a rehearsal and for a raised hand that was never on stage.
    """
    due_on = _check_due(wish.due_on)
    with changing(actor, question_id, may_run) as change:
        question = change.question
        if change.session.is_rehearsal:
            raise Conflict(_("现在是排练，承诺没有登记。正式直播时点这里就会记入诉求。"))
        appeal_id, unit = case_of(question), _unit(question, wish.unit_id)
        text = (wish.text.strip() or spoken.strip() or public_text(question) or _("口头承诺"))[:TEXT_LENGTH]
        answer = Reply.objects.filter(appeal_id=appeal_id, kind=ReplyKind.SPOKEN).order_by("-pk").first()
        made = promise(
            actor,
            appeal_id,
            text,
            unit.pk,
            due_on,
            reply_id=answer.pk if answer is not None else None,
            at_ms=at_ms,
            at=change.at,
            recording=str(change.session.pk) if at_ms is not None else "",
        )
    log.info("promise %s on question %s by person %s", made, question_id, actor.pk)
    return Noted(made, question_id, text, unit.pk, str(unit), due_on, at_ms)


def correct_promise_of(actor: Person, question_id: int, promise_id: int, wish: Wish) -> Noted:
    """Another unit, date or wording for a promise noted on this question; what is left out stays.

    Raises as `note_promise_at` does, `NotFound` for a promise of another question.
    """
    with changing(actor, question_id, may_run) as change:
        found = Promise.objects.select_related("unit").filter(
            pk=promise_id, appeal_id=case_of(change.question)
        )
        row = found.first()
        if row is None:
            raise NotFound(_("没有找到这个承诺。"))
        unit = _unit(change.question, wish.unit_id or row.unit_id)
        due_on, text = _check_due(wish.due_on or row.due_on), (wish.text.strip() or row.text)[:TEXT_LENGTH]
        correct_promise(actor, promise_id, text, unit.pk, due_on)
    return Noted(promise_id, question_id, text, unit.pk, str(unit), due_on, row.at_ms)
