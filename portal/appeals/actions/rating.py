"""What the citizen says to the answer: rate, reopen, withdraw; and the clerk's call-back and explained
closing.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions import clocks
from portal.appeals.actions.change import (
    Payload,
    begin,
    choice,
    enter,
    holders,
    iso,
    locked,
    moment,
    record,
    tell_citizen,
    tell_staff,
    unit_people,
    words,
)
from portal.appeals.actions.requests import drop_requests
from portal.appeals.actions.settling import release_all
from portal.appeals.models import Appeal, Evaluation
from portal.appeals.queries.rights import check_step
from portal.appeals.queries.stories import rated_now, reopen_until
from portal.appeals.queries.time import local_day
from portal.appeals.sealing import read_rating_token
from portal.appeals.states import STEPS, WITH_REPLY, State, Step, Who
from portal.appeals.vocabulary import (
    About,
    Audience,
    ClockKind,
    EventKind,
    Level,
    RatingSource,
    Solved,
)
from portal.lib.errors import BadInput, Conflict, NotFound
from portal.notices.vocabulary import day_words
from portal.people.models import Person
from portal.people.vocabulary import RoleKind

BAD = frozenset({Level.DISSATISFIED, Level.VERY_DISSATISFIED})


def _case_of(token: str) -> Appeal:
    """The locked case of a genuine link of the current cycle."""
    found = read_rating_token(token)
    if found is None:
        raise NotFound(_("链接无效。"))
    appeal = locked(found[0])
    if appeal.cycle != found[1]:
        raise Conflict(_("诉求已进入第%(cycle)s轮办理，请使用新的链接。") % {"cycle": appeal.cycle})
    return appeal


@transaction.atomic
def evaluate(
    token: str, level: int, solved: str = "", comment: str | None = None, at: datetime | None = None
) -> Evaluation:
    """The citizen's rating of the current cycle, by the link alone; again: the newer one counts, both are
    events.

    `solved` may come later than the level; without a `comment` what was said before stays.
    Solved "yes" closes a replied case; a bad level asks for a call-back.
    """
    appeal = _case_of(token)
    about = rated_now(appeal) or About.SOLUTION
    step = "evaluate" if about == About.SOLUTION else "evaluate_spoken"
    check_step(step, appeal, frozenset({Who.CITIZEN}))
    now = moment(at)
    if level not in Level.values:
        raise BadInput(_("请选择满意程度。"), field="level")
    said = choice(solved, Solved, "solved") if solved else Solved.UNKNOWN
    told = {} if comment is None else {"comment": comment.strip()[:500]}
    rating, _created = Evaluation.objects.update_or_create(
        appeal=appeal,
        cycle=appeal.cycle,
        about=about,
        source=RatingSource.CITIZEN,
        defaults={"level": level, "solved": said, "at": now, **told},
    )
    if about == About.SOLUTION:
        appeal.solved = said
    unhappy = level in BAD or said == Solved.NO
    appeal.call_back_wanted = unhappy
    payload: Payload = {"about": str(about), "level": level, "solved": str(said)}
    record(
        appeal,
        EventKind.EVALUATED,
        appeal.person,
        now,
        payload=payload,
        reason=rating.comment,
        audience=Audience.CITIZEN,
    )
    if unhappy:
        tell_staff(appeal, holders(RoleKind.CLERK), "call_back")
    if about == About.SOLUTION and said == Solved.YES and appeal.state == State.REPLIED:
        close_solved(appeal, appeal.person, now, Solved.YES, "citizen")
    return rating


def close_solved(appeal: Appeal, actor: Person | None, at: datetime, solved: Solved, by: str) -> None:
    """A replied case is done; `by`: citizen, call_back or silence."""
    enter(appeal, STEPS["confirm_solved"])
    appeal.closed_at, appeal.solved = at, solved
    record(appeal, EventKind.CLOSED, actor, at, payload={"by": by, "solved": str(solved)})


@transaction.atomic
def reopen(token: str, reason: str, at: datetime | None = None) -> int:
    """The citizen is not satisfied: a new cycle with new clocks; its number. The old verdict and rating
    stay.
    """
    appeal = _case_of(token)
    step = check_step("reopen", appeal, frozenset({Who.CITIZEN}))
    now, until = moment(at), reopen_until(appeal)
    if until is not None and now > until:
        raise Conflict(_("已超过申请重办的期限（%(until)s）。") % {"until": day_words(local_day(until))})
    return _next_cycle(appeal, step, appeal.person, now, words(reason, "reason"))


@transaction.atomic
def reopen_as(actor: Person, appeal_id: int, reason: str, at: datetime | None = None) -> int:
    """The supervisor reopens, also after the citizen's window."""
    appeal, step = begin("reopen", appeal_id, actor)
    return _next_cycle(appeal, step, actor, moment(at), words(reason, "reason"))


