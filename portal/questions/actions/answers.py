"""Answers, spoken and written. The answer goes to the case of the question and to those of its members."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.appeals.actions import set_text
from portal.lib.errors import BadInput, Conflict
from portal.live.queries import may_run
from portal.live.states import ON_AIR
from portal.people.models import Person
from portal.questions.actions.asking import clean_text
from portal.questions.actions.cases import members_of, speak_to, write_to
from portal.questions.actions.changes import Change, changing, label
from portal.questions.actions.queue import check_step, take_to
from portal.questions.models import Question
from portal.questions.queries import number_of
from portal.questions.states import Kind, StageState, WallState

ANSWER_LENGTH = 5000
# A broadcast of a whole day; more is a clock that is wrong.
LAST_MS = 24 * 3600 * 1000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EndedAnswer:
    """Milliseconds are recording time. `reply_id` is None in a rehearsal. `member_reply_ids`: replies written
    for joined questions, same span."""

    question_id: int
    appeal_number: str
    reply_id: int | None
    begin_ms: int
    end_ms: int
    member_reply_ids: tuple[int, ...] = ()


def _check_ms(at_ms: int) -> None:
    if not 0 <= at_ms <= LAST_MS:
        raise BadInput(_("答复时间无效。"), field="at_ms")


def begin_answer(actor: Person, question_id: int, at_ms: int) -> None:
    """The answer begins at `at_ms`; a question that is not on air yet goes on air with it. Stamping again
    corrects it.

    For moderators and the leader of the session. Raises `NotAllowed`, `NotFound`, `BadInput`, `Conflict`
    (not on air, another question on air, hidden).
    """
    _check_ms(at_ms)
    with changing(actor, question_id, may_run) as change:
        if change.session.state not in ON_AIR:
            raise Conflict(
                _("直播现在是“%(found)s”，不能开始答复。") % {"found": change.session.get_state_display()}
            )
        if change.question.wall_state == WallState.HIDDEN:
            raise Conflict(_("问题未公开，请先恢复公开。"))
        if change.question.stage_state != StageState.ON:
            check_step(change, StageState.ON, None)
            take_to(change, StageState.ON)
        change.write(answer_begin_ms=at_ms, answer_end_ms=None)


def _check_end(question: Question, at_ms: int) -> int:
    """The begin of the answer that ends at `at_ms`."""
    if question.stage_state != StageState.ON or question.answer_begin_ms is None:
        raise Conflict(
            _("问题现在是“%(found)s”，还没有开始答复。") % {"found": label(question.stage_state)},
            code="not_begun",
        )
    if at_ms <= question.answer_begin_ms:
        raise BadInput(_("答复结束时间须晚于开始时间。"), code="ends_before_begin", field="at_ms")
    return question.answer_begin_ms


def _answered(change: Change, question: Question) -> dict[str, Any]:
    """Fields of an answered question; a hidden one stays hidden."""
    hidden = question.wall_state == WallState.HIDDEN
    return {
        "wall_state": WallState.HIDDEN if hidden else WallState.ANSWERED,
        "stage_state": StageState.DONE,
        "answered_by": change.actor,
        "answered_at": change.at,
        "claimed_by": None,
        "claimed_at": None,
    }


def end_answer(
    actor: Person, question_id: int, at_ms: int, passage: str = "", at: datetime | None = None
) -> EndedAnswer:
    """The answer ends at `at_ms`: the case gets a spoken reply with `passage` (what was said), the question
    is done.

    The answer reaches the members too. Raises `NotAllowed`, `NotFound`, `Conflict` (code "not_begun"),
    `BadInput` (code "ends_before_begin").
    """
    _check_ms(at_ms)
    with changing(actor, question_id, may_run, at) as change:
        question = change.question
        begin = _check_end(question, at_ms)
        kept = not change.session.is_rehearsal
        reply_id = speak_to(change, question, begin, at_ms, passage) if kept else None
        change.write(answer_end_ms=at_ms, **_answered(change, question))
        members = members_of(question)
        replies = []
        for member in members:
            if member.appeal_id is not None:
                replies.append(speak_to(change, member, begin, at_ms, passage))
            change.write_other(
                member, answer_begin_ms=begin, answer_end_ms=at_ms, **_answered(change, member)
            )
    log.info("question %s answered from %s to %s ms", question_id, begin, at_ms)
    return EndedAnswer(question_id, number_of(question), reply_id, begin, at_ms, tuple(replies))


def answer_in_writing(
    actor: Person, question_id: int, text: str, final: bool, at: datetime | None = None
) -> None:
    """Answer on the wall and in the case, in writing; `final` settles the case. Members get the same answer.

    Raises `NotAllowed`, `NotFound`, `BadInput`, `Conflict` (on air; a raised hand has no case yet).
    """
    words = text.replace("\x00", "").strip()
    if not words or len(words) > ANSWER_LENGTH:
        raise BadInput(_("请写下答复，最多%(limit)d字。") % {"limit": ANSWER_LENGTH}, field="text")
    with changing(actor, question_id, at=at) as change:
        question = change.question
        if question.stage_state == StageState.ON:
            raise Conflict(_("问题正在连线，请先结束连线。"))
        if not change.session.is_rehearsal:
            write_to(change, question, words, final)
        change.write(written_answer=words, **_answered(change, question))
        for member in members_of(question):
            if member.appeal_id is not None:
                write_to(change, member, words, final)
            change.write_other(member, written_answer=words, **_answered(change, member))


def set_spoken_text(actor: Person, question_id: int, text: str) -> None:
    """The confirmed words of a question that was only spoken; they become the text of its case.

    Raises `NotAllowed`, `NotFound`, `BadInput`, `Conflict` for a written question: the citizen's words stay
    as they are.
    """
    words = clean_text(text)
    with changing(actor, question_id) as change:
        if change.question.kind != Kind.SPOKEN:
            raise Conflict(_("文字提问不能改写。"))
        if change.question.appeal_id is not None:
            set_text(actor, change.question.appeal_id, words)
        change.write(text=words)
