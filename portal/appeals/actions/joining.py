"""Several cases of one matter: linked to a common matter, one merged into another, one split in two.

The members stay cases of their own, with their numbers, their clocks and their citizens.
"""

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions import clocks
from portal.appeals.actions.change import (
    TEXT_LENGTH,
    begin,
    begin_unlocked,
    enter,
    locked,
    moment,
    record,
    words,
)
from portal.appeals.actions.registering import Registered, register
from portal.appeals.actions.requests import drop_requests
from portal.appeals.actions.settling import pass_on, release_member
from portal.appeals.models import Appeal, CommonMatter
from portal.appeals.queries.rights import WrongState
from portal.appeals.states import OPEN, WITH_REPLY, State
from portal.appeals.vocabulary import Audience, ClockKind, EventKind
from portal.lib.errors import BadInput, Conflict
from portal.people.models import Person

TITLE_LENGTH = 60
MAY_LEAD = (OPEN - {State.REGISTERED}) | WITH_REPLY

log = logging.getLogger(__name__)


def _lock_in_order(*appeal_ids: int) -> None:
    # Always in the same order, so that two who join the same cases crosswise wait instead of locking each other out.
    for appeal_id in sorted(set(appeal_ids)):
        locked(appeal_id)


def _link(appeal: Appeal, matter: CommonMatter, actor: Person, at: datetime, other: str = "") -> None:
    """Set the common matter with its event; nothing when it is set already."""
    if appeal.common_matter_id == matter.pk:
        return
    payload = {"common_matter": matter.pk, "before": appeal.common_matter_id, "with": other}
    appeal.common_matter = matter
    record(appeal, EventKind.LINKED, actor, at, payload=payload, audience=Audience.INTERNAL)


@transaction.atomic
def link_common(actor: Person, appeal_id: int, common_matter_id: int, at: datetime | None = None) -> None:
    """Clerk: this case is one of several of a common matter. It stays a case of its own."""
    appeal, _step = begin("redact", appeal_id, actor)
    matter = CommonMatter.objects.filter(pk=common_matter_id).first()
    if matter is None:
        raise BadInput(_("没有找到共性问题。"), field="common_matter")
    _link(appeal, matter, actor, moment(at))


def _matter_of(main: Appeal, at: datetime) -> CommonMatter:
    if main.common_matter is not None:
        return main.common_matter
    title = main.matter or main.public_text[:TITLE_LENGTH] or main.number
    return CommonMatter.objects.create(title=title, opened_at=at)


@transaction.atomic
def link_same(actor: Person, main_id: int, member_ids: Iterable[int], at: datetime | None = None) -> int:
    """Moderator or clerk: these cases are one matter with `main_id`; the common matter's id.

    The matter is made when the main case has none; a member that was in another one moves. Every case gets its
    event, those already linked none.
    """
    members = [pk for pk in dict.fromkeys(member_ids) if pk != main_id]
    _lock_in_order(main_id, *members)
    main, _step = begin("link_same", main_id, actor)
    now = moment(at)
    matter = _matter_of(main, now)
    for pk in members:
        member, _step = begin("link_same", pk, actor)
        _link(member, matter, actor, now, main.number)
        _link(main, matter, actor, now, member.number)
    return matter.pk


@transaction.atomic
def part_same(actor: Person, appeal_id: int, at: datetime | None = None) -> None:
    """Moderator or clerk: not the same matter after all. Nothing happens to a case that stands alone."""
    appeal, _step = begin("link_same", appeal_id, actor)
    if appeal.common_matter_id is None:
        return
    payload = {"common_matter": None, "before": appeal.common_matter_id, "with": ""}
    appeal.common_matter = None
    record(appeal, EventKind.LINKED, actor, moment(at), payload=payload, audience=Audience.INTERNAL)


