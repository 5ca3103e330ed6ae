"""What moderators do with the queue: lanes, claims, hiding."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import BadInput, Conflict, NotAllowed
from portal.lib.words import listed
from portal.live.actions import topic_of
from portal.live.models import LiveSession
from portal.live.queries import may_moderate
from portal.people.models import Person
from portal.questions.actions.cases import give_case
from portal.questions.actions.changes import (
    Change,
    changing,
    clear_the_air,
    label,
    moved,
    on_fields,
    session_of_question,
)
from portal.questions.models import Question
from portal.questions.states import GUEST_STATES, MOVES, StageState, WallState, may_follow

REASON_LENGTH = 200
# A moderator who opened a question and went away holds it no longer than this.
CLAIM_SECONDS = 120

log = logging.getLogger(__name__)


def check_step(change: Change, to: StageState, expected: str | None) -> None:
    """Raises `Conflict` naming the state found and, where the step is not in the table, the states needed."""
    found = change.question.stage_state
    if expected is not None and found != expected:
        raise Conflict(moved(change, label(found)))
    # Whoever names what they saw did not see that the answer had begun.
    if expected is not None and change.question.is_being_answered:
        raise Conflict(_("正在回答这个问题，请先按“回答完毕”。"))
    if not may_follow(found, to):
        needed = listed(label(state) for state, ways in MOVES.items() if to in ways)
        raise Conflict(
            _("问题现在是“%(found)s”，不能移到“%(to)s”；须先是：%(needed)s。")
            % {"found": label(found), "to": label(to), "needed": needed}
        )


def _shown(question: Question) -> dict[str, Any]:
    """Taking a question up shows it to the public: that is the moderators' word that it may be seen."""
    return {"wall_state": WallState.SHOWN} if question.wall_state == WallState.RECEIVED else {}


def take_to(change: Change, to: StageState) -> None:
    """Write the step, with what goes along with it."""
    question = change.question
    if to == StageState.ON:
        clear_the_air(change)
        change.write(**on_fields(change), **_shown(question))
        give_case(change)
        return
    fields: dict[str, Any] = {"stage_state": to, "claimed_by": change.actor, "claimed_at": change.at}
    if to in (StageState.NEW, StageState.DONE):
        fields |= {"claimed_by": None, "claimed_at": None}
    if to in (StageState.SHORTLISTED, *GUEST_STATES):
        fields |= _shown(question)
    if to == StageState.SHORTLISTED:
        fields["order"] = change.revision
    if question.is_being_answered:
        # Off the stage nothing could end the answer any more, and none could begin.
        fields["answer_begin_ms"] = None
    change.write(**fields)


def _stage_state(to: str) -> StageState:
    try:
        return StageState(to)
    except ValueError:
        raise BadInput(_("没有“%(to)s”这个位置。") % {"to": to[:20]}, field="to") from None


def move(
    actor: Person, question_id: int, to: str, expected: str | None = None, at: datetime | None = None
) -> None:
    """Take a question to stage state `to`; `expected` is the state the moderator saw.

    Raises `NotAllowed`, `NotFound`, `BadInput` for an unknown state, `Conflict` naming what was found.
    """
    goal = _stage_state(to)
    with changing(actor, question_id, at=at) as change:
        if goal in GUEST_STATES and change.question.wall_state == WallState.HIDDEN:
            raise Conflict(_("问题未公开，请先恢复公开。"))
        check_step(change, goal, expected)
        take_to(change, goal)
    log.info("question %s moved to %s by person %s", question_id, goal.value, actor.pk)


def _tell_claim(question_id: int, session_id: int, by: Person | None) -> None:
    """To the other moderators only, and without a revision: whoever is not told sees it with the next rows."""
    person = {"id": by.pk, "name": str(by)} if by is not None else None
    message = {"type": "claimed", "session": session_id, "question": question_id, "by": person}
    tell(topic_of(session_id), message | {"to": {"moderators": True}})


def _claimable(actor: Person, question_id: int) -> LiveSession:
    session = session_of_question(question_id)
    if not may_moderate(actor, session):
        raise NotAllowed(_("只有本场主持人可以操作问题。"))
    return session


def claim(actor: Person, question_id: int) -> None:
    """Take a question to work on, giving up what was claimed before and is still new; a claim of somebody
    else younger than two minutes is a `Conflict` naming them."""
    session = _claimable(actor, question_id)
    now = timezone.now()
    free = Q(claimed_by=None) | Q(claimed_by=actor) | Q(claimed_at__lt=now - timedelta(seconds=CLAIM_SECONDS))
    with transaction.atomic():
        if not Question.objects.filter(free, pk=question_id).update(claimed_by=actor, claimed_at=now):
            other = Question.objects.select_related("claimed_by").get(pk=question_id).claimed_by
            raise Conflict(_("%(name)s 正在处理这个问题。") % {"name": other}, code="claimed")
        before = Question.objects.filter(session=session, claimed_by=actor, stage_state=StageState.NEW)
        for left in before.exclude(pk=question_id).values_list("pk", flat=True):
            _release(actor, left, session.pk)
        _tell_claim(question_id, session.pk, actor)


def release(actor: Person, question_id: int) -> None:
    """Give up an own claim; one of somebody else stays."""
    session = _claimable(actor, question_id)
    with transaction.atomic():
        _release(actor, question_id, session.pk)


def _release(actor: Person, question_id: int, session_id: int) -> None:
    mine = Question.objects.filter(pk=question_id, claimed_by=actor)
    if mine.update(claimed_by=None, claimed_at=None):
        _tell_claim(question_id, session_id, None)


def hide(actor: Person, question_id: int, reason: str) -> None:
    """Take a question off the wall, with a reason; its case is not touched. Raises as `move` does."""
    why = reason.replace("\x00", "").strip()
    if not why or len(why) > REASON_LENGTH:
        raise BadInput(_("请写明不公开的原因，最多%(limit)d字。") % {"limit": REASON_LENGTH}, field="reason")
    with changing(actor, question_id) as change:
        if change.question.wall_state == WallState.HIDDEN:
            raise Conflict(_("问题已经是未公开。"))
        if change.question.stage_state == StageState.ON:
            raise Conflict(_("问题正在连线，请先下台再设为不公开。"))
        change.write(
            wall_state=WallState.HIDDEN,
            wall_state_before=change.question.wall_state,
            hidden_reason=why,
            hidden_by=actor,
        )


def unhide(actor: Person, question_id: int) -> None:
    """Give a hidden question back the place it had on the wall (one never shown is received again), or show
    a received one without moving it.
    """
    with changing(actor, question_id) as change:
        question = change.question
        if question.wall_state not in (WallState.HIDDEN, WallState.RECEIVED):
            raise Conflict(_("问题已经公开。"))
        change.write(wall_state=_uncovered(question), wall_state_before="", hidden_reason="", hidden_by=None)


def _uncovered(question: Question) -> WallState:
    if question.written_answer or question.answer_end_ms is not None:
        return WallState.ANSWERED
    if question.wall_state == WallState.HIDDEN and question.wall_state_before == WallState.RECEIVED:
        return WallState.RECEIVED
    return WallState.SHOWN
