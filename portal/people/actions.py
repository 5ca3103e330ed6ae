"""What changes people: one-time codes, the citizen they confirm, and the opening of a sealed identity."""

import logging
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import BadInput, NotAllowed, NotFound, TryLater
from portal.lib.http import client_address
from portal.lib.pace import Pace, RateLimited
from portal.people.models import Contact, Identity, IdentityView, Person, PhoneCode
from portal.people.queries import mask_name, roles_of
from portal.people.sealing import code_hash, normal_phone, phone_hash, seal, unseal
from portal.people.sms import SmsFailed, gateway
from portal.people.vocabulary import RoleKind

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
BETWEEN_SENDS = timedelta(seconds=60)
SENDS_PER_HOUR = 5
NAME_LENGTH = 40
VILLAGE_LENGTH = 80
PASSWORD_GUESSES = Pace("password", limit=10, seconds=600)

log = logging.getLogger(__name__)


class BadPhone(BadInput):
    code = "bad_phone"


class WrongCode(BadInput):
    code = "wrong_code"


class ExpiredCode(BadInput):
    code = "expired_code"


class TooManyTries(BadInput):
    code = "too_many_tries"


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who agrees for a child under 14."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class RevealedIdentity:
    name: str
    phone: str
    under_14: bool
    confirmed: bool = True


def bad_phone() -> BadPhone:
    return BadPhone(_("请填写11位手机号。"), field="phone")


def _phone(typed: str) -> str:
    phone = normal_phone(typed)
    if phone is None:
        raise bad_phone()
    return phone


def _check_pace(hashed: str, now: datetime) -> None:
    sent = list(
        PhoneCode.objects.filter(phone_hash=hashed, sent_at__gt=now - timedelta(hours=1))
        .order_by("-sent_at")
        .values_list("sent_at", flat=True)[:SENDS_PER_HOUR]
    )
    if sent and now - sent[0] < BETWEEN_SENDS:
        wait = int((sent[0] + BETWEEN_SENDS - now).total_seconds()) + 1
        raise RateLimited(_("验证码刚刚发过，请在%(seconds)s秒后再试。") % {"seconds": wait}, seconds=wait)
    if len(sent) >= SENDS_PER_HOUR:
        wait = int((sent[-1] + timedelta(hours=1) - now).total_seconds()) + 1
        minutes = wait // 60 + 1
        raise RateLimited(
            _("验证码发送次数过多，请在%(minutes)s分钟后再试。") % {"minutes": minutes}, seconds=wait
        )


def _codes_per_address() -> Pace:
    return Pace("codes", limit=settings.CODES_PER_ADDRESS, seconds=3600)


def send_code(phone: str, origin: str = "") -> None:
    """Send a fresh six-digit code to `phone`; the one before it stops working. `origin`: the network address
    of who asks for it.

    Raises `BadPhone`, `RateLimited` (60 s between sends, five an hour per number, CODES_PER_ADDRESS an hour
    per address), `TryLater` when the gateway fails.
    """
    number = _phone(phone)
    if origin:
        _codes_per_address().check(origin)
    hashed = phone_hash(number)
    now = timezone.now()
    code = f"{secrets.randbelow(1_000_000):06d}"
    with transaction.atomic():
        _check_pace(hashed, now)
        row = PhoneCode.objects.create(
            phone_hash=hashed, code_hash=code_hash(hashed, code), sent_at=now, expires_at=now + CODE_LIVES
        )
    if origin:
        _codes_per_address().count(origin)
    try:
        gateway().send(number, _("【直通车】验证码 %(code)s，5分钟内有效，请勿告诉他人。") % {"code": code})
    except SmsFailed:
        # The pace must not punish a message that never left.
        PhoneCode.objects.filter(pk=row.pk).delete()
        log.warning("sms gateway refused code %s", row.pk)
        raise TryLater(_("短信暂时发不出去，请稍后再试。"), seconds=30) from None


def _use_code(hashed: str, code: str, now: datetime) -> None:
    newest = PhoneCode.objects.filter(phone_hash=hashed).order_by("-sent_at", "-pk").first()
    if newest is None or newest.used_at is not None or newest.expires_at <= now:
        raise ExpiredCode(_("验证码已失效，请重新获取。"), field="code")
    # Counted before it is compared, and outside any transaction of ours: parallel guesses cannot share one
    # try.
    if not PhoneCode.objects.filter(pk=newest.pk, tries__lt=CODE_TRIES).update(tries=F("tries") + 1):
        raise TooManyTries(_("验证码输错次数过多，请重新获取。"), field="code")
    if not constant_time_compare(newest.code_hash, code_hash(hashed, code.strip())):
        raise WrongCode(_("验证码不正确，请再核对一次。"), field="code")
    if not PhoneCode.objects.filter(pk=newest.pk, used_at=None).update(used_at=now):
        raise ExpiredCode(_("验证码已失效，请重新获取。"), field="code")


