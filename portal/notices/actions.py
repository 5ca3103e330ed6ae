"""Writing messages and getting them out. The table is the queue; a row is claimed by a conditional update."""

import logging
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from portal.lib.errors import BadInput
from portal.notices.models import Notice, NoticeChannel, NoticeStatus, PushAddress
from portal.notices.push import Address, Gone, PushFailed, deliver, is_sound
from portal.notices.queries import listening
from portal.notices.vocabulary import DATE_FIELDS, PUSHES, TEMPLATES, day_words
from portal.people.models import Identity, Person
from portal.people.sealing import unseal
from portal.people.sms import SmsFailed, gateway

MOST_TRIES = 6
MOST_BROWSERS = 5
# A worker that died while sending: its rows are taken up again after this long.
CLAIM_LASTS = timedelta(minutes=5)

log = logging.getLogger(__name__)


def send(person: Person | None, template: str, payload: Mapping[str, str], key: str) -> None:
    """Write one message to `person`; delivered by the clerk after the commit.

    Reminders of broadcasts to the browsers that listen; else by SMS to whom has a confirmed number, else to the
    person's page. Again with the same `key`: nothing, the first row stays.
    Raises `KeyError` for an unknown template or a payload that lacks a word the sentence needs.
    """
    if person is None:
        return
    str(TEMPLATES[template]) % payload
    identity: Identity | None = getattr(person, "identity", None)
    notice = Notice(
        key=key,
        person=person,
        template=template,
        payload=dict(payload),
        channel=_channel(person, template, identity),
        phone_sealed=identity.phone_sealed if identity else "",
    )
    # One statement: a citizen waits for it, and so does everybody who asks in the same broadcast.
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def _channel(person: Person, template: str, identity: Identity | None) -> NoticeChannel:
    if template in PUSHES and listening(person).exists():
        return NoticeChannel.PUSH
    return NoticeChannel.SMS if identity else NoticeChannel.PAGE


def sentence(notice: Notice) -> str:
    """The message in the language of the page it stands on, its dates in words."""
    return _filled(TEMPLATES[notice.template], notice)


def _filled(template: object, notice: Notice) -> str:
    payload: dict[str, str] = dict(notice.payload)
    for field in DATE_FIELDS:
        if payload.get(field):
            payload[field] = day_words(date.fromisoformat(payload[field]))
    return str(template) % payload


def _to_send(notice: Notice) -> str:
    """The message in the language of who gets it: no page is there to say which."""
    with translation.override(notice.person.language or settings.LANGUAGE_CODE):
        return sentence(notice)


def deliver_due(now: datetime, limit: int = 50) -> int:
    """Send up to `limit` messages that are due; how many left the house. Safe to run in several processes.

    One that cannot be sent ever (its seal does not open) is marked failed and stops no other.
    """
    due = Notice.objects.filter(_claimable(now)).order_by("not_before").values_list("pk", flat=True)[:limit]
    return sum(_deliver(pk, now) for pk in list(due))


def _claimable(now: datetime) -> Q:
    stale = Q(status=NoticeStatus.SENDING, claimed_at__lt=now - CLAIM_LASTS)
    return Q(status=NoticeStatus.PENDING, not_before__lte=now) | stale


def _deliver(pk: int, now: datetime) -> bool:
    claimed = Notice.objects.filter(_claimable(now), pk=pk).update(
        status=NoticeStatus.SENDING, claimed_at=now, tries=F("tries") + 1
    )
    if not claimed:
        return False
    notice = Notice.objects.select_related("person").get(pk=pk)
    if notice.channel == NoticeChannel.PUSH and not _pushed(notice):
        # Nobody listens there, or the push service is away: a reminder does not wait.
        notice.channel = NoticeChannel.SMS if notice.phone_sealed else NoticeChannel.PAGE
        Notice.objects.filter(pk=pk).update(channel=notice.channel)
    try:
        if notice.channel == NoticeChannel.SMS:
            gateway().send(unseal(notice.phone_sealed), _to_send(notice))
    except SmsFailed:
        _postpone(notice, now)
        return False
    except InvalidToken:
        # Sealed with another key: no later try will open it.
        Notice.objects.filter(pk=pk).update(status=NoticeStatus.FAILED)
        log.exception("notice %s failed: its sealed number does not open", pk)
        return False
    Notice.objects.filter(pk=pk).update(status=NoticeStatus.SENT, sent_at=now)
    return True


def _pushed(notice: Notice) -> bool:
    """To every browser of the person that listens; did it reach one?"""
    with translation.override(notice.person.language or settings.LANGUAGE_CODE):
        message = {
            "title": _("干群直通车"),
            "body": _filled(PUSHES[notice.template], notice),
            "url": str(notice.payload.get("url", "/")),
            "tag": notice.key,
        }
    reached = 0
    for row in listening(notice.person):
        try:
            deliver(Address(row.endpoint, row.p256dh, row.auth), message)
            reached += 1
        except Gone:
            row.delete()
        except PushFailed as error:
            log.warning("push of notice %s failed (%s)", notice.pk, error)
    return reached > 0


def listen(person: Person, address: Address) -> None:
    """Messages for `person` go to this browser from now on; who had it before loses it. Raises `BadInput`."""
    if not is_sound(address):
        raise BadInput(_("这个浏览器的通知地址无法使用，将改用短信。"), field="endpoint")
    PushAddress.objects.update_or_create(
        endpoint=address.endpoint,
        defaults={
            "person": person,
            "p256dh": address.p256dh,
            "auth": address.auth,
            "sessions_round": person.sessions_round,
        },
    )
    for old in PushAddress.objects.filter(person=person).order_by("-created_at", "-pk")[MOST_BROWSERS:]:
        old.delete()


def _postpone(notice: Notice, now: datetime) -> None:
    gave_up = notice.tries >= MOST_TRIES
    Notice.objects.filter(pk=notice.pk).update(
        status=NoticeStatus.FAILED if gave_up else NoticeStatus.PENDING,
        not_before=now + timedelta(minutes=2**notice.tries),
    )
    log.warning("notice %s %s after %s tries", notice.pk, "failed" if gave_up else "waits", notice.tries)
