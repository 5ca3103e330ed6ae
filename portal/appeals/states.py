"""How a case may move: states, who may take which step from where, and what the step needs. Data only.

A refusal is made from this table, so it always names the state found and the states needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.lib.words import listed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class State(models.TextChoices):
    REGISTERED = "registered", _("待受理")
    NOT_ACCEPTED = "not_accepted", _("不予受理")
    ACCEPTED = "accepted", _("已受理")
    DISPATCHED = "dispatched", _("待签收")
    RETURNED = "returned", _("退回待改派")
    IN_PROGRESS = "in_progress", _("办理中")
    SUSPENDED = "suspended", _("挂起")
    REPLIED = "replied", _("已答复")
    CLOSED_SOLVED = "closed_solved", _("办结（已解决）")
    CLOSED_EXPLAINED = "closed_explained", _("办结（解释说明）")
    REOPENED = "reopened", _("重办")
    WITHDRAWN = "withdrawn", _("撤回")
    ARCHIVED = "archived", _("已归档")


class Who(StrEnum):
    """In which capacity somebody stands before one case."""

    CITIZEN = "citizen"
    CLERK = "clerk"
    UNIT = "unit"
    UNIT_HEAD = "unit_head"
    ASSISTING = "assisting"
    SUPERVISOR = "supervisor"
    STAGE = "stage"
    SYSTEM = "system"


WHO_LABELS = {
    Who.CITIZEN: _("诉求人"),
    Who.CLERK: _("受理员"),
    Who.UNIT: _("主办单位"),
    Who.UNIT_HEAD: _("单位负责人"),
    Who.ASSISTING: _("协办单位"),
    Who.SUPERVISOR: _("督办员"),
    Who.STAGE: _("直播主持或领导"),
    Who.SYSTEM: _("系统"),
}

# GeoReport v2 words, as the extended profile of large 311 systems uses them.
OPEN311 = {
    State.REGISTERED: "OPEN",
    State.NOT_ACCEPTED: "CLOSED",
    State.ACCEPTED: "OPEN",
    State.DISPATCHED: "OPEN",
    State.RETURNED: "FOR_TRIAGE",
    State.IN_PROGRESS: "IN_PROGRESS",
    State.SUSPENDED: "INVESTIGATING",
    State.REPLIED: "FIXED",
    State.CLOSED_SOLVED: "FIXED",
    State.CLOSED_EXPLAINED: "NO_FURTHER_ACTION",
    State.REOPENED: "REOPEN",
    State.WITHDRAWN: "CANCELLED",
    State.ARCHIVED: "CLOSED",
}

BEING_HANDLED = frozenset({State.DISPATCHED, State.IN_PROGRESS, State.SUSPENDED, State.REOPENED})
# Open: somebody owes the citizen something and the citizen's clock is not settled.
OPEN = BEING_HANDLED | {State.REGISTERED, State.ACCEPTED, State.RETURNED}
CLOSED = frozenset({State.CLOSED_SOLVED, State.CLOSED_EXPLAINED})
WITH_REPLY = CLOSED | {State.REPLIED}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done to a case. `to` is None where the state stays."""

    name: str
    label: "StrOrPromise"
    sources: frozenset[State]
    to: State | None
    who: frozenset[Who]
    needs: tuple[str, ...] = ()


def _step(
    name: str,
    label: "StrOrPromise",
    sources: Iterable[State],
    to: State | None,
    who: Iterable[Who],
    needs: tuple[str, ...] = (),
) -> Step:
    return Step(name, label, frozenset(sources), to, frozenset(who), needs)


