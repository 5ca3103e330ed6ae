"""How a case begins: one row, its number, its clocks and its first event; the same key again changes
nothing.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.appeals.actions.change import TEXT_LENGTH, moment, record, tell_citizen
from portal.appeals.actions.clocks import start_first_clocks
from portal.appeals.actions.files import enclose_waiting
from portal.appeals.models import Appeal, NumberSeries, UrgencyClass
from portal.appeals.queries.time import local_day
from portal.appeals.sealing import query_code, redacted
from portal.appeals.vocabulary import URGENCY_ROWS, USUAL_URGENCY, Audience, Channel, EventKind
from portal.lib.errors import BadInput, Conflict
from portal.people.models import Person

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Registered:
    """`created` is False when the key was known already: number and code are those of the first time."""

    appeal_id: int
    number: str
    query_code: str
    created: bool


def usual_urgency() -> UrgencyClass:
    row = next(row for row in URGENCY_ROWS if row["code"] == USUAL_URGENCY)
    return UrgencyClass.objects.get_or_create(code=USUAL_URGENCY, defaults=row)[0]


def _next_number(day: date) -> str:
    """The next number of `day`, e.g. 20261123-0042; the series row is held until the transaction ends."""
    if not NumberSeries.objects.filter(day=day).update(last=F("last") + 1):
        NumberSeries.objects.get_or_create(day=day)
        NumberSeries.objects.filter(day=day).update(last=F("last") + 1)
    last = NumberSeries.objects.get(day=day).last
    return f"{day:%Y%m%d}-{last:04d}"


def key_of_words(key: uuid.UUID, text: str, before: str | None) -> uuid.UUID:
    """The key for `text` where `before` has come with `key` already (None: nothing has).

    Whoever changes the words behind a lost answer, or goes back to the form and writes the next matter into it,
    sends the old key: told the number of the first case, they would never learn that the new words are gone.
    """
    # A form sends its lines with CRLF, a script with LF.
    bare = "".join(text.replace("\x00", "").split())
    return key if before is None or "".join(before.split()) == bare else uuid.uuid5(key, bare)


def _known(key: uuid.UUID, person: Person | None) -> Registered | None:
    appeal = Appeal.objects.filter(key=key).first()
    if appeal is None:
        return None
    if appeal.person_id != (person.pk if person else None):
        # Whoever guesses or copies a key must not get the number and code of somebody else's case.
        raise Conflict(_("这条诉求已由他人提交。"))
    return Registered(appeal.pk, appeal.number, query_code(appeal.number), False)


def register(
    channel: str,
    person: Person | None,
    text: str,
    village: str,
    key: uuid.UUID,
    raised_at: datetime | None = None,
) -> Registered:
    """Write the case of one matter; must run inside the caller's transaction (`atomic`).

    `key` is the client's UUID: again with the same key, also at the same moment, gives the same number. `text`
    may be empty only for a question that is yet to be spoken (stage, telephone). Raises `BadInput`, `Conflict`
    when the key belongs to another person, `TransactionManagementError` outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("register needs the caller's transaction")
    text = text.replace("\x00", "").strip()
    if channel not in Channel.values:
        raise BadInput(_("未知的渠道。"), field="channel")
    if not text and channel not in (Channel.STAGE, Channel.TELEPHONE):
        raise BadInput(_("请填写诉求内容。"), field="text")
    if len(text) > TEXT_LENGTH:
        raise BadInput(_("内容不能超过%(limit)s字。") % {"limit": TEXT_LENGTH}, field="text")
    try:
        with transaction.atomic():
            appeal = _write(channel, person, text, village, key, moment(raised_at))
    except IntegrityError:
        known = _known(key, person)
        if known is None:
            raise
        return known
    return Registered(appeal.pk, appeal.number, query_code(appeal.number), True)


def _write(
    channel: str, person: Person | None, text: str, village: str, key: uuid.UUID, at: datetime
) -> Appeal:
    urgency = usual_urgency()
    appeal = Appeal.objects.create(
        number=_next_number(local_day(at)),
        key=key,
        channel=channel,
        person=person,
        original_text=text,
        public_text=redacted(text),
        village=village.replace("\x00", "").strip()[:80],
        urgency=urgency,
        raised_at=at,
    )
    start_first_clocks(appeal, at, urgency.settle_days, urgency.accept_days)
    record(appeal, EventKind.CREATED, person, at, payload={"channel": channel}, audience=Audience.PUBLIC)
    enclose_waiting(key)
    tell_citizen(appeal, "registered", code=query_code(appeal.number))
    log.info("appeal %s registered by channel %s", appeal.pk, channel)
    return appeal
