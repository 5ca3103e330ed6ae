"""Citizens: confirmed by a code on their telephone, a child under 14 by its guardian's too, or as told to the crew."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.lib.errors import BadInput, NotAllowed
from portal.people.actions.codes import guardian_use, right_code, send_guardian_code, spend, telephone
from portal.people.models import Contact, Identity, Person
from portal.people.queries import mask_name
from portal.people.sealing import normal_phone, phone_hash, seal

NAME_LENGTH = 40
VILLAGE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who agrees for a child under 14, by the `code` that came to `phone`."""

    name: str
    phone: str
    code: str = ""


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


def _checked(guardian: Guardian, child: str) -> Guardian:
    """Raises `BadInput` where name or number cannot be meant."""
    name = guardian.name.strip()[:NAME_LENGTH]
    if not name:
        raise BadInput(_("请填写监护人的姓名。"), field="guardian_name")
    phone = normal_phone(guardian.phone)
    if phone is None:
        raise BadInput(_("请填写监护人的11位手机号。"), field="guardian_phone")
    if phone == child:
        raise BadInput(
            _("监护人的手机号要和您自己的不同。没有自己的手机号，可以请监护人登录后代您提问。"),
            field="guardian_phone",
        )
    return Guardian(name, phone, guardian.code.strip())


def ask_guardian(guardian: Guardian, phone: str, origin: str = "") -> None:
    """Send the code by which `guardian` agrees for the child with the number `phone`.

    Raises `BadInput` for what cannot be meant, and what `send_code` raises, with the same limits.
    """
    child = telephone(phone)
    send_guardian_code(_checked(guardian, child).phone, child, origin)


def _use_codes(number: str, code: str, guardian: Guardian | None, now: datetime) -> None:
    """The person's own code, and the guardian's where there is one: both are used, or none."""
    hashed = phone_hash(number)
    agreed = None
    if guardian is not None:
        if not guardian.code:
            raise BadInput(_("请填写监护人手机收到的验证码。"), field="guardian_code")
        use = guardian_use(guardian.phone, number)
        agreed = right_code(phone_hash(guardian.phone), use, guardian.code, now, "guardian_code")
    own = right_code(hashed, hashed, code, now)
    child = Identity.objects.filter(phone_hash=hashed, under_14=True, guardian_agreed_at=None)
    if guardian is None and child.exists():
        raise BadInput(
            _("未满14周岁，请在登录页填写监护人，并填写监护人手机收到的验证码。"), field="guardian_code"
        )
    spend(own, now)
    if agreed is not None:
        spend(agreed, now, "guardian_code")


def confirm_code(
    phone: str, code: str, name: str = "", village: str = "", guardian: Guardian | None = None
) -> Person:
    """The citizen behind `phone`, made at the first confirmation; `name` and `village` are taken over when
    given. `guardian` is given for a child under 14, and agrees in its place by a code of its own
    (`ask_guardian`).

    Raises `BadPhone`, `BadInput`, `WrongCode`, `ExpiredCode`, `TooManyTries`, `NotAllowed` for a closed
    account. Call it outside a transaction: a wrong try must stay counted.
    """
    number = telephone(phone)
    now = timezone.now()
    if guardian is not None:
        guardian = _checked(guardian, number)
    _use_codes(number, code, guardian, now)
    person = _citizen(number, phone_hash(number), now)
    if not person.is_active:
        raise NotAllowed(_("此账号已停用。"))
    if guardian is not None:
        Identity.objects.filter(person=person).update(
            under_14=True,
            guardian_name_sealed=seal(guardian.name),
            guardian_phone_sealed=seal(guardian.phone),
            guardian_agreed_at=now,
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


def note_contact(taken_by: Person, name: str, phone: str, village: str = "") -> Person:
    """A citizen as told to the crew: by telephone, in a letter. `phone` may be empty; it stays unconfirmed.

    Always a person of its own, also where the number is known: a number that somebody names must not open or
    fill the account of who confirmed it. Raises `BadPhone`.
    """
    number = telephone(phone) if phone.strip() else ""
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
