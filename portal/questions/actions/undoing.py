"""Taking back a moderator's last step: the question stands again where it stood, in the queue and on the wall."""

import logging
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.lib.errors import BadInput, Conflict
from portal.people.models import Person
from portal.questions.actions.changes import Change, changing, label, moved
from portal.questions.models import Question
from portal.questions.states import StageState, WallState

log = logging.getLogger(__name__)

# Nobody is put before the microphone by taking something back, or away from it while on air.
OFF_STAGE = (StageState.NEW, StageState.SHORTLISTED, StageState.DONE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands: `stage` in the queue, `wall` before the public."""

    stage: StageState
    wall: WallState


def _check_unmoved(change: Change, expected: Place) -> None:
    question = change.question
    if question.stage_state != expected.stage:
        raise Conflict(moved(change, label(question.stage_state)))
    if question.wall_state != expected.wall:
        raise Conflict(moved(change, str(WallState(question.wall_state).label)))
    if question.same_as_id is not None and expected.stage == StageState.DONE:
        raise Conflict(_("这个问题已经归并到别的问题。"))


def _check_way_back(question: Question, to: Place) -> None:
    if to.stage != question.stage_state:
        if question.stage_state == StageState.ON:
            raise Conflict(_("问题正在连线，请先结束连线。"))
        if to.stage not in OFF_STAGE:
            raise BadInput(_("撤销不能请人上台，请重新呼叫。"), field="stage")
    answered = bool(question.written_answer) or question.answer_end_ms is not None
    open_to = {WallState.ANSWERED} if answered else {WallState.RECEIVED, WallState.SHOWN}
    if to.wall != question.wall_state and to.wall not in open_to:
        raise BadInput(_("撤销不能把问题改为“%(to)s”。") % {"to": to.wall.label}, field="wall")


def put_back(actor: Person, question_id: int, to: Place, expected: Place) -> None:
    """Give a question the place `to` it had before a step that took it to `expected`; its place in the shortlist
    comes back with it.

    Raises `NotAllowed`, `NotFound`, `BadInput` for a place that cannot be taken back to, `Conflict` naming what was
    found when it is no longer where the step left it.
    """
    with changing(actor, question_id) as change:
        _check_unmoved(change, expected)
        _check_way_back(change.question, to)
        fields: dict[str, Any] = {"stage_state": to.stage, "wall_state": to.wall}
        if expected.wall == WallState.HIDDEN != to.wall:
            fields |= {"wall_state_before": "", "hidden_reason": "", "hidden_by": None}
        if to.stage in (StageState.NEW, StageState.DONE):
            fields |= {"claimed_by": None, "claimed_at": None}
        change.write(**fields)
    log.info(
        "question %s put back to %s, %s by person %s", question_id, to.stage.value, to.wall.value, actor.pk
    )
