"""Write a message; put it up and take it down. Each is one transaction with the case's event."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appeals.actions import Registered, key_of_words, publish, register, unpublish
from portal.appeals.queries.rights import find_appeal
from portal.appeals.vocabulary import Channel
from portal.board.models import Message
from portal.board.queries import may_show, shown
from portal.lib.errors import Conflict, NotAllowed, NotFound, TryLater
from portal.people.models import Person
from portal.people.queries import is_verified

WINDOW = timedelta(days=1)
LIMIT = 5


@transaction.atomic
def write(
    person: Person, uuid: UUID, text: str, village: str, open_wish: bool, at: datetime | None = None
) -> Registered:
    """A message becomes a case. Sending the same `uuid` with the same words again gives the same numbers and writes
    nothing.

    Raises `NotAllowed` (no verified telephone), `BadInput`, `Conflict` (somebody else's UUID), `TryLater` (more than
    5 in a day).
    """
    if not (person.is_active and is_verified(person)):
        raise NotAllowed(_("请先用手机号验证身份，再留言。"))
    at = at or timezone.now()
    # Held, so that messages sent at one moment are counted one after the other.
    Person.objects.select_for_update().get(pk=person.pk)
    mine = Message.objects.filter(appeal__key=uuid, person=person)
    uuid = key_of_words(uuid, text, mine.values_list("appeal__original_text", flat=True).first())
    if not Message.objects.filter(appeal__key=uuid).exists():
        _check_pace(person, at)
    made = register(Channel.BOARD, person, text, village or person.village, uuid, raised_at=at)
    if made.created:
        Message.objects.create(appeal_id=made.appeal_id, person=person, written_at=at, open_wish=open_wish)
    return made


def _check_pace(person: Person, at: datetime) -> None:
    recent = Message.objects.filter(person=person, written_at__gt=at - WINDOW).order_by("-written_at")
    times = list(recent.values_list("written_at", flat=True)[:LIMIT])
    if len(times) == LIMIT:
        seconds = int((times[-1] + WINDOW - at).total_seconds()) + 1
        raise TryLater(
            _("您一天内已留言%(limit)d次。文字没有丢失，请明天再提交，或在直播中提问。") % {"limit": LIMIT},
            seconds=seconds,
        )


@transaction.atomic
def show(actor: Person, number: str, up: bool, at: datetime | None = None) -> None:
    """Put the replied message of case `number` up for everybody, or take it down. Again changes nothing.

    Raises `NotFound`, `NotAllowed` (no clerk), `Conflict` (no reply yet; its writer did not agree).
    """
    if not may_show(actor):
        raise NotAllowed(_("只有受理员可以公开或撤下留言。"))
    at = at or timezone.now()
    message = Message.objects.select_for_update().filter(appeal=find_appeal(number)).first()
    if message is None:
        raise NotFound(_("没有找到这条留言。"))
    if up and not message.open_wish:
        raise Conflict(_("留言人没有同意公开。"))
    is_up = shown().filter(pk=message.pk).exists()
    if up and not is_up:
        message.shown_at, message.shown_cycle = at, publish(actor, message.appeal_id, at)
    elif is_up and not up:
        unpublish(actor, message.appeal_id, at)
        message.shown_at, message.shown_cycle = None, 0
    message.save(update_fields=["shown_at", "shown_cycle"])
