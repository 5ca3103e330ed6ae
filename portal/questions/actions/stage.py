"""What the stage itself reports: the page of who waits or speaks, and the media service. No right is asked: the
caller knows who speaks."""

import logging

from django.utils.translation import gettext as _

from portal.lib.errors import BadInput, Conflict
from portal.lib.words import listed
from portal.people.models import Person
from portal.questions.actions.changes import Change, changing, label
from portal.questions.models import Question
from portal.questions.queries import guest_question
from portal.questions.states import REPORTS, Kind, StageState

log = logging.getLogger(__name__)


def _after_leaving(question: Question) -> StageState:
    """Where a guest who hung up leaves the question: an answer that has begun goes on without them."""
    if question.stage_state == StageState.ON and question.answer_begin_ms is not None:
        return StageState.ON if question.answer_end_ms is None else StageState.DONE
    return StageState.SHORTLISTED


def _goal(change: Change, state: str) -> StageState:
    found = StageState(change.question.stage_state)
    steps = REPORTS[state]
    if found not in steps:
        needed = listed(label(each) for each in steps)
        raise Conflict(
            _("您现在是“%(found)s”，须先是：%(needed)s。") % {"found": label(found), "needed": needed}
        )
    return _after_leaving(change.question) if state == "left" else steps[found]


def stage_report(session_id: int, person_id: int, state: str) -> int | None:
    """The guest `person_id` is `state`: checking, ready, on, dropped (the seat is kept) or left (back to the
    shortlist).

    Returns the question's id, None when this person is not called in this session. Raises `BadInput`,
    `Conflict`.
    """
    if state not in REPORTS:
        raise BadInput(_("没有“%(state)s”这种状态。") % {"state": state[:20]}, field="state")
    question = guest_question(session_id, person_id)
    if question is None:
        return None
    with changing(None, question.pk, right=None) as change:
        goal = _goal(change, state)
        fields = {"order": change.revision} if goal == StageState.SHORTLISTED else {}
        change.write(stage_state=goal, **fields)
    log.info("question %s: guest %s", question.pk, state)
    return question.pk


def lower_hand(person: Person, session_id: int) -> int | None:
    """`person` does not want to speak any more and leaves the line; another hand may be raised at once.

    Returns the question's id, None when no hand waits: on air one hangs up instead.
    """
    past = (StageState.ON, StageState.DONE)
    mine = Question.objects.filter(session_id=session_id, person=person, kind=Kind.SPOKEN)
    waiting = mine.exclude(stage_state__in=past).values_list("pk", flat=True).first()
    if waiting is None:
        return None
    with changing(None, waiting, right=None) as change:
        if change.question.stage_state in past:
            raise Conflict(_("您已经在直播里了，请用“挂断”。"))
        change.write(stage_state=StageState.DONE)
    log.info("question %s: hand lowered", waiting)
    return waiting
