"""What the wall, the console, the stage and a citizen's own list show. Few statements, however many rows."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from portal.appeals.models import Clock, Reply
from portal.appeals.sealing import redacted
from portal.appeals.states import State
from portal.appeals.vocabulary import ClockKind, ReplyKind
from portal.live.models import LiveSession
from portal.live.queries import cohosts, session_of
from portal.live.states import ON_AIR
from portal.people.models import Person
from portal.questions.models import Question, Vote
from portal.questions.similar import likeness, pairs
from portal.questions.states import GUEST_STATES, PUBLIC, Kind, StageState, WallState

Row = dict[str, Any]
NOT_TAKEN_UP = frozenset({State.REGISTERED, State.NOT_ACCEPTED, State.WITHDRAWN})
WALL_LENGTH = 50
HANDS_LENGTH = 50
# Under this, two questions merely share common words.
ALIKE = 0.34
NEARNESS = Case(
    *[When(stage_state=state, then=Value(place)) for place, state in enumerate(GUEST_STATES)],
    default=Value(len(GUEST_STATES)),
    output_field=IntegerField(),
)
ON_AIR_FIRST = Case(
    When(stage_state=StageState.ON, then=Value(0)), default=Value(1), output_field=IntegerField()
)


def question_rows() -> QuerySet[Question]:
    """Questions with whoever asked them and their case."""
    return Question.objects.select_related("person", "appeal")


def number_of(question: Question) -> str:
    """The case number; empty while a spoken question has no case yet."""
    return question.appeal.number if question.appeal is not None else ""


def name_of(question: Question) -> str:
    return str(question.person) if question.person is not None else ""


def public_text(question: Question) -> str:
    """The words without telephone and identity numbers; what a clerk edited for the public goes before."""
    edited = question.appeal.public_text if question.appeal is not None else ""
    return edited or redacted(question.text)


def public_facts(question: Question) -> Row:
    """The fields of a public row, whether or not the question is on the wall."""
    return {
        "id": question.pk,
        "number": number_of(question),
        "text": public_text(question),
        "name": name_of(question),
        "village": question.village,
        "votes": question.votes,
        "kind": question.kind,
        "wall_state": question.wall_state,
        "stage_state": question.stage_state,
        "asked_at": timezone.localtime(question.asked_at).isoformat(),
        "answer_begin_ms": question.answer_begin_ms,
        "answer_end_ms": question.answer_end_ms,
        "written_answer": question.written_answer,
        "revision": question.revision,
    }


def public_row(question: Question) -> Row | None:
    """What everybody may see of `question`, JSON-able; None while it is not on the wall.

    A question on air is public whatever its wall state: everybody hears it.
    """
    on_air = question.stage_state == StageState.ON and question.wall_state != WallState.HIDDEN
    return public_facts(question) if question.wall_state in PUBLIC or on_air else None


def public_row_of(question_id: int) -> Row | None:
    return public_row(question_rows().get(pk=question_id))


def wall(session_id: int, limit: int = WALL_LENGTH) -> list[Row]:
    """The `limit` most voted public questions of a broadcast, most voted first, in any case with the one on
    air. One statement.
    """
    shown = question_rows().filter(session_id=session_id, wall_state__in=PUBLIC)
    chosen = shown.order_by(ON_AIR_FIRST, "-votes", "-asked_at", "-pk")[:limit]
    # The one on air was taken out of turn; it stands where its votes put it.
    rows = sorted(chosen, key=lambda question: (question.votes, question.asked_at, question.pk), reverse=True)
    return [public_facts(question) for question in rows]


def on_air(session_id: int) -> Row | None:
    """The question being answered, as a public row."""
    question = question_rows().filter(session_id=session_id, stage_state=StageState.ON).first()
    return public_row(question) if question is not None else None


def _place(question: Question) -> Row:
    return {
        "question": question.pk,
        "number": number_of(question),
        "person": question.person_id,
        "name": name_of(question),
        "village": question.village,
        "state": question.stage_state,
        "on": question.stage_state == StageState.ON,
    }


def _line(session_id: int) -> tuple[QuerySet[Question], QuerySet[Question], QuerySet[Question]]:
    """The line before the microphone: who is called up (the nearest first), the queue, the raised hands."""
    rows = question_rows().filter(session_id=session_id)
    near = rows.filter(stage_state__in=GUEST_STATES).order_by(NEARNESS, "order", "pk")
    queue = rows.filter(stage_state=StageState.SHORTLISTED).order_by("order", "pk")
    hands = rows.filter(kind=Kind.SPOKEN, stage_state=StageState.NEW).exclude(wall_state=WallState.HIDDEN)
    return near, queue, hands.order_by("asked_at", "pk")


def stage(session_id: int) -> Row:
    """Who is at the microphones: main (the leader), guest (nearest to the microphone), the queue behind, the
    co-hosts who have taken their seats, and the raised hands that no moderator has chosen yet.

    Who is connected at this moment is known to the media service, which adds "present", "seat_until" and
    "sharing" (the slot whose picture holds a screen).
    """
    # The revision is read before the rows: they are never older than it says.
    session = session_of(session_id)
    called, queue, hands = _line(session_id)
    near, raised = list(called), hands[:HANDS_LENGTH]
    return {
        "revision": session.revision,
        "main": {"person": session.host_id, "name": str(session.host), "on": session.state in ON_AIR},
        "guest": _place(near[0]) if near else None,
        "queue": [_place(question) for question in [*near[1:], *queue]],
        "cohosts": cohosts(session_id),
        "hands": [_place(question) for question in raised],
    }


def being_answered(session_id: int) -> int | None:
    """The question whose answer is being given now."""
    on = Question.objects.filter(session_id=session_id, stage_state=StageState.ON, answer_end_ms=None)
    return on.exclude(answer_begin_ms=None).values_list("pk", flat=True).first()


def guest_question(session_id: int, person_id: int) -> Question | None:
    """The question with which this person is called to the stage or has raised a hand, the nearest first."""
    mine = (
        question_rows()
        .filter(session_id=session_id, person_id=person_id)
        .exclude(wall_state=WallState.HIDDEN)
    )
    waiting = Q(stage_state__in=GUEST_STATES) | (Q(kind=Kind.SPOKEN) & ~Q(stage_state=StageState.DONE))
    return mine.filter(waiting).order_by(NEARNESS, "pk").first()


def place_in_line(session_id: int, person: Person | AnonymousUser) -> int:
    """One's place among all who wait for the microphone, also behind the hands that everybody is told of; 0: not
    waiting."""
    if not isinstance(person, Person):
        return 0
    line = [
        waiting
        for part in _line(session_id)
        for waiting, state in part.values_list("person_id", "stage_state")
        if state != StageState.ON
    ]
    return line.index(person.pk) + 1 if person.pk in line else 0


def voted(session_id: int, person: Person | AnonymousUser) -> list[int]:
    """The questions of this broadcast that `person` has voted for."""
    if not isinstance(person, Person):
        return []
    mine = Vote.objects.filter(person=person, question__session_id=session_id)
    return list(mine.order_by("question_id").values_list("question_id", flat=True))


def my_questions(
    person: Person | AnonymousUser, session: LiveSession | None = None, limit: int = 10
) -> list[Row]:
    """The person's own questions, the newest first, hidden ones too: hiding does not touch the case. A hand that is
    down again and became no case is nothing any more."""
    if not isinstance(person, Person):
        return []
    mine = question_rows().select_related("session").filter(person=person, session__rehearsal_of=None)
    mine = mine.exclude(kind=Kind.SPOKEN, stage_state=StageState.DONE, appeal=None)
    if session is not None:
        mine = mine.filter(session=session)
    return [my_row(question) for question in mine.order_by("-asked_at", "-pk")[:limit]]


def my_row(question: Question) -> Row:
    return public_facts(question) | {
        "text": question.text,
        "state_label": str(question.appeal.get_state_display()) if question.appeal is not None else "",
        "accepted": question.appeal is not None and question.appeal.state not in NOT_TAKEN_UP,
        "hidden": question.wall_state == WallState.HIDDEN,
        "session": {"id": question.session_id, "title": question.session.title},
    }


def _answer_row(question: Question) -> Row:
    return public_facts(question) | {
        "session": {"id": question.session_id, "title": question.session.title},
        "host": str(question.session.host),
        "answered_at": question.answered_at,
    }


def _answered() -> QuerySet[Question]:
    """Of all broadcasts; what was answered in a rehearsal is no answer."""
    answered = question_rows().select_related("session__host").filter(wall_state=WallState.ANSWERED)
    return answered.filter(same_as__isnull=True, session__rehearsal_of=None)


def recent_answers(limit: int = 6) -> list[Row]:
    """Answered questions of all broadcasts, the latest first, members of a common matter once."""
    return [_answer_row(question) for question in _answered().order_by("-answered_at", "-pk")[:limit]]


def chapters(session_id: int) -> list[Row]:
    """Spoken answers of a broadcast in the order they were given."""
    spoken = _answered().filter(session_id=session_id, answer_end_ms__isnull=False)
    return [_answer_row(question) for question in spoken.order_by("answer_begin_ms", "pk")]


def chapters_of(session_ids: Iterable[int]) -> dict[int, list[Row]]:
    """`chapters` of several broadcasts with one statement."""
    spoken = _answered().filter(session_id__in=set(session_ids), answer_end_ms__isnull=False)
    found: dict[int, list[Row]] = {}
    for question in spoken.order_by("answer_begin_ms", "pk"):
        found.setdefault(question.session_id, []).append(_answer_row(question))
    return found


def spoken_answer(question_id: int) -> tuple[int, int] | None:
    """(session, reply) of an answer on air that everybody may see again; None for any other question."""
    found = (
        question_rows()
        .filter(pk=question_id, wall_state=WallState.ANSWERED, answer_end_ms__isnull=False)
        .first()
    )
    if found is None:
        return None
    spoken = Reply.objects.filter(appeal=found.appeal, kind=ReplyKind.SPOKEN, begin_ms=found.answer_begin_ms)
    reply = spoken.order_by("-pk").values_list("pk", flat=True).first()
    return (found.session_id, reply) if reply is not None else None


def answers_with(terms: list[str], limit: int = 20) -> list[Row]:
    """Answered questions that hold every term in their public words or in the written answer, the latest
    first."""
    rows = _answered()
    for term in terms[:8]:
        rows = rows.filter(Q(appeal__public_text__icontains=term) | Q(written_answer__icontains=term))
    return [_answer_row(question) for question in rows.order_by("-answered_at", "-pk")[:limit]]


def written_answers(session_id: int) -> list[Row]:
    written = _answered().filter(session_id=session_id).exclude(written_answer="")
    return [_answer_row(question) for question in written.order_by("answered_at", "pk")]


def similar(session_id: int, text: str, limit: int = 3) -> list[Row]:
    """Public questions like `text`: of this broadcast, and answered ones of the 300 latest elsewhere."""
    wanted = pairs(text)
    elsewhere = Q(wall_state=WallState.ANSWERED, session__rehearsal_of=None)
    here = Q(session_id=session_id, wall_state__in=PUBLIC) | elsewhere
    texts = Question.objects.filter(here).order_by("-asked_at").values_list("pk", "text")[:300]
    scored = [(likeness(wanted, pairs(text)), pk) for pk, text in texts]
    alike = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: -pair[0])[:limit]
    rows = question_rows().select_related("session__host").in_bulk([pk for _score, pk in alike])
    return [_answer_row(rows[pk]) for _score, pk in alike if pk in rows]


def session_id_of(question_id: int) -> int | None:
    return Question.objects.values_list("session_id", flat=True).filter(pk=question_id).first()


def deadlines(question_id: int) -> dict[str, str | None]:
    """By when the case of a question is accepted and settled: ISO dates, None while it has no such clock."""
    clocks = Clock.objects.filter(appeal__question=question_id, stopped_at=None)
    due = {clock.kind: clock.due_on.isoformat() for clock in clocks if clock.due_on is not None}
    return {"accept_by": due.get(ClockKind.ACCEPT), "settle_by": due.get(ClockKind.CITIZEN)}