def _main_case(number: str, duplicate_id: int) -> int:
    found = Appeal.objects.filter(number="".join(number.split())).values("pk", "merged_into").first()
    if found is None:
        raise BadInput(_("没有找到这个诉求编号。"), field="main_number")
    # What was merged itself leads to its own main case: chains are one step long.
    main_id: int = found["merged_into"] or found["pk"]
    if main_id == duplicate_id:
        raise BadInput(_("不能与自己归并。"), field="main_number")
    return main_id


@transaction.atomic
def merge(
    actor: Person, appeal_id: int, main_number: str, reason: str = "", at: datetime | None = None
) -> None:
    """Clerk: this case is a duplicate of `main_number`, which is handled for both.

    The citizen keeps the own number, clock and rating, and gets the main case's answer when it is given, at
    once when it was given already. Cases merged into this one go along.
    """
    # The right is asked first: who may not merge does not learn which numbers there are.
    begin_unlocked("merge", appeal_id, actor)
    main_id = _main_case(main_number, appeal_id)
    _lock_in_order(appeal_id, main_id)
    appeal, step = begin("merge", appeal_id, actor)
    main, now = locked(main_id), moment(at)
    if main.state not in MAY_LEAD:
        raise WrongState(
            _("诉求%(number)s现在是“%(found)s”，不能作为主件。")
            % {"number": main.number, "found": State(main.state).label}
        )
    # The main case too: two clerks may have joined the same two crosswise, and nobody would handle either.
    if appeal.merged_into_id is not None or main.merged_into_id is not None:
        raise Conflict(_("这件诉求已经归并，请先解除。"))
    clocks.stop(appeal, now, ClockKind.ACCEPT)
    clocks.stop(appeal, now, ClockKind.UNIT, void=True)
    drop_requests(appeal, now)
    enter(appeal, step)
    appeal.merged_into, appeal.lead_unit = main, None
    appeal.case_type, appeal.matter = main.case_type, main.matter
    note = reason.strip()[:500]
    record(appeal, EventKind.MERGED, actor, now, payload={"into": main.number}, reason=note)
    record(
        main,
        EventKind.MERGED,
        actor,
        now,
        payload={"from": appeal.number},
        reason=note,
        audience=Audience.INTERNAL,
    )
    for member in Appeal.objects.filter(merged_into=appeal).order_by("pk"):
        moved = locked(member.pk)
        moved.merged_into = main
        record(moved, EventKind.MERGED, actor, now, payload={"into": main.number})
    if main.state in WITH_REPLY:
        pass_on(main, actor, now)
    log.info("appeal %s merged into %s", appeal_id, main_id)


@transaction.atomic
def unmerge(actor: Person, appeal_id: int, at: datetime | None = None) -> None:
    """Clerk: not a duplicate after all; the case is accepted and waits to be dispatched on its own."""
    appeal, _step = begin("unmerge", appeal_id, actor)
    if appeal.merged_into is None:
        raise Conflict(_("这件诉求没有归并。"))
    release_member(appeal, actor, moment(at))


@transaction.atomic
def split(
    actor: Person, appeal_id: int, text: str, reason: str = "", at: datetime | None = None
) -> Registered:
    """Clerk: the case holds two matters; `text` (a part of its words) becomes a case of its own.

    The new case belongs to the same citizen, who is told its number, and counts from the day the whole was
    raised. The first case keeps its words: they are immutable.
    """
    appeal, _step = begin("split", appeal_id, actor)
    now, text = moment(at), words(text, "text", TEXT_LENGTH)
    # Derived from the words: the button pressed twice makes one case.
    key = uuid.uuid5(appeal.key, f"split:{text}")
    made = register(appeal.channel, appeal.person, text, appeal.village, key, appeal.raised_at)
    if made.created:
        note = reason.strip()[:500]
        record(appeal, EventKind.SPLIT, actor, now, payload={"into": made.number}, reason=note)
        part = locked(made.appeal_id)
        record(part, EventKind.SPLIT, actor, now, payload={"from": appeal.number}, reason=note)
    return made