# The context tells a translator that these are buttons, not states or entries of the story.
_ALL_STEPS = (
    _step(
        "accept",
        pgettext_lazy("step", "受理"),
        {State.REGISTERED},
        State.ACCEPTED,
        {Who.CLERK},
        ("case_type", "matter", "urgency"),
    ),
    _step(
        "refuse",
        pgettext_lazy("step", "不予受理"),
        {State.REGISTERED},
        State.NOT_ACCEPTED,
        {Who.CLERK},
        ("reason", "instead"),
    ),
    # From "reopened" too: a case that was settled on air never had a unit that could take it up again.
    _step(
        "dispatch",
        pgettext_lazy("step", "派单"),
        {State.ACCEPTED, State.RETURNED, State.REOPENED},
        State.DISPATCHED,
        {Who.CLERK},
        ("unit",),
    ),
    _step(
        "sign",
        pgettext_lazy("step", "签收"),
        {State.DISPATCHED, State.REOPENED},
        State.IN_PROGRESS,
        {Who.UNIT},
    ),
    _step(
        "return", pgettext_lazy("step", "退回"), {State.DISPATCHED}, State.RETURNED, {Who.UNIT}, ("reason",)
    ),
    _step("reply", _("拟答复"), {State.IN_PROGRESS}, None, {Who.UNIT}, ("text",)),
    _step("approve_reply", _("审核并答复"), {State.IN_PROGRESS}, State.REPLIED, {Who.UNIT_HEAD}),
    _step(
        "assist", _("提交协办意见"), {State.IN_PROGRESS, State.SUSPENDED}, None, {Who.ASSISTING}, ("text",)
    ),
    _step(
        "joint",
        _("联合会办"),
        OPEN - {State.REGISTERED},
        None,
        {Who.CLERK, Who.SUPERVISOR},
        ("units", "minutes"),
    ),
    _step("ask_suspend", _("申请挂起"), {State.IN_PROGRESS}, None, {Who.UNIT}, ("reason",)),
    _step("suspend", _("批准挂起"), {State.IN_PROGRESS}, State.SUSPENDED, {Who.SUPERVISOR}),
    _step(
        "resume",
        pgettext_lazy("step", "恢复办理"),
        {State.SUSPENDED},
        State.IN_PROGRESS,
        {Who.UNIT, Who.SUPERVISOR},
    ),
    _step("ask_extend", _("申请延期"), {State.IN_PROGRESS}, None, {Who.UNIT}, ("days", "reason")),
    _step("extend", _("批准延期"), {State.IN_PROGRESS}, None, {Who.SUPERVISOR}),
    _step("decline", _("不批准申请"), {State.IN_PROGRESS}, None, {Who.SUPERVISOR}, ("reason",)),
    _step(
        "change_urgency",
        _("调整紧急程度"),
        OPEN - {State.REGISTERED},
        None,
        {Who.CLERK, Who.SUPERVISOR},
        ("urgency",),
    ),
    _step(
        "redact", pgettext_lazy("step", "编辑公开文本"), set(State), None, {Who.CLERK, Who.STAGE}, ("text",)
    ),
    _step(
        "promise",
        _("登记承诺"),
        set(State) - {State.ARCHIVED},
        None,
        {Who.CLERK, Who.STAGE, Who.SUPERVISOR},
        ("text", "unit", "due_on"),
    ),
    _step(
        "spoken_reply",
        _("直播答复"),
        set(State),
        None,
        {Who.STAGE},
    ),
    _step("set_text", _("确认口述内容"), set(State), None, {Who.STAGE, Who.CLERK}, ("text",)),
    # A spoken answer alone closes nothing; one marked final settles the case wherever it stood.
    _step("final_reply", _("直播最终答复"), OPEN, State.REPLIED, {Who.STAGE}),
    _step("evaluate", pgettext_lazy("step", "评价"), WITH_REPLY, None, {Who.CITIZEN}, ("level",)),
    _step("evaluate_spoken", _("评价直播答复"), OPEN, None, {Who.CITIZEN}, ("level",)),
    _step(
        "confirm_solved",
        _("确认解决"),
        {State.REPLIED},
        State.CLOSED_SOLVED,
        {Who.CITIZEN, Who.CLERK, Who.SYSTEM},
    ),
    # Also before the reply (an answer on air was rated) and after the archive: who is unhappy is called.
    _step("call_back", pgettext_lazy("step", "回访"), set(State), None, {Who.CLERK}, ("note",)),
    _step(
        "close_explained",
        _("解释说明办结"),
        {State.REPLIED},
        State.CLOSED_EXPLAINED,
        {Who.CLERK},
        ("reason",),
    ),
    _step(
        "reopen",
        pgettext_lazy("step", "重办"),
        WITH_REPLY,
        State.REOPENED,
        {Who.CITIZEN, Who.SUPERVISOR},
        ("reason",),
    ),
    _step("withdraw", pgettext_lazy("step", "撤回"), OPEN, State.WITHDRAWN, {Who.CITIZEN}),
    _step("link_same", _("关联共性问题"), set(State), None, {Who.STAGE, Who.CLERK}),
    _step(
        "merge",
        _("归并到另一件"),
        {State.REGISTERED, State.ACCEPTED, State.RETURNED, State.DISPATCHED, State.IN_PROGRESS},
        State.IN_PROGRESS,
        {Who.CLERK},
        ("main_number",),
    ),
    _step("unmerge", _("解除归并"), {State.IN_PROGRESS}, State.ACCEPTED, {Who.CLERK}),
    _step("split", _("拆分出另一件"), OPEN, None, {Who.CLERK}, ("text",)),
    _step("archive", pgettext_lazy("step", "归档"), CLOSED, State.ARCHIVED, {Who.SYSTEM}),
)
STEPS = {step.name: step for step in _ALL_STEPS}


def words(states: frozenset[State]) -> str:
    """Labels of `states` in the order of the table, for a refusal."""
    return listed(state.label for state in State if state in states)
