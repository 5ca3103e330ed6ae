"""Who may do what in a broadcast, and what everybody may know of it."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from portal.lib.errors import NotFound
from portal.live.models import Invitation, LiveSession, Reminder, RunningItem
from portal.live.states import ON_AIR, TAKES_QUESTIONS, SessionState
from portal.people.models import Person
from portal.people.queries import has_role
from portal.people.vocabulary import RoleKind

Anyone = Person | AnonymousUser | None

# A broadcast that nobody opened stays announced for a while: the leader may be late.
LATE_START = timedelta(hours=3)
# Longer than a programme takes to end: what it still owes goes to the channels before the next one does.
LAST_WORDS = timedelta(seconds=15)


def session_of(session_id: int) -> LiveSession:
    """The row with its host; raises `NotFound`."""
    found = LiveSession.objects.select_related("host").filter(pk=session_id).first()
    if found is None:
        raise NotFound(_("没有这场直播。"))
    return found


def may_plan(person: Anyone) -> bool:
    return has_role(person, RoleKind.SUPERVISOR) or has_role(person, RoleKind.CLERK)


def may_host(person: Anyone, session: LiveSession) -> bool:
    return isinstance(person, Person) and person.is_active and person.pk == session.host_id


def encoder_key(session: LiveSession) -> str:
    """What the leader's encoder shows to send into this broadcast (WHIP's Bearer token).

    Made, not kept: another leader, a new password or "log out everywhere" makes another key.
    """
    host = session.host
    value = f"{session.pk}.{host.pk}.{host.get_session_auth_hash()}"
    made = salted_hmac("live.encoder_key", value, algorithm="sha256").digest()
    return urlsafe_b64encode(made)[:32].decode()


def is_encoder_key(session: LiveSession, key: str) -> bool:
    return constant_time_compare(key, encoder_key(session))


def may_moderate(person: Anyone, session: LiveSession) -> bool:
    if not isinstance(person, Person) or not person.is_active:
        return False
    return session.moderators.filter(pk=person.pk).exists()


def may_run(person: Anyone, session: LiveSession) -> bool:
    """Start, pause and end the broadcast, stamp an answer: the leader on stage and the moderators."""
    return may_host(person, session) or may_moderate(person, session)


def seat_of(person: Anyone, session: LiveSession) -> Invitation | None:
    """The invitation with which `person` has a co-host's seat in this broadcast."""
    if not isinstance(person, Person) or not person.is_active:
        return None
    return Invitation.objects.filter(session=session, person=person, revoked_at=None).first()


def cohost_on_air(session_id: int) -> int | None:
    """The person who has the co-host's place on stage."""
    on_air = Invitation.objects.filter(session_id=session_id, on_air=True)
    return on_air.values_list("person_id", flat=True).first()


def cohosts(session_id: int) -> list[dict[str, Any]]:
    """Who has taken a co-host's seat: {"invitation", "person", "name", "on"}, in the order of the invitations.

    Who is connected at this moment is known to the media service, which adds "present".
    """
    taken = Invitation.objects.filter(session_id=session_id, revoked_at=None, person__isnull=False)
    return [
        {"invitation": seat.pk, "person": seat.person_id, "name": seat.name, "on": seat.on_air}
        for seat in taken
    ]


def may_cohost(person: Anyone, session: LiveSession) -> bool:
    return seat_of(person, session) is not None


def may_see(person: Anyone, session: LiveSession) -> bool:
    """Whether the broadcast exists for `person` at all: a rehearsal does only for its crew."""
    return not session.is_rehearsal or may_run(person, session) or may_cohost(person, session)


def may_watch(person: Anyone, session: LiveSession) -> bool:
    """Broadcasts are public; of a cancelled one there is nothing to see, of a rehearsal only for its crew."""
    return session.state != SessionState.CANCELLED and may_see(person, session)


def seen_session(person: Anyone, session_id: int) -> LiveSession:
    """The broadcast for a page of `person`; raises `NotFound` also for somebody else's rehearsal."""
    session = session_of(session_id)
    if not may_see(person, session):
        raise NotFound(_("没有这场直播。"))
    return session


def view_of(session: LiveSession) -> dict[str, Any]:
    """The public facts of a session row (with its host) as JSON-able values; times are ISO 8601 with
    offset."""
    local = timezone.localtime
    return {
        "id": session.pk,
        "title": session.title,
        "topic": session.topic,
        "host": {"id": session.host_id, "name": str(session.host)},
        "starts_at": local(session.starts_at).isoformat(),
        "planned_minutes": session.planned_minutes,
        "state": session.state,
        "state_label": str(session.get_state_display()),
        "went_live_at": session.went_live_at and local(session.went_live_at).isoformat(),
        "ended_at": session.ended_at and local(session.ended_at).isoformat(),
        "slate_text": session.slate_text,
        "slow_seconds": session.slow_seconds,
        "delay_seconds": session.delay_seconds,
        "revision": session.revision,
        "rehearsal": session.is_rehearsal,
    }


def session_view(session_id: int) -> dict[str, Any]:
    """The public facts of session `session_id`; raises `NotFound`."""
    return view_of(session_of(session_id))


def _rows() -> QuerySet[LiveSession]:
    """What may stand in a list: everything but rehearsals."""
    return LiveSession.objects.select_related("host").filter(rehearsal_of=None)


def upcoming(limit: int = 6) -> list[LiveSession]:
    """Announced broadcasts, the nearest first."""
    since = timezone.now() - LATE_START
    planned = _rows().filter(state=SessionState.PLANNED, starts_at__gte=since)
    return list(planned.order_by("starts_at")[:limit])