def _next_cycle(appeal: Appeal, step: Step, actor: Person | None, at: datetime, reason: str) -> int:
    appeal.cycle += 1
    # Whoever is not satisfied with the common answer gets a handling of their own.
    appeal.merged_into = None
    enter(appeal, step)
    appeal.replied_at = appeal.closed_at = None
    appeal.solved, appeal.call_back_wanted = "", False
    clocks.start_clock(appeal, ClockKind.CITIZEN, at, appeal.urgency.settle_days)
    if appeal.lead_unit_id is not None:
        clocks.start_clock(appeal, ClockKind.UNIT, at, appeal.urgency.settle_days)
    record(
        appeal,
        EventKind.REOPENED,
        actor,
        at,
        unit=appeal.lead_unit,
        payload={"cycle": appeal.cycle},
        reason=reason,
        audience=Audience.CITIZEN,
    )
    tell_citizen(appeal, "reopened", due=iso(appeal.due_on))
    if people := unit_people(appeal.lead_unit):
        tell_staff(appeal, people, "order")
    else:
        # Settled on air, or with another case: no unit ever had it.
        tell_staff(appeal, holders(RoleKind.CLERK), "to_dispatch")
    return appeal.cycle


@transaction.atomic
def withdraw(actor: Person, appeal_id: int, reason: str = "", at: datetime | None = None) -> None:
    """The citizen takes the case back; its clocks are void."""
    appeal, step = begin("withdraw", appeal_id, actor)
    now = moment(at)
    clocks.stop(appeal, now, void=True)
    drop_requests(appeal, now)
    enter(appeal, step)
    appeal.closed_at = now
    record(appeal, EventKind.WITHDRAWN, actor, now, reason=reason.strip()[:500], audience=Audience.CITIZEN)
    release_all(appeal, now)


@transaction.atomic
def call_back(actor: Person, appeal_id: int, note: str, solved: str = "", at: datetime | None = None) -> None:
    """Clerk: what the citizen said on the telephone. Kept apart: it never counts as the citizen's rating."""
    appeal, _step = begin("call_back", appeal_id, actor)
    if appeal.state not in WITH_REPLY and not appeal.call_back_wanted:
        raise Conflict(_("没有等待回访的评价。"))
    now, note = moment(at), words(note, "note")
    said = Solved(choice(solved, Solved, "solved")) if solved else Solved.UNKNOWN
    Evaluation.objects.update_or_create(
        appeal=appeal,
        cycle=appeal.cycle,
        about=rated_now(appeal) or About.SOLUTION,
        source=RatingSource.CALL_BACK,
        defaults={"level": None, "solved": said, "comment": note, "at": now},
    )
    appeal.call_back_wanted = False
    payload = {"solved": str(said)}
    record(
        appeal, EventKind.CALLED_BACK, actor, now, payload=payload, reason=note, audience=Audience.INTERNAL
    )
    if said == Solved.YES and appeal.state == State.REPLIED:
        close_solved(appeal, actor, now, Solved.YES, "call_back")


@transaction.atomic
def close_explained(actor: Person, appeal_id: int, reason: str, at: datetime | None = None) -> None:
    """Clerk: nothing more can be done, and this is why."""
    appeal, step = begin("close_explained", appeal_id, actor)
    now, reason = moment(at), words(reason, "reason")
    enter(appeal, step)
    appeal.closed_at = now
    record(appeal, EventKind.CLOSED, actor, now, payload={"by": "clerk"}, reason=reason)
