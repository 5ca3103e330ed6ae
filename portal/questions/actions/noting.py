"""What the crew notes on a question's case while it is on: a promise, and the words the public reads."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appeals.actions import promise, redact
from portal.appeals.models import Reply
from portal.appeals.vocabulary import ReplyKind
from portal.lib.errors import BadInput
from portal.live.queries import may_run
from portal.people.models import Person
from portal.questions.actions.cases import case_of
from portal.questions.actions.changes import changing


def note_promise(actor: Person, question_id: int, text: str, unit_id: int, due_on: date) -> int:
    """What the host has just promised, by whom and until when, with its second in the recording.

    For the host and the moderators. Raises `NotAllowed`, `NotFound`, `BadInput`, `Conflict` (no case yet).
    """
    if due_on < timezone.localdate():
        raise BadInput(_("期限不能早于今天。"), field="due_on")
    with changing(actor, question_id, may_run) as change:
        appeal_id, began = case_of(change.question), change.session.went_live_at
        at_ms = round((change.at - began).total_seconds() * 1000) if began is not None else None
        spoken = Reply.objects.filter(appeal_id=appeal_id, kind=ReplyKind.SPOKEN).order_by("-pk").first()
        return promise(
            actor,
            appeal_id,
            text,
            unit_id,
            due_on,
            reply_id=spoken.pk if spoken is not None else None,
            at_ms=at_ms,
            at=change.at,
            recording=str(change.session.pk) if at_ms is not None else "",
        )


def set_public_text(actor: Person, question_id: int, text: str) -> None:
    """The words that wall, picture and case page show; what the citizen wrote stays beside them.

    For the moderators. Raises `NotAllowed`, `NotFound`, `BadInput`, `Conflict` (no case yet).
    """
    with changing(actor, question_id) as change:
        redact(actor, case_of(change.question), text, change.at)
        change.write()
