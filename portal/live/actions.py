"""What changes a broadcast. Every action asks for the right, changes the row by condition and announces
after commit."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live.models import LiveSession
from portal.live.queries import may_plan, may_run, session_of
from portal.live.states import STEPS, SessionState
from portal.people.models import Person
from portal.people.queries import has_role
from portal.people.vocabulary import RoleKind

TITLE_LENGTH = 120
LONGEST_MINUTES = 240

log = logging.getLogger(__name__)


def topic_of(session_id: int) -> str:
    return f"session.{session_id}"


def bump(session_id: int) -> int:
    """The session's next revision. Call it first in a transaction: it takes the session's row lock, so that
    revisions are committed in their order and no reader can see 12 before 11."""
    if not LiveSession.objects.filter(pk=session_id).update(revision=F("revision") + 1):
        raise NotFound(_("没有这场直播。"))
    return LiveSession.objects.values_list("revision", flat=True).get(pk=session_id)


def _announce(session: LiveSession) -> None:
    tell(
        topic_of(session.pk),
        {
            "type": "session",
            "session": session.pk,
            "revision": session.revision,
            "state": session.state,
        },
    )


def _check_plan(title: str, host: Person, starts_at: datetime, planned_minutes: int) -> None:
    if not title or len(title) > TITLE_LENGTH:
        raise BadInput(_("请填写标题，最多120字。"), field="title")
    if not has_role(host, RoleKind.LEADER):
        raise BadInput(_("出席人须是领导。"), field="host")
    if timezone.is_naive(starts_at):
        raise BadInput(_("开始时间缺少时区。"), field="starts_at")
    if not 1 <= planned_minutes <= LONGEST_MINUTES:
        raise BadInput(_("时长须在1至240分钟之间。"), field="planned_minutes")


def plan(
    actor: Person,
    title: str,
    host: Person,
    starts_at: datetime,
    moderators: Iterable[Person] = (),
    topic: str = "",
    planned_minutes: int = 60,
) -> LiveSession:
    """Announce a broadcast; questions can be sent from now on.

    Raises `NotAllowed` unless `actor` is supervisor or clerk, `BadInput` with the field that is wrong.
    """
    if not may_plan(actor):
        raise NotAllowed(_("只有督办员或受理员可以预告直播。"))
    title, crew = title.strip(), list(moderators)
    _check_plan(title, host, starts_at, planned_minutes)
    if any(not has_role(person, RoleKind.MODERATOR) for person in crew):
        raise BadInput(_("主持人须有主持人身份。"), field="moderators")
    with transaction.atomic():
        session = LiveSession.objects.create(
            title=title,
            topic=topic.strip(),
            host=host,
            starts_at=starts_at,
            planned_minutes=planned_minutes,
            revision=1,
        )
        session.moderators.set(crew)
        _announce(session)
    log.info("session %s planned by person %s", session.pk, actor.pk)
    return session


def _step(actor: Person, session_id: int, name: str, **fields: Any) -> LiveSession:
    """Take step `name` if the session is in a state it may be taken from, else `Conflict` naming the state
    found."""
    step = STEPS[name]
    with transaction.atomic():
        taken = LiveSession.objects.filter(pk=session_id, state__in=step["needs"]).update(
            state=step["becomes"], revision=F("revision") + 1, **fields
        )
        session = session_of(session_id)
        if not taken:
            raise Conflict(
                _("直播现在是“%(found)s”，不能执行此操作。") % {"found": session.get_state_display()}
            )
        _announce(session)
    log.info("session %s: %s by person %s", session_id, name, actor.pk)
    return session


def _runner(actor: Person, session_id: int) -> None:
    if not may_run(actor, session_of(session_id)):
        raise NotAllowed(_("只有本场领导和主持人可以操作直播。"))


def go_live(actor: Person, session_id: int, at: datetime | None = None) -> LiveSession:
    """Raises `NotAllowed`, `NotFound`, `Conflict` when the broadcast is not a planned one (a reload asks for
    nothing)."""
    _runner(actor, session_id)
    return _step(actor, session_id, "go_live", went_live_at=at or timezone.now())


def pause(actor: Person, session_id: int, slate_text: str = "") -> LiveSession:
    """Viewers see the slate with `slate_text`, up to 120 characters."""
    _runner(actor, session_id)
    return _step(actor, session_id, "pause", slate_text=slate_text.strip()[:120])


def resume(actor: Person, session_id: int) -> LiveSession:
    _runner(actor, session_id)
    return _step(actor, session_id, "resume")


def end(actor: Person, session_id: int, at: datetime | None = None) -> LiveSession:
    """For ever: no more questions, the recording is closed."""
    _runner(actor, session_id)
    return _step(actor, session_id, "end", ended_at=at or timezone.now())


def cancel(actor: Person, session_id: int) -> LiveSession:
    """A planned broadcast does not take place; its questions stay cases. Raises `NotAllowed`, `Conflict`."""
    if not may_plan(actor):
        raise NotAllowed(_("只有督办员或受理员可以取消直播。"))
    return _step(actor, session_id, "cancel")


def postpone(actor: Person, session_id: int, starts_at: datetime) -> LiveSession:
    """Give a planned broadcast another time. Raises `NotAllowed`, `BadInput`, `Conflict`."""
    if not may_plan(actor):
        raise NotAllowed(_("只有督办员或受理员可以改期。"))
    if timezone.is_naive(starts_at):
        raise BadInput(_("开始时间缺少时区。"), field="starts_at")
    with transaction.atomic():
        moved = LiveSession.objects.filter(pk=session_id, state=SessionState.PLANNED).update(
            starts_at=starts_at, revision=F("revision") + 1
        )
        session = session_of(session_id)
        if not moved:
            raise Conflict(_("直播现在是“%(found)s”，不能改期。") % {"found": session.get_state_display()})
        _announce(session)
    return session
