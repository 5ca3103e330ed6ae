"""An answer settles a case, and with it every case that was merged into it."""

from datetime import datetime

from portal.appeals.actions import clocks
from portal.appeals.actions.change import Payload, enter, locked, rating_url, record, tell_citizen
from portal.appeals.actions.requests import drop_requests
from portal.appeals.models import Appeal, Reply
from portal.appeals.states import OPEN, STEPS
from portal.appeals.vocabulary import Audience, EventKind, ReplyKind
from portal.people.models import Person

# What a case merged into another one takes over of its answer.
COPIED = (
    *("kind", "text", "unit", "author", "created_at", "approved_by", "approved_at", "final"),
    *("recording", "begin_ms", "end_ms", "passage"),
)


def settle(appeal: Appeal, at: datetime) -> None:
    """The citizen has an answer: clocks stop, the verdict is frozen, nothing is asked for any more."""
    clocks.stop(appeal, at)
    drop_requests(appeal, at)
    appeal.replied_at = at


def _members(main: Appeal) -> list[Appeal]:
    ids = Appeal.objects.filter(merged_into=main, state__in=OPEN).order_by("pk").values_list("pk", flat=True)
    return [locked(pk) for pk in list(ids)]


def _final_reply(main: Appeal) -> Reply | None:
    given = main.replies.filter(approved_at__isnull=False, final=True).exclude(kind=ReplyKind.OPINION)
    return given.order_by("-approved_at", "-pk").first()


def pass_on(main: Appeal, actor: Person | None, at: datetime) -> None:
    """Give the main case's final answer to every citizen whose case was merged into it."""
    answer = _final_reply(main)
    if answer is None:
        return
    for member in _members(main):
        same = {name: getattr(answer, name) for name in COPIED}
        copy = Reply.objects.create(appeal=member, cycle=member.cycle, **same)
        settle(member, at)
        enter(member, STEPS["final_reply"])
        payload: Payload = {"reply": copy.pk, "from": main.number}
        record(member, EventKind.REPLIED, actor, at, unit=main.lead_unit, payload=payload)
        tell_citizen(member, "replied", url=rating_url(member))


def release_member(appeal: Appeal, actor: Person | None, at: datetime) -> None:
    """A merged case stands on its own again, accepted; the citizen's clock was running all the time."""
    main = appeal.merged_into
    appeal.merged_into = None
    enter(appeal, STEPS["unmerge"])
    payload = {"from": main.number if main else ""}
    record(appeal, EventKind.SPLIT, actor, at, payload=payload, audience=Audience.INTERNAL)


def release_all(main: Appeal, at: datetime) -> None:
    """The main case goes away without an answer: nobody else may be lost with it."""
    for member in _members(main):
        release_member(member, None, at)
