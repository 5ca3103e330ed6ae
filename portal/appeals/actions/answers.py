"""Answers: drafted by the unit and approved by its head, spoken on air, or written from the console; and
promises.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions.change import (
    TEXT_LENGTH,
    begin,
    enter,
    moment,
    rating_url,
    record,
    tell_citizen,
    words,
)
from portal.appeals.actions.settling import pass_on, settle
from portal.appeals.models import Appeal, Reply
from portal.appeals.queries.stories import newest_draft
from portal.appeals.sealing import redacted
from portal.appeals.states import STEPS
from portal.appeals.vocabulary import AssignmentRole, Audience, EventKind, ReplyKind
from portal.lib.errors import BadInput, Conflict, NotFound
from portal.people.models import Person, Unit
from portal.people.queries import units_of

REPLY_LENGTH = 5000


@transaction.atomic
def reply(actor: Person, appeal_id: int, text: str, at: datetime | None = None) -> int:
    """Unit: draft the written answer; the reply's id. The citizen sees it when the unit's head approves."""
    appeal, _step = begin("reply", appeal_id, actor)
    now = moment(at)
    draft = Reply.objects.create(
        appeal=appeal,
        cycle=appeal.cycle,
        kind=ReplyKind.WRITTEN,
        text=words(text, "text", REPLY_LENGTH),
        unit=appeal.lead_unit,
        author=actor,
        created_at=now,
        final=True,
    )
    record(
        appeal,
        EventKind.DRAFTED,
        actor,
        now,
        unit=appeal.lead_unit,
        payload={"reply": draft.pk},
        audience=Audience.INTERNAL,
    )
    return draft.pk


def _draft_to_send(appeal: Appeal, reply_id: int | None) -> Reply:
    draft = newest_draft(appeal)
    if draft is None:
        raise NotFound(_("还没有拟定的答复。"))
    if reply_id not in (None, draft.pk):
        raise Conflict(_("刚刚有了更新的草稿，请看过再审核。"))
    return draft


@transaction.atomic
def approve_reply(
    actor: Person, appeal_id: int, reply_id: int | None = None, at: datetime | None = None
) -> int:
    """Unit head: send the newest draft of this cycle; the reply's id. The verdict is frozen now.

    `reply_id` is the draft that was read: `Conflict` when an officer has written a newer one since.
    """
    appeal, step = begin("approve_reply", appeal_id, actor)
    now, draft = moment(at), _draft_to_send(appeal, reply_id)
    draft.approved_by, draft.approved_at = actor, now
    draft.save()
    settle(appeal, now)
    enter(appeal, step)
    record(appeal, EventKind.REPLIED, actor, now, unit=appeal.lead_unit, payload={"reply": draft.pk})
    tell_citizen(appeal, "replied", url=rating_url(appeal))
    pass_on(appeal, actor, now)
    return draft.pk


@transaction.atomic
def assist(actor: Person, appeal_id: int, text: str, at: datetime | None = None) -> int:
    """Assisting unit: an opinion for the lead unit; the citizen does not see it."""
    appeal, _step = begin("assist", appeal_id, actor)
    now = moment(at)
    # Of several units of one person the one that assists here.
    asked = appeal.assignments.filter(cycle=appeal.cycle, role=AssignmentRole.ASSIST).values("unit")
    unit = Unit.objects.filter(pk__in=units_of(actor)).filter(pk__in=asked).first()
    opinion = Reply.objects.create(
        appeal=appeal,
        cycle=appeal.cycle,
        kind=ReplyKind.OPINION,
        text=words(text, "text", REPLY_LENGTH),
        unit=unit,
        author=actor,
        created_at=now,
    )
    payload = {"reply": opinion.pk}
    record(appeal, EventKind.JOINT, actor, now, unit=unit, payload=payload, audience=Audience.INTERNAL)
    return opinion.pk


def _answer_from_stage(appeal: Appeal, answer: Reply, actor: Person, at: datetime) -> None:
    """Write what the broadcast answered; a final answer settles a case that is still open."""
    kind = EventKind.AIRED if answer.kind == ReplyKind.SPOKEN else EventKind.REPLIED
    settles = answer.final and appeal.state in STEPS["final_reply"].sources
    if settles:
        settle(appeal, at)
        enter(appeal, STEPS["final_reply"])
    record(appeal, kind, actor, at, payload={"reply": answer.pk, "final": answer.final})
    tell_citizen(appeal, "replied" if settles else "aired", url=rating_url(appeal))
    if settles:
        pass_on(appeal, actor, at)


@transaction.atomic
def record_spoken_reply(
    actor: Person,
    appeal_id: int,
    session_id: int | str,
    begin_ms: int,
    end_ms: int,
    passage: str,
    final: bool = False,
    at: datetime | None = None,
) -> int:
    """An answer given on air, as a reference to recording time in ms; the reply's id.

    The same begin in the same recording again corrects end and passage and gives the same id. Alone it closes
    nothing; `final` settles a case that is still open. Raises `BadInput` for an interval that is none.
    """
    appeal, _step = begin("spoken_reply", appeal_id, actor)
    if not 0 <= begin_ms < end_ms:
        raise BadInput(_("答复的起止时间不正确。"), field="end_ms")
    now = moment(at)
    spoken = Reply.objects.filter(
        appeal=appeal, kind=ReplyKind.SPOKEN, recording=str(session_id), begin_ms=begin_ms
    ).first()
    if spoken is not None:
        spoken.end_ms, spoken.passage = end_ms, passage
        spoken.save(update_fields=["end_ms", "passage"])
        payload = {"reply": spoken.pk, "end_ms": end_ms}
        record(appeal, EventKind.EDITED, actor, now, payload=payload, audience=Audience.INTERNAL)
        return spoken.pk
    spoken = Reply.objects.create(
        appeal=appeal,
        cycle=appeal.cycle,
        kind=ReplyKind.SPOKEN,
        author=actor,
        created_at=now,
        approved_by=actor,
        approved_at=now,
        final=final,
        recording=str(session_id),
        begin_ms=begin_ms,
        end_ms=end_ms,
        passage=passage,
    )
    _answer_from_stage(appeal, spoken, actor, now)
    return spoken.pk


@transaction.atomic
def record_written_answer(
    actor: Person, appeal_id: int, text: str, final: bool, at: datetime | None = None
) -> int:
    """An answer that the broadcast gives in writing; the reply's id. `final` settles a case that is still
    open.
    """
    appeal, _step = begin("spoken_reply", appeal_id, actor)
    now, text = moment(at), words(text, "text", REPLY_LENGTH)
    # A case merged into another one may have got these words from there a moment ago.
    known = appeal.replies.filter(
        cycle=appeal.cycle, kind=ReplyKind.WRITTEN, text=text, approved_at__isnull=False
    ).first()
    if known is not None:
        return known.pk
    answer = Reply.objects.create(
        appeal=appeal,
        cycle=appeal.cycle,
        kind=ReplyKind.WRITTEN,
        text=text,
        author=actor,
        created_at=now,
        approved_by=actor,
        approved_at=now,
        final=final,
    )
    _answer_from_stage(appeal, answer, actor, now)
    return answer.pk


@transaction.atomic
def set_text(actor: Person, appeal_id: int, text: str, at: datetime | None = None) -> None:
    """The confirmed words of a spoken question, once: a text that is there is immutable (`Conflict`)."""
    appeal, _step = begin("set_text", appeal_id, actor)
    text = words(text, "text", TEXT_LENGTH)
    if appeal.original_text == text:
        return
    if appeal.original_text:
        raise Conflict(_("诉求原文已确认，不能修改。"))
    appeal.original_text, appeal.public_text = text, redacted(text)
    record(appeal, EventKind.EDITED, actor, moment(at), payload={"field": "text"}, audience=Audience.CITIZEN)


@transaction.atomic
def redact(actor: Person, appeal_id: int, text: str, at: datetime | None = None) -> None:
    """Clerk or moderator: the copy the public reads. The original stays."""
    appeal, _step = begin("redact", appeal_id, actor)
    appeal.public_text = words(text, "text", TEXT_LENGTH)
    record(appeal, EventKind.REDACTED, actor, moment(at), audience=Audience.INTERNAL)
