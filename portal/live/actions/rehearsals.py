"""A rehearsal: the crew walks through an evening, and nobody else ever hears of it."""

import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.errors import Conflict, NotAllowed
from portal.live.models import LiveSession
from portal.live.queries import may_run, session_of
from portal.live.states import TAKES_QUESTIONS, SessionState
from portal.people.models import Person

log = logging.getLogger(__name__)


def rehearse(actor: Person, session_id: int) -> LiveSession:
    """The rehearsal of an announced broadcast, made at the first call: its host and moderators, now.

    One that was not ended is gone on with. Raises `NotAllowed`, `NotFound`, `Conflict` when the broadcast has
    begun or is a rehearsal itself.
    """
    session = session_of(session_id)
    if not may_run(actor, session):
        raise NotAllowed(_("只有本场领导和主持人可以排练。"))
    if session.state != SessionState.PLANNED or session.is_rehearsal:
        raise Conflict(_("直播现在是“%(found)s”，不能排练。") % {"found": session.get_state_display()})
    with transaction.atomic():
        # The row lock lets two impatient taps end in one rehearsal.
        LiveSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        going = LiveSession.objects.filter(rehearsal_of=session, state__in=TAKES_QUESTIONS).first()
        if going is not None:
            return going
        made = LiveSession.objects.create(
            title=session.title,
            topic=session.topic,
            host=session.host,
            starts_at=timezone.now(),
            planned_minutes=session.planned_minutes,
            rehearsal_of=session,
            revision=1,
        )
        made.moderators.set(session.moderators.all())
    log.info("session %s is rehearsed as %s by person %s", session.pk, made.pk, actor.pk)
    return made
