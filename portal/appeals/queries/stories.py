"""One case as different people read it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appeals.models import Appeal, CaseEvent, Evaluation, Promise, Reply
from portal.appeals.queries.rights import find_appeal
from portal.appeals.queries.time import TimeLeft, clock_times, local_day
from portal.appeals.sealing import code_opens, read_rating_token
from portal.appeals.states import OPEN, WITH_REPLY, State
from portal.appeals.vocabulary import READS, About, Audience, ClockKind, ReplyKind
from portal.lib.errors import NotFound
from portal.people.models import Person


@dataclass(frozen=True, slots=True)
class StoryEntry:
    """One thing that happened, with the reply it brought where it brought one."""

    event: CaseEvent
    reply: Reply | None

    @property
    def label(self) -> str:
        return str(self.event.get_kind_display())


@dataclass(frozen=True, slots=True)
class CaseStory:
    """A case for one audience, oldest entry first. `clock`: the citizen's clock of the current cycle."""

    appeal: Appeal
    text: str
    entries: list[StoryEntry]
    clock: TimeLeft | None
    clocks: list[tuple[int, str, TimeLeft]]
    promises: list[Promise]
    evaluations: list[Evaluation]
    raised_by: str


def case_story(appeal: Appeal, audience: str, today: date | None = None) -> CaseStory:
    """What `audience` (public, citizen, internal) may read of `appeal`."""
    today = today or local_day(timezone.now())
    events = appeal.events.filter(audience__in=READS[Audience(audience)]).select_related("actor", "unit")
    shown = _replies(appeal, audience)
    times = clock_times(appeal, today)
    mine = [time for clock, time in times if clock.kind == ClockKind.CITIZEN and clock.cycle == appeal.cycle]
    own_words = audience != Audience.PUBLIC
    return CaseStory(
        appeal=appeal,
        text=(appeal.original_text if own_words else appeal.public_text) or appeal.public_text,
        entries=[StoryEntry(event, shown.get(event.payload.get("reply", 0))) for event in events],
        clock=mine[-1] if mine else None,
        clocks=[(clock.cycle, str(clock.get_kind_display()), time) for clock, time in times],
        promises=list(appeal.promises.select_related("unit")),
        evaluations=list(appeal.evaluations.order_by("at")) if own_words else [],
        raised_by=appeal.person.shown_name if appeal.person else "",
    )


def _replies(appeal: Appeal, audience: str) -> dict[int, Reply]:
    replies = appeal.replies.select_related("unit", "author")
    if audience != Audience.INTERNAL:
        replies = replies.filter(approved_at__isnull=False).exclude(kind=ReplyKind.OPINION)
    return {reply.pk: reply for reply in replies}


def newest_draft(appeal: Appeal) -> Reply | None:
    """The written answer of this cycle that waits for the unit's head."""
    drafts = appeal.replies.filter(cycle=appeal.cycle, kind=ReplyKind.WRITTEN, approved_at=None)
    return drafts.order_by("-created_at", "-pk").first()


def appeal_by_code(number: str, code: str) -> Appeal:
    """The case that a citizen's number and query code open; pages ask `actions.look_up`, which slows guessers.

    Raises `NotFound` for either being wrong: which of the two it was helps only a guesser.
    """
    number = "".join(number.split())
    appeal = Appeal.objects.select_related("urgency", "lead_unit", "person").filter(number=number).first()
    if appeal is None or not code_opens(number, code):
        raise NotFound(_("编号或查询码不正确。"))
    return appeal


def appeal_by_token(number: str, token: str) -> tuple[Appeal, int]:
    """(case, cycle) that a rating link opens. Raises `NotFound` for a link that we did not make for this
    number.
    """
    found = read_rating_token(token)
    appeal = find_appeal(number) if found else None
    if found is None or appeal is None or appeal.pk != found[0]:
        raise NotFound(_("链接无效。"))
    return appeal, found[1]


def my_cases(person: Person) -> QuerySet[Appeal]:
    return Appeal.objects.filter(person=person).select_related("lead_unit").order_by("-raised_at", "-pk")


def public_facts(appeal: Appeal) -> dict[str, object]:
    """What a list may show of a case to everybody."""
    return {
        "number": appeal.number,
        "state": appeal.state,
        "state_label": str(State(appeal.state).label),
        "village": appeal.village,
        "matter": appeal.matter,
        "text": appeal.public_text,
        "raised_at": appeal.raised_at.isoformat(),
        "due_on": appeal.due_on.isoformat() if appeal.due_on else None,
    }


def rated_now(appeal: Appeal) -> About | None:
    """What the citizen can rate now: the solution once there is one, before that an answer on air, else
    nothing.
    """
    if appeal.state in WITH_REPLY:
        return About.SOLUTION
    spoken = appeal.replies.filter(cycle=appeal.cycle, kind=ReplyKind.SPOKEN)
    return About.SPOKEN if appeal.state in OPEN and spoken.exists() else None


def reopen_until(appeal: Appeal) -> datetime | None:
    """Until when the citizen may reopen; None while there is nothing to reopen."""
    since = appeal.closed_at or appeal.replied_at
    if since is None or appeal.state not in WITH_REPLY:
        return None
    return since + timedelta(days=settings.REOPEN_WINDOW_DAYS)
