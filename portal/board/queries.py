"""What the board shows, and what waits for a clerk's look."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, QuerySet

from portal.appeals.models import Reply
from portal.appeals.queries.desks import may_triage
from portal.appeals.states import WITH_REPLY, State
from portal.appeals.vocabulary import ReplyKind
from portal.board.models import Message
from portal.people.models import Person
from portal.people.queries import Anyone


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One message as everybody reads it: no name, personal data taken out. `number` is for the clerk's buttons."""

    number: str
    text: str
    village: str
    matter: str
    raised_at: datetime
    reply: str
    unit: str
    replied_at: datetime | None


def may_show(person: Anyone) -> bool:
    """Who puts messages up and takes them down: whoever triages."""
    return isinstance(person, Person) and may_triage(person)


def _replied(states: frozenset[State] = WITH_REPLY) -> QuerySet[Message]:
    replies = (
        Reply.objects.filter(approved_at__isnull=False)
        .exclude(kind=ReplyKind.OPINION)
        .select_related("unit")
        .order_by("created_at", "pk")
    )
    return (
        Message.objects.filter(open_wish=True, appeal__state__in=states)
        .select_related("appeal")
        .prefetch_related(Prefetch("appeal__replies", replies))
    )


def shown() -> QuerySet[Message]:
    """What everybody reads, newest first. The archive closes a case for changes; what was put up stays up."""
    up = _replied(WITH_REPLY | {State.ARCHIVED}).filter(
        shown_at__isnull=False, shown_cycle=F("appeal__cycle")
    )
    return up.order_by("-shown_at", "-pk")


def waiting() -> QuerySet[Message]:
    """Replied, its writer agrees, and not up yet in this cycle; oldest first."""
    up = _replied().filter(shown_at__isnull=False, shown_cycle=F("appeal__cycle"))
    return _replied().exclude(pk__in=up.values("pk")).order_by("written_at", "pk")


def row(message: Message) -> BoardRow:
    """As it is, or would be, read; one query less per row when it comes from `shown` or `waiting`."""
    appeal = message.appeal
    replies = list(appeal.replies.all())
    last = replies[-1] if replies else None
    return BoardRow(
        number=appeal.number,
        text=appeal.public_text,
        village=appeal.village,
        matter=appeal.matter,
        raised_at=appeal.raised_at,
        reply=(last.text or last.passage) if last else "",
        unit=str(last.unit) if last and last.unit else "",
        replied_at=last.approved_at if last else None,
    )
