"""The crossing from questions to the case store: everything a question does to a case is called here."""

from django.utils.translation import gettext as _

from portal.appeals.actions import (
    link_same,
    part_same,
    record_spoken_reply,
    record_written_answer,
    register,
)
from portal.appeals.models import Reply
from portal.appeals.vocabulary import Channel, ReplyKind
from portal.lib.errors import Conflict
from portal.people.models import Person
from portal.questions.actions.changes import Change
from portal.questions.models import Question
from portal.questions.states import StageState, WallState


def case_of(question: Question) -> int:
    """The case's id; a raised hand that never was on stage has none, which is a `Conflict`."""
    if question.appeal_id is None:
        raise Conflict(_("举手提问上台后才生成诉求。"), code="no_case")
    return question.appeal_id


def give_case(change: Change) -> None:
    """A spoken question gets its case when the citizen is put on stage; its text may come later."""
    question = change.question
    if question.appeal_id is not None or question.person is None or change.session.is_rehearsal:
        return
    made = register(Channel.STAGE, question.person, question.text, question.village, question.uuid, change.at)
    change.write(appeal_id=made.appeal_id)
    question.refresh_from_db(fields=["appeal"])
    link_cases(change, question.same_as or question, [question, *members_of(question)])


def members_of(question: Question) -> list[Question]:
    return list(Question.objects.select_related("appeal", "person").filter(same_as=question).order_by("pk"))


def _actor(change: Change) -> Person:
    if change.actor is None:
        raise Conflict(_("答复须由本场主持人或领导登记。"))
    return change.actor


def link_cases(change: Change, root: Question, joined: list[Question]) -> None:
    """Questions that are the same make their cases members of one common matter, as far as they have cases."""
    if root.appeal_id is None:
        return
    members = [question.appeal_id for question in joined if question.appeal_id is not None]
    if set(members) - {root.appeal_id}:
        link_same(_actor(change), root.appeal_id, members, at=change.at)


def part_cases(change: Change, question: Question) -> None:
    """The case of a question that was joined by mistake leaves the common matter."""
    if question.appeal_id is not None:
        part_same(_actor(change), question.appeal_id, at=change.at)


def speak_to(change: Change, question: Question, begin_ms: int, end_ms: int, passage: str) -> int:
    """A spoken reply on the question's case, in recording ms; returns the reply's id."""
    return record_spoken_reply(
        _actor(change), case_of(question), change.session.pk, begin_ms, end_ms, passage, at=change.at
    )


def write_to(change: Change, question: Question, text: str, final: bool) -> None:
    record_written_answer(_actor(change), case_of(question), text, final, change.at)


def pass_on_answers(change: Change, root: Question, joined: list[Question]) -> None:
    """What `root` was already answered reaches those joined later."""
    if root.appeal_id is None or root.answered_at is None:
        return
    spoken = Reply.objects.filter(appeal_id=root.appeal_id, kind=ReplyKind.SPOKEN).order_by("-pk").first()
    for question in joined:
        if question.appeal_id is None:
            continue
        if spoken is not None and spoken.begin_ms is not None and spoken.end_ms is not None:
            speak_to(change, question, spoken.begin_ms, spoken.end_ms, spoken.passage)
        if root.written_answer:
            write_to(change, question, root.written_answer, final=False)
        hidden = question.wall_state == WallState.HIDDEN
        change.write_other(
            question,
            wall_state=WallState.HIDDEN if hidden else WallState.ANSWERED,
            stage_state=StageState.DONE,
            answer_begin_ms=root.answer_begin_ms,
            answer_end_ms=root.answer_end_ms,
            written_answer=root.written_answer,
            answered_by=root.answered_by_id,
            answered_at=root.answered_at,
        )
