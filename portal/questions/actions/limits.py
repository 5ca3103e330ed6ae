"""How often somebody may ask, and whose questions stay off the wall. Asked under the session's lock."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from portal.lib.errors import TryLater
from portal.live.models import LiveSession
from portal.people.models import Person
from portal.questions.models import Block, Question
from portal.questions.states import Kind

PACE_WINDOW = timedelta(minutes=10)
PACE_LIMIT = 10


def block_of(person: Person, session_id: int) -> Block | None:
    return Block.objects.filter(session_id=session_id, person=person, lifted_at=None).first()


def check_pace(person: Person, at: datetime) -> None:
    """At most 10 questions of a person in 10 minutes; repeats are answered before they get here."""
    since = at - PACE_WINDOW
    times = list(
        Question.objects.filter(person=person, asked_at__gt=since)
        .order_by("-asked_at")
        .values_list("asked_at", flat=True)[:PACE_LIMIT]
    )
    if len(times) < PACE_LIMIT:
        return
    seconds = max(1, int((times[-1] - since).total_seconds()) + 1)
    minutes = -(-seconds // 60)
    raise TryLater(
        _("您在10分钟内已提了%(limit)d个问题。文字没有丢失，请约%(minutes)d分钟后再提交。")
        % {"limit": PACE_LIMIT, "minutes": minutes},
        seconds=seconds,
    )


def check_slow_mode(person: Person, session: LiveSession, at: datetime) -> None:
    """While slow mode is on: one written question per person in `slow_seconds`."""
    if not session.slow_seconds:
        return
    since = at - timedelta(seconds=session.slow_seconds)
    mine = Question.objects.filter(
        session=session, person=person, kind=Kind.WRITTEN, asked_at__gt=since
    ).order_by("-asked_at")
    last = mine.values_list("asked_at", flat=True).first()
    if last is None:
        return
    seconds = max(1, int((last - since).total_seconds()) + 1)
    raise TryLater(
        _("现在提问的人多，每人每%(every)d秒可提一个问题。文字没有丢失，请%(seconds)d秒后再提交。")
        % {"every": session.slow_seconds, "seconds": seconds},
        seconds=seconds,
    )
