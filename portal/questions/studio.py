"""What the leader has before the eyes in the studio: tonight's agenda, and what is known of the matter on air."""

from collections import Counter
from datetime import date

from django.db.models import Q
from django.utils import timezone

from portal.appeals.models import Appeal, Promise, Reply
from portal.appeals.queries import stored_calendar
from portal.appeals.vocabulary import ReplyKind
from portal.live.models import Invitation, LiveSession
from portal.live.states import SessionState
from portal.people.models import Unit
from portal.questions.models import Question
from portal.questions.queries import Row, name_of, number_of, public_text
from portal.questions.similar import likeness, pairs
from portal.questions.states import WallState

LAST_BROADCASTS = 8
AGENDA_LENGTH = 30
EARLIER_LENGTH = 4
LOOKED_THROUGH = 400
# Lower than for a citizen who is typing: the leader reads a hint, and nobody is kept from asking.
ALIKE = 0.25
PROMISE_WORKING_DAYS = 7


def usual_due_on() -> date:
    """A week of working days from today: what a promise without a date is noted with."""
    return stored_calendar().add(timezone.localdate(), PROMISE_WORKING_DAYS)


def due_choices() -> list[Row]:
    """Dates for one tap: {"days": working days from today, "due_on": ISO date}."""
    calendar, today = stored_calendar(), timezone.localdate()
    return [{"days": days, "due_on": calendar.add(today, days).isoformat()} for days in (3, 7, 15, 30)]


def unit_choices() -> list[Row]:
    return [{"id": unit.pk, "name": str(unit)} for unit in Unit.objects.order_by("kind", "code")[:120]]


def _promise_row(promise: Promise, today: date) -> Row:
    question: Question | None = getattr(promise.appeal, "question", None)
    session = question.session if question is not None else None
    return {
        "id": promise.pk,
        "text": promise.text,
        "unit": str(promise.unit),
        "due_on": promise.due_on.isoformat(),
        "late": promise.due_on < today,
        "number": promise.appeal.number,
        "village": promise.appeal.village,
        "made_on": timezone.localtime(promise.made_at).date().isoformat(),
        "replay": f"/live/{session.pk}/replay/#q{question.pk}" if session and question else "",
    }


def agenda(session: LiveSession) -> list[Row]:
    """Open promises about the questions of the last broadcasts, the nearest due first: what the county is
    waiting to hear of tonight."""
    ended = LiveSession.objects.filter(state=SessionState.ENDED, rehearsal_of=None).exclude(pk=session.pk)
    last = list(ended.order_by("-starts_at").values_list("pk", flat=True)[:LAST_BROADCASTS])
    there = Q(appeal__question__session__in=last) | Q(recording__in=[str(pk) for pk in last])
    rows = Promise.objects.filter(there, kept_at=None).select_related("unit", "appeal__question__session")
    today = timezone.localdate()
    return [_promise_row(row, today) for row in rows.order_by("due_on", "pk")[:AGENDA_LENGTH]]


def _alike(question: Question) -> list[Question]:
    """Answered questions of other evenings or of this one about the same matter, the likest first."""
    wanted = pairs(question.text)
    answered = Question.objects.select_related("appeal__lead_unit", "session__host")
    answered = answered.filter(wall_state=WallState.ANSWERED, session__rehearsal_of=None)
    rows = answered.exclude(pk=question.pk).order_by("-asked_at")[:LOOKED_THROUGH]
    scored = [(likeness(wanted, pairs(row.text)), row) for row in rows]
    found = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return [row for _score, row in found[:EARLIER_LENGTH]]


def _spoken_words(question: Question) -> str:
    spoken = Reply.objects.filter(appeal_id=question.appeal_id or 0, kind=ReplyKind.SPOKEN).order_by("-pk")
    return spoken.values_list("passage", flat=True).first() or ""


def _reply_row(question: Question) -> Row:
    spoken = question.answer_begin_ms is not None
    return {
        "id": question.pk,
        "number": number_of(question),
        "text": public_text(question),
        "village": question.village,
        "words": question.written_answer or (_spoken_words(question) if spoken else ""),
        "host": str(question.session.host),
        "answered_on": timezone.localtime(question.answered_at or question.asked_at).date().isoformat(),
        "replay": f"/live/{question.session_id}/replay/#q{question.pk}" if spoken else "",
    }


def _case_replies(question: Question) -> list[Row]:
    """What this very case was answered before: a citizen who comes again."""
    # Drafts and the opinions of assisting units were never given to anybody.
    replies = Reply.objects.filter(appeal_id=question.appeal_id or 0, approved_at__isnull=False)
    given = list(replies.exclude(text="", passage="").select_related("unit", "author"))
    return [
        {
            "id": reply.pk,
            "words": reply.text or reply.passage,
            "host": str(reply.unit or reply.author),
            "answered_on": timezone.localtime(reply.created_at).date().isoformat(),
        }
        for reply in given[-2:]
    ]


def suggested_unit(session: LiveSession, question: Question, alike: list[Question]) -> Unit | None:
    """Who will have promised, most likely: who handles the case, the co-host on air, who handled the like."""
    if question.appeal is not None and question.appeal.lead_unit is not None:
        return question.appeal.lead_unit
    seat = Invitation.objects.select_related("unit").filter(session=session, on_air=True).first()
    if seat is not None:
        return seat.unit
    units = Counter(row.appeal.lead_unit for row in alike if row.appeal is not None and row.appeal.lead_unit)
    return units.most_common(1)[0][0] if units else None


def matter(session: LiveSession, question: Question) -> Row:
    """Who asks and from where, what was answered before on the matter, and what is still owed on it.

    {"asker": {"name", "village", "cases", "village_cases": earlier ones}, "earlier": [this case's own replies],
    "replies": [answers to questions like it], "promises": [open ones of those cases], "unit": {"id", "name"} or
    None: whom a promise is noted for}
    """
    alike = _alike(question)
    cases = [row.appeal_id for row in (question, *alike) if row.appeal_id is not None]
    owed = Promise.objects.filter(appeal__in=cases, kept_at=None)
    owed = owed.select_related("unit", "appeal__question__session").order_by("due_on", "pk")
    unit, today = suggested_unit(session, question, alike), timezone.localdate()
    return {
        "question": question.pk,
        "asker": _asker(question),
        "earlier": _case_replies(question),
        "replies": [_reply_row(row) for row in alike],
        "promises": [_promise_row(row, today) for row in owed],
        "unit": {"id": unit.pk, "name": str(unit)} if unit is not None else None,
    }


def _asker(question: Question) -> Row:
    own = Appeal.objects.filter(person_id=question.person_id) if question.person_id else Appeal.objects.none()
    near = Appeal.objects.filter(village=question.village) if question.village else Appeal.objects.none()
    mine = own.exclude(pk=question.appeal_id or 0).count()
    return {
        "name": name_of(question),
        "village": question.village,
        "cases": mine,
        "village_cases": near.exclude(pk=question.appeal_id or 0).count(),
    }
