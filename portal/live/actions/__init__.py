"""What changes a broadcast. Every action asks for the right, changes the row by condition and announces
after commit."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live.actions.telling import tell_concerned
from portal.live.models import LiveSession, Reminder
from portal.live.queries import last_host, may_plan, may_run, seen_session, session_of, taken_evenings
from portal.live.rota import evenings_until, turns
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
    return held(session_id).revision


def held(session_id: int) -> LiveSession:
    """The broadcast with its host under the lock that `bump` takes, at its next revision."""
    if not LiveSession.objects.filter(pk=session_id).update(revision=F("revision") + 1):
        raise NotFound(_("没有这场直播。"))
    return session_of(session_id)


def announce_session(session: LiveSession) -> None:
    """Tell everybody the session's state and revision."""
    tell(
        topic_of(session.pk),
        {
            "type": "session",
            "session": session.pk,
            "revision": session.revision,
            "state": session.state,
            "slow_seconds": session.slow_seconds,
            "delay_seconds": session.delay_seconds,
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
        announce_session(session)
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
        announce_session(session)
    log.info("session %s: %s by person %s", session_id, name, actor.pk)
    return session


def _runner(actor: Person, session_id: int) -> None:
    if not may_run(actor, session_of(session_id)):
        raise NotAllowed(_("只有本场领导和主持人可以操作直播。"))


def go_live(actor: Person, session_id: int, at: datetime | None = None) -> LiveSession:
    """Raises `NotAllowed`, `NotFound`, `Conflict` when the broadcast is not a planned one (a reload asks for
    nothing)."""
    _runner(actor, session_id)
    with transaction.atomic():
        session = _step(actor, session_id, "go_live", went_live_at=at or timezone.now())
        _close_rehearsals(actor, session)
    return session


def _close_rehearsals(actor: Person, session: LiveSession) -> None:
    """Now it counts: what is still being rehearsed ends."""
    for rehearsal in LiveSession.objects.filter(rehearsal_of=session):
        if rehearsal.state in STEPS["end"]["needs"]:
            _step(actor, rehearsal.pk, "end", ended_at=timezone.now())
        elif rehearsal.state in STEPS["cancel"]["needs"]:
            _step(actor, rehearsal.pk, "cancel")


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
    """A planned broadcast does not take place; its questions stay cases, and everybody who counts on it is
    told. Raises `NotAllowed`, `Conflict`."""
    if not may_plan(actor):
        raise NotAllowed(_("只有督办员或受理员可以取消直播。"))
    seen_session(actor, session_id)
    with transaction.atomic():
        session = _step(actor, session_id, "cancel")
        tell_concerned(session, "called_off")
    return session


def postpone(actor: Person, session_id: int, starts_at: datetime) -> LiveSession:
    """Give a planned broadcast another time; everybody who counts on it is told now, and who asked to be
    reminded again before it.

    Raises `NotAllowed`, `BadInput`, `Conflict`.
    """
    if not may_plan(actor):
        raise NotAllowed(_("只有督办员或受理员可以改期。"))
    seen_session(actor, session_id)
    if timezone.is_naive(starts_at):
        raise BadInput(_("开始时间缺少时区。"), field="starts_at")
    with transaction.atomic():
        moved = LiveSession.objects.filter(pk=session_id, state=SessionState.PLANNED).update(
            starts_at=starts_at, revision=F("revision") + 1
        )
        session = session_of(session_id)
        if not moved:
            raise Conflict(_("直播现在是“%(found)s”，不能改期。") % {"found": session.get_state_display()})
        Reminder.objects.filter(session=session).update(told_at=None)
        tell_concerned(session, "moved")
        announce_session(session)
    return session


def lay_rota(
    actor: Person,
    leaders: Sequence[Person],
    moderators: Sequence[Person],
    weeks: int,
    title: str,
    now: datetime,
) -> list[LiveSession]:
    """Announce the Tuesdays and Thursdays of the next `weeks` weeks that have no broadcast yet, the leaders
    taking turns behind who answered last. `now` is aware and local. Raises as `plan` does."""
    if not leaders:
        raise BadInput(_("请至少选一位领导。"), field="leaders")
    taken = taken_evenings(now)
    free = [evening for evening in evenings_until(now, weeks) if evening not in taken]
    by_id = {leader.pk: leader for leader in leaders}
    hosts = turns(list(by_id), last_host(), len(free))
    with transaction.atomic():
        return [
            plan(actor, title, by_id[host], evening, moderators)
            for evening, host in zip(free, hosts, strict=True)
        ]


def swap(actor: Person, one_id: int, other_id: int) -> None:
    """Two announced broadcasts exchange their leaders, and everybody who counts on one of them is told.

    Raises `NotAllowed`, `NotFound`, `Conflict`.
    """
    if not may_plan(actor):
        raise NotAllowed(_("只有督办员或受理员可以调换领导。"))
    with transaction.atomic():
        one, other = (seen_session(actor, pk) for pk in sorted((one_id, other_id)))
        for session, host in ((one, other.host_id), (other, one.host_id)):
            changed = LiveSession.objects.filter(
                pk=session.pk, state=SessionState.PLANNED, host_id=session.host_id
            ).update(host_id=host, revision=F("revision") + 1)
            if not changed:
                raise Conflict(_("其中一场直播刚刚有变动，请刷新后再试。"))
            swapped = session_of(session.pk)
            # Who does not answer there any more hears it too.
            tell_concerned(swapped, "host_changed", session.host)
            announce_session(swapped)
    log.info("sessions %s and %s swapped by person %s", one_id, other_id, actor.pk)
