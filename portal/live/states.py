"""Which step of a broadcast may follow which."""

from typing import TypedDict

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SessionState(TextChoices):
    PLANNED = "planned", _("已预告")
    LIVE = "live", _("直播中")
    PAUSED = "paused", _("暂停中")
    ENDED = "ended", _("已结束")
    CANCELLED = "cancelled", _("已取消")


class Step(TypedDict):
    needs: frozenset[SessionState]
    becomes: SessionState


STEPS: dict[str, Step] = {
    "go_live": {"needs": frozenset({SessionState.PLANNED}), "becomes": SessionState.LIVE},
    "pause": {"needs": frozenset({SessionState.LIVE}), "becomes": SessionState.PAUSED},
    "resume": {"needs": frozenset({SessionState.PAUSED}), "becomes": SessionState.LIVE},
    "end": {"needs": frozenset({SessionState.LIVE, SessionState.PAUSED}), "becomes": SessionState.ENDED},
    "cancel": {"needs": frozenset({SessionState.PLANNED}), "becomes": SessionState.CANCELLED},
}

# Questions are taken from the announcement until the end.
TAKES_QUESTIONS = frozenset({SessionState.PLANNED, SessionState.LIVE, SessionState.PAUSED})
ON_AIR = frozenset({SessionState.LIVE, SessionState.PAUSED})