def crewed(person: Anyone, limit: int = 12) -> list[LiveSession]:
    """The announced and running broadcasts that `person` hosts or moderates, the nearest first."""
    if not isinstance(person, Person) or not person.is_staff:
        return []
    open_ = Q(state__in=ON_AIR) | Q(state=SessionState.PLANNED, starts_at__gte=timezone.now() - LATE_START)
    # Moderators are looked up by themselves: a join would give one row for each of them.
    moderated = LiveSession.moderators.through.objects.filter(person=person).values("livesession")
    mine = _rows().filter(open_, Q(host=person) | Q(pk__in=moderated))
    return list(mine.order_by("starts_at")[:limit])


def current() -> LiveSession | None:
    """The broadcast on air, or None."""
    return _rows().filter(state__in=ON_AIR).order_by("-went_live_at").first()


def restreamed() -> int | None:
    """The broadcast that the channels of others get: the first that went live keeps them to its end."""
    ending = Q(state=SessionState.ENDED, ended_at__gt=timezone.now() - LAST_WORDS)
    sent = LiveSession.objects.filter(Q(state__in=ON_AIR) | ending, rehearsal_of=None)
    return sent.order_by("went_live_at", "pk").values_list("pk", flat=True).first()


def past(limit: int = 12) -> list[LiveSession]:
    """Ended broadcasts, the latest first."""
    return list(_rows().filter(state=SessionState.ENDED).order_by("-starts_at")[:limit])


def ended() -> QuerySet[LiveSession]:
    """All ended broadcasts, the latest first, for a page at a time."""
    return _rows().filter(state=SessionState.ENDED).order_by("-starts_at", "-pk")


def sessions_by_id(ids: Iterable[int]) -> dict[int, LiveSession]:
    """In the order of their time, the latest first."""
    return {session.pk: session for session in _rows().filter(pk__in=set(ids)).order_by("-starts_at", "-pk")}


def live_session_ids() -> list[int]:
    """Broadcasts that are on air or paused."""
    return list(LiveSession.objects.filter(state__in=ON_AIR).order_by("pk").values_list("pk", flat=True))


def calendar(since: datetime, limit: int = 60) -> list[LiveSession]:
    """Broadcasts from `since` on, the cancelled ones too: who noted one must see that it is off."""
    return list(_rows().filter(starts_at__gte=since).order_by("starts_at", "pk")[:limit])


def next_taking() -> LiveSession | None:
    """The broadcast that questions can be sent to now: the one on air, else the nearest announced."""
    on_air = current()
    if on_air is not None:
        return on_air
    since = timezone.now() - LATE_START
    return _rows().filter(state__in=TAKES_QUESTIONS, starts_at__gte=since).order_by("starts_at").first()


def _overlay_key(session_id: int) -> str:
    """Opens the overlay of one broadcast to a mixer that cannot log in; it opens nothing else."""
    return salted_hmac("live.overlay", str(session_id), algorithm="sha256").hexdigest()[:32]


def overlay_address(session_id: int) -> str:
    return reverse("live:overlay", args=[session_id, _overlay_key(session_id)])


def opens_overlay(session_id: int, key: str) -> bool:
    return constant_time_compare(key, _overlay_key(session_id))


def running_order(session_id: int) -> list[dict[str, Any]]:
    """The points of the running order with the time each should begin and the time it did (ISO 8601).

    Times follow what really happened: behind the last point begun they count from its beginning.
    """
    session = session_of(session_id)
    at = session.went_live_at or session.starts_at
    rows = []
    for item in RunningItem.objects.filter(session_id=session_id):
        at = item.began_at or at
        rows.append(
            {
                "id": item.pk,
                "title": item.title,
                "minutes": item.minutes,
                "starts_at": timezone.localtime(at).isoformat(),
                "began_at": item.began_at and timezone.localtime(item.began_at).isoformat(),
            }
        )
        at += timedelta(minutes=item.minutes)
    return rows


def reminded(person: Anyone) -> frozenset[int]:
    """The broadcasts that `person` wants to be told of."""
    if not isinstance(person, Person):
        return frozenset()
    return frozenset(Reminder.objects.filter(person=person).values_list("session_id", flat=True))


def concerned(session: LiveSession) -> list[Person]:
    """Everybody who counts on a broadcast: its leader and moderators, the invited departments (while nobody has
    taken the seat, all who work there), who asked ahead and who wants to be reminded."""
    seats = Invitation.objects.filter(session=session, revoked_at=None)
    works_there = Q(
        roles__unit__in=seats.filter(person=None).values("unit"),
        roles__kind__in=[RoleKind.OFFICER, RoleKind.UNIT_HEAD],
    )
    groups = [
        session.moderators.all(),
        Person.objects.filter(cohosted__in=seats),
        Person.objects.filter(works_there),
        Person.objects.filter(questions__session=session),
        Person.objects.filter(reminders__session=session),
    ]
    ids = {pk for group in groups for pk in group.values_list("pk", flat=True)} | {session.host_id}
    return list(Person.objects.select_related("identity").filter(pk__in=ids, is_active=True))


def planned() -> list[LiveSession]:
    """Announced broadcasts of the rota, the nearest first."""
    return list(
        _rows().filter(state=SessionState.PLANNED, starts_at__gte=timezone.now()).order_by("starts_at")
    )


def last_host() -> int | None:
    """Whose turn it was last: the host of the latest broadcast that was not called off."""
    latest = _rows().exclude(state=SessionState.CANCELLED).order_by("-starts_at")
    return latest.values_list("host_id", flat=True).first()


def taken_evenings(since: datetime) -> frozenset[datetime]:
    """Starting times that have a broadcast already."""
    rows = _rows().exclude(state=SessionState.CANCELLED).filter(starts_at__gte=since)
    return frozenset(rows.values_list("starts_at", flat=True))
