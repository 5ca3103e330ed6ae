"""What follows an account: its password, its sessions, its large print, and the opening of a sealed identity."""

import logging
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import BadInput, NotAllowed, NotFound
from portal.lib.http import client_address
from portal.lib.pace import Pace
from portal.people.models import Contact, Identity, IdentityView, Person
from portal.people.queries import roles_of
from portal.people.sealing import unseal
from portal.people.vocabulary import RoleKind

PASSWORD_GUESSES = Pace("password", limit=10, seconds=600)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RevealedIdentity:
    name: str
    phone: str
    under_14: bool
    confirmed: bool = True


def check_password(request: HttpRequest, username: str, password: str) -> Person:
    """The staff member behind `username`; slows down who guesses.

    Raises `NotAllowed` for a wrong pair (never saying which half was wrong), `TryLater` after ten wrong ones
    from one address within ten minutes.
    """
    who = f"{client_address(request)} {username}"
    PASSWORD_GUESSES.check(who)
    person = authenticate(request, username=username, password=password)
    if not isinstance(person, Person):
        PASSWORD_GUESSES.count(who)
        raise NotAllowed(_("用户名或密码不正确。"))
    PASSWORD_GUESSES.forget(who)
    return person


def reveal_identity(viewer: Person, person: Person, why: str) -> RevealedIdentity:
    """Open the seal of `person` for `viewer` and write down who looked and why.

    Rights beyond "is staff of the case store" are the caller's: it knows the case. Raises `NotAllowed`,
    `BadInput`
    without a reason, `NotFound` when there is no identity.
    """
    if not roles_of(viewer) & {RoleKind.CLERK, RoleKind.OFFICER, RoleKind.UNIT_HEAD, RoleKind.SUPERVISOR}:
        raise NotAllowed(_("无权查看身份信息。"))
    if not why.strip():
        raise BadInput(_("请说明查看原因。"), field="why")
    identity = Identity.objects.filter(person=person).first()
    contact = Contact.objects.filter(person=person).first() if identity is None else None
    if identity is None and contact is None:
        raise NotFound(_("没有身份信息。"))
    IdentityView.objects.create(viewer=viewer, person=person, why=why.strip()[:200])
    log.info("identity of person %s opened by person %s", person.pk, viewer.pk)
    if identity is not None:
        return RevealedIdentity(
            unseal(identity.name_sealed), unseal(identity.phone_sealed), identity.under_14
        )
    assert contact is not None
    return RevealedIdentity(unseal(contact.name_sealed), unseal(contact.phone_sealed), False, confirmed=False)


def leave_everywhere(person: Person) -> None:
    """Every session of `person` on every device ends with its next request, open sockets at once."""
    Person.objects.filter(pk=person.pk).update(sessions_round=F("sessions_round") + 1)
    # Sockets were opened with a cookie that was good then.
    tell("people", {"type": "logged_out", "person": person.pk})
    log.info("person %s logged out everywhere", person.pk)


def set_large_print(person: Person, large: bool) -> None:
    Person.objects.filter(pk=person.pk).update(large_print=large)