def _new_citizen(number: str, hashed: str, now: datetime) -> Person:
    person = Person(username=f"c-{uuid.uuid4().hex}", shown_name=_("居民"))
    person.set_unusable_password()
    person.save()
    Identity.objects.create(person=person, phone_sealed=seal(number), phone_hash=hashed, consent_at=now)
    return person


def _citizen(number: str, hashed: str, now: datetime) -> Person:
    known = Identity.objects.select_related("person").filter(phone_hash=hashed).first()
    if known is not None:
        return known.person
    try:
        with transaction.atomic():
            return _new_citizen(number, hashed, now)
    except IntegrityError:
        # A second tab confirmed the same number at the same moment.
        return Identity.objects.select_related("person").get(phone_hash=hashed).person


def _checked(guardian: Guardian) -> Guardian:
    """Raises `BadInput` where name or number cannot be meant."""
    name = guardian.name.strip()[:NAME_LENGTH]
    if not name:
        raise BadInput(_("请填写监护人的姓名。"), field="guardian_name")
    phone = normal_phone(guardian.phone)
    if phone is None:
        raise BadInput(_("请填写监护人的11位手机号。"), field="guardian_phone")
    return Guardian(name, phone)


def confirm_code(
    phone: str, code: str, name: str = "", village: str = "", guardian: Guardian | None = None
) -> Person:
    """The citizen behind `phone`, made at the first confirmation; `name` and `village` are taken over when
    given. `guardian` is given for a child under 14, and agrees in its place.

    Raises `BadPhone`, `WrongCode`, `ExpiredCode`, `TooManyTries`, `NotAllowed` for a closed account. Call
    it outside
    a transaction: a wrong try must stay counted.
    """
    number = _phone(phone)
    hashed = phone_hash(number)
    now = timezone.now()
    if guardian is not None:
        guardian = _checked(guardian)
    _use_code(hashed, code, now)
    person = _citizen(number, hashed, now)
    if not person.is_active:
        raise NotAllowed(_("此账号已停用。"))
    if guardian is not None:
        Identity.objects.filter(person=person).update(
            under_14=True,
            guardian_name_sealed=seal(guardian.name),
            guardian_phone_sealed=seal(guardian.phone),
        )
    name, village = name.strip()[:NAME_LENGTH], village.strip()[:VILLAGE_LENGTH]
    if name:
        Identity.objects.filter(person=person).update(name_sealed=seal(name))
        person.shown_name = mask_name(name)
    if village:
        person.village = village
    # Messages go out when no page is there to say which language is read: the last page said it.
    person.language = get_language() or ""
    person.save(update_fields=["shown_name", "village", "language"])
    return person


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


def note_contact(taken_by: Person, name: str, phone: str, village: str = "") -> Person:
    """A citizen as told to the crew: by telephone, in a letter. `phone` may be empty; it stays unconfirmed.

    Always a person of its own, also where the number is known: a number that somebody names must not open or
    fill the account of who confirmed it. Raises `BadPhone`.
    """
    number = _phone(phone) if phone.strip() else ""
    name = name.strip()[:NAME_LENGTH]
    person = Person(
        username=f"c-{uuid.uuid4().hex}",
        shown_name=mask_name(name) or _("居民"),
        village=village.strip()[:VILLAGE_LENGTH],
    )
    person.set_unusable_password()
    person.save()
    Contact.objects.create(
        person=person,
        name_sealed=seal(name),
        phone_sealed=seal(number),
        taken_by=taken_by,
    )
    return person


def leave_everywhere(person: Person) -> None:
    """Every session of `person` on every device ends with its next request, open sockets at once."""
    Person.objects.filter(pk=person.pk).update(sessions_round=F("sessions_round") + 1)
    # Sockets were opened with a cookie that was good then.
    tell("people", {"type": "logged_out", "person": person.pk})
    log.info("person %s logged out everywhere", person.pk)


def set_large_print(person: Person, large: bool) -> None:
    Person.objects.filter(pk=person.pk).update(large_print=large)
