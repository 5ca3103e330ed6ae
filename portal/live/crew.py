"""What the crew sets while a broadcast runs: slow mode, the delay of the HLS viewers, the running order."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live.actions import announce_session, bump, topic_of
from portal.live.models import LiveSession, RunningItem
from portal.live.queries import may_moderate, may_run, running_order, session_of
from portal.live.states import TAKES_QUESTIONS
from portal.people.models import Person

SLOWEST = 600
LONGEST_DELAY = 60
MOST_ITEMS = 30
TITLE_LENGTH = 80
LONGEST_ITEM = 240

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """`id` is that of an item which is there already and keeps the time it was begun at."""

    title: str
    minutes: int
    id: int | None = None


def _crew(actor: Person, session_id: int) -> LiveSession:
    session = session_of(session_id)
    if not may_run(actor, session):
        raise NotAllowed(_("只有本场领导和主持人可以操作直播。"))
    return session


def set_slow_mode(actor: Person, session_id: int, seconds: int) -> None:
    """From now on one written question per person in `seconds`; 0: as usual. For the moderators."""
    if not may_moderate(actor, session_of(session_id)):
        raise NotAllowed(_("只有本场主持人可以操作问题。"))
    if not 0 <= seconds <= SLOWEST:
        raise BadInput(_("慢速间隔须在0至%(most)d秒之间。") % {"most": SLOWEST}, field="seconds")
    _set(session_id, slow_seconds=seconds)
    log.info("session %s: slow mode %s s by person %s", session_id, seconds, actor.pk)


def set_delay(actor: Person, session_id: int, seconds: int) -> None:
    """HLS viewers are kept `seconds` behind; 0: as close as can be. Raises as the steps of a broadcast do."""
    _crew(actor, session_id)
    if not 0 <= seconds <= LONGEST_DELAY:
        raise BadInput(_("延时须在0至%(most)d秒之间。") % {"most": LONGEST_DELAY}, field="seconds")
    _set(session_id, delay_seconds=seconds)
    log.info("session %s: delay %s s by person %s", session_id, seconds, actor.pk)


def _set(session_id: int, **fields: int) -> None:
    with transaction.atomic():
        bump(session_id)
        if not LiveSession.objects.filter(pk=session_id, state__in=TAKES_QUESTIONS).update(**fields):
            raise Conflict(_("这场直播已经结束。"))
        announce_session(session_of(session_id))


def set_running_order(actor: Person, session_id: int, items: Sequence[PlannedItem]) -> None:
    """The whole order at once; what was begun keeps its time. Raises `NotAllowed`, `BadInput`."""
    _crew(actor, session_id)
    if len(items) > MOST_ITEMS:
        raise BadInput(_("流程最多%(most)d项。") % {"most": MOST_ITEMS}, field="items")
    for item in items:
        if not item.title.strip() or len(item.title.strip()) > TITLE_LENGTH:
            raise BadInput(_("请写明每一项的名称，最多80字。"), field="items")
        if not 1 <= item.minutes <= LONGEST_ITEM:
            raise BadInput(_("每一项须在1至240分钟之间。"), field="items")
    with transaction.atomic():
        bump(session_id)
        begun = dict(RunningItem.objects.filter(session_id=session_id).values_list("pk", "began_at"))
        RunningItem.objects.filter(session_id=session_id).delete()
        RunningItem.objects.bulk_create(
            RunningItem(
                session_id=session_id,
                order=place,
                title=item.title.replace("\x00", "").strip(),
                minutes=item.minutes,
                began_at=begun.get(item.id) if item.id is not None else None,
            )
            for place, item in enumerate(items)
        )
        announce_session(session_of(session_id))
        _tell(session_id)


def begin_item(actor: Person, session_id: int, item_id: int, at: datetime | None = None) -> None:
    """This point of the order begins now; pressed again it is taken back."""
    _crew(actor, session_id)
    with transaction.atomic():
        bump(session_id)
        item = RunningItem.objects.filter(session_id=session_id, pk=item_id).first()
        if item is None:
            raise NotFound(_("流程里没有这一项。"))
        item.began_at = None if item.began_at is not None else at or timezone.now()
        item.save(update_fields=["began_at"])
        announce_session(session_of(session_id))
        _tell(session_id)


def _tell(session_id: int) -> None:
    """To the crew only: an order is not promised to anybody."""
    message = {"type": "running_order", "session": session_id, "items": running_order(session_id)}
    tell(topic_of(session_id), message | {"to": {"moderators": True}})
