"""Who stands behind a cookie, and what this person may do in a session. Asked anew for every privileged
message.
"""

from dataclasses import dataclass, replace
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.lib.errors import NotAllowed
from portal.lib.pace import Pace
from portal.live.models import LiveSession
from portal.live.queries import is_encoder_key, may_cohost, may_host, may_moderate, may_watch, session_of
from portal.people.models import Person
from portal.people.queries import is_verified, roles_of
from portal.questions.models import Question
from portal.questions.states import GUEST_STATES
from signaling.orm.door import door

# Media sessions that encoders and players behind one network address may open in a minute.
OPENINGS = Pace("whip", 120, 60)


@dataclass(frozen=True, slots=True)
class Rights:
    """`on_stage` is the question with which this person has been called to the stage, if any. Found without seats,
    `roles`, `on_stage`, `verified` and `cohost` are those of somebody who has none.
    """

    person_id: int | None
    name: str
    roles: frozenset[str]
    watch: bool
    host: bool
    moderate: bool
    on_stage: int | None
    verified: bool
    village: str
    cohost: bool = False


def person_behind(session_key: str | None) -> Person | None:
    """The person logged in with this session cookie, if the session still stands and the password is
    unchanged.
    """
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, Person) else None


def actor(person_id: int) -> Person:
    found = Person.objects.filter(pk=person_id, is_active=True).first()
    if found is None:
        raise NotAllowed(_("请重新登录"))
    return found


def _rights(session_key: str | None, session_id: int, seats: bool = True) -> Rights:
    """Without `seats` in half the statements: a moderator's every key stroke passes here."""
    person, session = person_behind(session_key), session_of(session_id)
    return _rights_of(person, session) if seats else _rights_without_seats(person, session)


def _rights_by_key(key: str, session_id: int) -> Rights | None:
    """Of the leader whose encoder's key it is; None for any other key."""
    session = session_of(session_id)
    return _rights_of(session.host, session) if is_encoder_key(session, key) else None


def _note_opening(address: str) -> None:
    """Count a media session opened from this network address; raises RateLimited beyond the pace."""
    OPENINGS.check(address)
    OPENINGS.count(address)


def _rights_of(person: Person | None, session: LiveSession) -> Rights:
    called = None
    if person is not None:
        mine = Question.objects.filter(session=session, person=person, stage_state__in=GUEST_STATES)
        called = mine.values_list("pk", flat=True).first()
    return replace(
        _rights_without_seats(person, session),
        roles=roles_of(person),
        on_stage=called,
        verified=is_verified(person),
        cohost=may_cohost(person, session),
    )


def _rights_without_seats(person: Person | None, session: LiveSession) -> Rights:
    return Rights(
        person_id=person.pk if person else None,
        name=str(person) if person else "",
        roles=frozenset(),
        watch=may_watch(person, session),
        host=may_host(person, session),
        moderate=may_moderate(person, session),
        on_stage=None,
        verified=False,
        village=person.village if person else "",
    )


rights = door(_rights)
rights_by_key = door(_rights_by_key)
note_opening = door(_note_opening)
