"""A case in words: its clock with the reason, and what each entry of its story says."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.appeals.models import Appeal, Attachment, CaseEvent
from portal.appeals.queries.desks import tabs_of
from portal.appeals.queries.files import files_of
from portal.appeals.queries.time import TimeLeft
from portal.appeals.states import State
from portal.appeals.vocabulary import CaseType, Channel, EventKind, Level, RequestKind, Solved, Verdict
from portal.lib.words import sentences
from portal.notices.actions import sentence
from portal.notices.vocabulary import day_words
from portal.people.models import Person

register = template.Library()
register.filter("day_words", day_words)
register.filter("sentence", sentence)


@register.filter
def has_desk(person: Person) -> bool:
    """Whether the desk opens to `person`: leaders and moderators are staff and handle no cases."""
    return bool(tabs_of(person))


def left_words(left: int, due_on: date | None) -> str:
    """还剩 2 个工作日（2月12日周四）."""
    day = day_words(due_on)
    if left == 0:
        return _("今天到期（%(day)s）") % {"day": day}
    if left < 0:
        words = ngettext(
            "已超期 %(n)s 个工作日（应于%(day)s）", "已超期 %(n)s 个工作日（应于%(day)s）", -left
        )
    else:
        words = ngettext("还剩 %(n)s 个工作日（%(day)s）", "还剩 %(n)s 个工作日（%(day)s）", left)
    return words % {"n": abs(left), "day": day}


@register.filter
def clock_words(time: TimeLeft) -> str:
    """How a clock stands, in one line."""
    if time.verdict == Verdict.VOID:
        return _("不计时")
    if time.verdict == Verdict.ON_TIME:
        return _("按时（期限%(day)s）") % {"day": day_words(time.due_on)}
    if time.verdict == Verdict.LATE:
        return _("超时（期限%(day)s）") % {"day": day_words(time.due_on)}
    if time.paused and time.left < 0:
        words = ngettext("计时暂停，已超期 %(n)s 个工作日", "计时暂停，已超期 %(n)s 个工作日", -time.left)
        return words % {"n": -time.left}
    if time.paused:
        return _("计时暂停，恢复后还剩 %(n)s 个工作日") % {"n": time.left}
    return left_words(time.left, time.due_on)


@register.filter
def clock_badge(time: TimeLeft) -> str:
    """Class of the badge: late, soon, good or plain; always beside the words."""
    if time.overdue or time.verdict == Verdict.LATE:
        return "badge-late"
    if time.verdict == Verdict.ON_TIME:
        return "badge-good"
    return "badge-soon" if time.running and not time.paused and time.left <= 1 else ""


@register.simple_tag
def clock_reason(appeal: Appeal, time: TimeLeft) -> str:
    """Why this date: the class, what is counted, what moved it."""
    parts = [
        _("“%(urgency)s”类诉求，限%(limit)s个工作日，提出次日起算，法定节假日不计，调休上班日计入。")
        % {"urgency": appeal.urgency, "limit": time.limit}
    ]
    if time.extended:
        dates = {"first": day_words(time.first_due_on), "due": day_words(time.due_on)}
        parts.append(_("原定%(first)s，经批准延期到%(due)s。") % dates)
    if time.provisional:
        parts.append(_("所涉年份的放假安排尚未公布，公布后日期可能调整。"))
    return sentences(parts)


@register.simple_tag
def row_left(row: Any) -> str:
    """The countdown of a desk row."""
    if row.left is None:
        return _("计时暂停") if row.appeal.state == State.SUSPENDED else "—"
    return left_words(row.left, row.appeal.due_on)


@register.filter
def state_badge(state: str) -> str:
    if state in (State.CLOSED_SOLVED, State.REPLIED):
        return "badge-good"
    return "badge-soon" if state in (State.RETURNED, State.REOPENED) else ""


def _label(choices: type[Any], value: object) -> str:
    return str(choices(value).label) if value in choices.values else ""


def _created(event: CaseEvent) -> str:
    return _label(Channel, event.payload.get("channel"))


def _accepted(event: CaseEvent) -> str:
    return f"{_label(CaseType, event.payload.get('case_type'))} · {event.payload.get('matter', '')}"


def _due_moved(event: CaseEvent) -> str:
    days = [event.payload.get(key) for key in ("due_before", "due")]
    before, due = (day_words(date.fromisoformat(day)) if day else "—" for day in days)
    return _("期限由%(before)s变为%(due)s") % {"before": before, "due": due}


def _evaluated(event: CaseEvent) -> str:
    return f"{_label(Level, event.payload.get('level'))} · {_label(Solved, event.payload.get('solved'))}"


def _closed(event: CaseEvent) -> str:
    by = {
        "citizen": _("诉求人确认已解决"),
        "call_back": _("回访确认已解决"),
        "silence": _("多日未收到评价，自动办结"),
        "clerk": "",
    }
    return by.get(event.payload.get("by", ""), "")


def _asked(event: CaseEvent) -> str:
    return _label(RequestKind, event.payload.get("kind"))


def _not_accepted(event: CaseEvent) -> str:
    return str(event.payload.get("instead", ""))


def _merged(event: CaseEvent) -> str:
    if "into" in event.payload:
        return _("与诉求%(number)s一并办理，答复会同时发给您") % {"number": event.payload["into"]}
    return _("诉求%(number)s并入本件") % {"number": event.payload.get("from", "")}


def _split(event: CaseEvent) -> str:
    if "into" in event.payload:
        return _("另立诉求%(number)s") % {"number": event.payload["into"]}
    return _("由诉求%(number)s分出") % {"number": event.payload.get("from", "")}


def _attached(event: CaseEvent) -> str:
    return str(Attachment.Kind(event.payload["kind"]).label)


DETAILS: dict[str, Callable[[CaseEvent], str]] = {
    EventKind.CREATED: _created,
    EventKind.ACCEPTED: _accepted,
    EventKind.ATTACHED: _attached,
    EventKind.EXTENDED: _due_moved,
    EventKind.DUE_CHANGED: _due_moved,
    EventKind.EVALUATED: _evaluated,
    EventKind.CLOSED: _closed,
    EventKind.ASKED: _asked,
    EventKind.MERGED: _merged,
    EventKind.SPLIT: _split,
    EventKind.NOT_ACCEPTED: _not_accepted,
}


@register.filter
def event_words(event: CaseEvent) -> str:
    """What the payload of an event says, in one line; empty where the label says all."""
    detail = DETAILS.get(event.kind)
    return detail(event) if detail else ""


@register.inclusion_tag("appeals/_files.html")
def case_files(appeal: Appeal, code: str = "") -> dict[str, object]:
    """What the citizen enclosed; `code`: the query code that opened the page, where it was one."""
    return {
        "files": files_of(appeal),
        "number": appeal.number,
        "code": f"?code={code}" if code else "",
    }
