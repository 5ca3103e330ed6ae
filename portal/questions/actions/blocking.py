"""The block list of a broadcast. A blocked person's matters are still registered: the right to raise them stays."""

import logging

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live.queries import may_moderate, session_of
from portal.people.models import Person
from portal.questions.actions.changes import session_of_question
from portal.questions.models import Block, Question

REASON_LENGTH = 200

log = logging.getLogger(__name__)


def block(actor: Person, question_id: int, reason: str) -> int:
    """From now on whoever asked this question cannot raise a hand or vote in its broadcast, and what they write
    is registered without standing on the wall. The block's id.

    Raises `NotAllowed`, `NotFound`, `BadInput` without a reason, `Conflict` (nobody behind it, of the crew,
    blocked already).
    """
    session = session_of_question(question_id)
    if not may_moderate(actor, session):
        raise NotAllowed(_("只有本场主持人可以操作问题。"))
    why = reason.replace("\x00", "").strip()
    if not why or len(why) > REASON_LENGTH:
        raise BadInput(_("请写明原因，最多%(limit)d字。") % {"limit": REASON_LENGTH}, field="reason")
    person = Question.objects.select_related("person").get(pk=question_id).person
    if person is None or person.pk == session.host_id or may_moderate(person, session):
        raise Conflict(_("这个问题没有可以禁言的提问人。"))
    try:
        with transaction.atomic():
            made = Block.objects.create(session=session, person=person, reason=why, by=actor)
    except IntegrityError:
        raise Conflict(_("这位提问人已经在禁言名单里。"), code="blocked") from None
    log.info("person %s blocked in session %s by person %s", person.pk, session.pk, actor.pk)
    return made.pk


def lift_block(actor: Person, session_id: int, block_id: int) -> None:
    if not may_moderate(actor, session_of(session_id)):
        raise NotAllowed(_("只有本场主持人可以操作问题。"))
    found = Block.objects.filter(pk=block_id, session_id=session_id)
    if not found.exists():
        raise NotFound(_("禁言名单里没有这个人。"))
    if not found.filter(lifted_at=None).update(lifted_at=timezone.now(), lifted_by=actor):
        raise Conflict(_("禁言已经解除。"))
