"""Wall state (what the public sees), stage state (the queue to the microphone) and the lanes made of it.

The state of the case is a third thing and lives in `portal.appeals`: nothing here changes it.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    WRITTEN = "written", _("文字提问")
    SPOKEN = "spoken", _("举手提问")


class WallState(TextChoices):
    RECEIVED = "received", _("已收到")
    SHOWN = "shown", _("已上墙")
    ANSWERED = "answered", _("已回答")
    HIDDEN = "hidden", _("未公开")


class StageState(TextChoices):
    NEW = "new", _("新问题")
    SHORTLISTED = "shortlisted", _("备选")
    PROMPTED = "prompted", _("已呼叫")
    CHECKING = "checking", _("试音中")
    READY = "ready", _("已就绪")
    ON = "on", _("连线中")
    DONE = "done", _("已完成")


class Lane(TextChoices):
    NEW = "new", _("新问题")
    SHORTLIST = "shortlist", _("备选")
    STAGE = "stage", _("台上")
    DONE = "done", _("已完成")


LANE_OF: dict[StageState, Lane] = {
    StageState.NEW: Lane.NEW,
    StageState.SHORTLISTED: Lane.SHORTLIST,
    StageState.PROMPTED: Lane.STAGE,
    StageState.CHECKING: Lane.STAGE,
    StageState.READY: Lane.STAGE,
    StageState.ON: Lane.STAGE,
    StageState.DONE: Lane.DONE,
}

# A written question goes from the shortlist straight on air, read out by the host; a citizen comes by prompt
# and check.
MOVES: dict[StageState, frozenset[StageState]] = {
    StageState.NEW: frozenset({StageState.SHORTLISTED, StageState.PROMPTED, StageState.ON, StageState.DONE}),
    StageState.SHORTLISTED: frozenset({StageState.NEW, StageState.PROMPTED, StageState.ON, StageState.DONE}),
    StageState.PROMPTED: frozenset(
        {StageState.SHORTLISTED, StageState.CHECKING, StageState.READY, StageState.ON, StageState.DONE}
    ),
    StageState.CHECKING: frozenset(
        {StageState.SHORTLISTED, StageState.READY, StageState.ON, StageState.DONE}
    ),
    StageState.READY: frozenset(
        {StageState.SHORTLISTED, StageState.CHECKING, StageState.ON, StageState.DONE}
    ),
    StageState.ON: frozenset({StageState.SHORTLISTED, StageState.READY, StageState.DONE}),
    StageState.DONE: frozenset({StageState.NEW, StageState.SHORTLISTED, StageState.ON}),
}

# Whose page shows the stage prompt; the order is how near they are to the microphone.
GUEST_STATES = (StageState.ON, StageState.READY, StageState.CHECKING, StageState.PROMPTED)
PUBLIC = frozenset({WallState.SHOWN, WallState.ANSWERED})


def lane_of(state: str) -> Lane:
    return LANE_OF[StageState(state)]


def may_follow(found: str, to: str) -> bool:
    """Whether a question in stage state `found` may be moved to `to`."""
    return StageState(to) in MOVES[StageState(found)]


_AT_THE_MICROPHONE = {state: state for state in GUEST_STATES}
# What the guest's page or the media service may report, from where, and where it leads. A dropped line
# changes nothing: the seat is kept. A moderator may put on who is just saying that they are checking or ready: that
# comes too late and is no fault. "left" from ON depends on the answer, see `actions.stage`.
REPORTS: dict[str, dict[StageState, StageState]] = {
    "checking": {
        StageState.PROMPTED: StageState.CHECKING,
        StageState.CHECKING: StageState.CHECKING,
        StageState.READY: StageState.CHECKING,
        StageState.ON: StageState.ON,
    },
    "ready": {
        StageState.PROMPTED: StageState.READY,
        StageState.CHECKING: StageState.READY,
        StageState.READY: StageState.READY,
        StageState.ON: StageState.ON,
    },
    "on": {StageState.ON: StageState.ON},
    "dropped": _AT_THE_MICROPHONE,
    "left": _AT_THE_MICROPHONE,
}
