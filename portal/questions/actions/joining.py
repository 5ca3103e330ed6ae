"""Questions about the same matter: joined, many at once, and parted again."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.lib.errors import Conflict, NotFound
from portal.people.models import Person
from portal.questions.actions.cases import link_cases, part_cases, pass_on_answers
from portal.questions.actions.changes import Change, changing
from portal.questions.models import Question
from portal.questions.states import StageState

log = logging.getLogger(__name__)


def _root(question: Question) -> Question:
    """Chains are never stored longer than one step, so one look is enough."""
    return question.same_as or question


def mark_same(actor: Person, question_id: int, same_as_id: int, at: datetime | None = None) -> None:
    """Join a question to another one about the same matter: the answer reaches both, each stays a case of
    its own, and the cases become members of one common matter.

    What was joined to it before moves along; an answer already given is passed on. Raises `Conflict` for the
    question itself, for another broadcast's, and while it is on air.
    """
    with changing(actor, question_id, at=at) as change:
        question = change.question
        other = (
            Question.objects.select_related("same_as__appeal", "appeal")
            .filter(pk=same_as_id, session=change.session)
            .first()
        )
        if other is None:
            raise Conflict(_("只能与同一场直播的问题归并。"))
        root = _root(other)
        if root.pk == question.pk:
            raise Conflict(_("不能与自己归并。"))
        if question.stage_state == StageState.ON:
            raise Conflict(_("问题正在连线，不能归并。"))
        _join(change, root)
    log.info("question %s joined to %s by person %s", question_id, root.pk, actor.pk)


def _join(change: Change, root: Question) -> None:
    members = list(Question.objects.select_related("appeal").filter(same_as=change.question))
    change.write(same_as=root, stage_state=StageState.DONE, claimed_by=None, claimed_at=None)
    for member in members:
        change.write_other(member, same_as=root)
    link_cases(change, root, [change.question, *members])
    pass_on_answers(change, root, [change.question, *members])


def mark_same_many(
    actor: Person, question_ids: Sequence[int], same_as_id: int, at: datetime | None = None
) -> None:
    """Join several at once, all or none. Raises as `mark_same` does; the refusal names the question."""
    if same_as_id not in Question.objects.filter(pk=same_as_id).values_list("pk", flat=True):
        raise NotFound(_("没有这个问题。"))
    with transaction.atomic():
        for question_id in question_ids:
            if question_id != same_as_id:
                mark_same(actor, question_id, same_as_id, at)


def part(actor: Person, question_ids: Sequence[int], at: datetime | None = None) -> None:
    """Not the same after all: the questions are new again, and their cases stand alone.

    Raises `Conflict` for one that was answered with the other: what a citizen was told stays told.
    """
    with transaction.atomic():
        for question_id in question_ids:
            with changing(actor, question_id, at=at) as change:
                question = change.question
                if question.same_as is None:
                    raise Conflict(_("这个问题没有归并。"))
                if question.answered_at is not None:
                    raise Conflict(_("答复已经转给这位群众，不能再分开。"))
                change.write(same_as=None, stage_state=StageState.NEW)
                part_cases(change, question)
