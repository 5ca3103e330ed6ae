"""Who plays: the demo county's leader, moderator and supervisor, and the demo citizen, logged in through
the database.

The command runs on the server's machine with the server's settings; that is its right to make sessions for
others.
"""

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.live.actions import plan
from portal.people.actions import confirm_code
from portal.people.models import Person, PhoneCode
from portal.people.sealing import code_hash, phone_hash

CITIZEN_PHONE = "13800000001"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Player:
    name: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Cast:
    session: int
    leader: Player
    moderator: Player
    citizen: Player


class NoCounty(Exception):
    """The demo county is not loaded."""


def _citizen() -> Person:
    """The demo citizen by a code that was never sent."""
    hashed, code, now = phone_hash(CITIZEN_PHONE), "000000", timezone.now()
    PhoneCode.objects.create(
        phone_hash=hashed,
        code_hash=code_hash(hashed, code),
        sent_at=now,
        expires_at=now + timedelta(minutes=1),
    )
    return confirm_code(CITIZEN_PHONE, code)


def log_in(person: Person) -> str:
    """The session key of a log-in of six hours."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.set_expiry(timedelta(hours=6))
    session.save()
    return str(session.session_key)


def _player(person: Person) -> Player:
    return Player(str(person), f"{settings.SESSION_COOKIE_NAME}={log_in(person)}")


def cast(minutes: int) -> Cast:
    """Plan a broadcast that begins now and log everybody in. NoCounty without the demo people."""
    staff = {person.username: person for person in Person.objects.filter(username__in=["lin", "bob", "sam"])}
    if len(staff) < 3:
        raise NoCounty("the demo county is not loaded: run manage.py demo first")
    session = plan(
        staff["sam"],
        title=_("演示直播：道路、路灯和自来水"),
        host=staff["lin"],
        starts_at=timezone.now(),
        moderators=[staff["bob"]],
        topic=_("由内置的演示人物主持，无需摄像头"),
        planned_minutes=max(1, minutes),
    )
    return Cast(session.pk, _player(staff["lin"]), _player(staff["bob"]), _player(_citizen()))
