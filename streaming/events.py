"""What a room tells its owner without being asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

EventKind = Literal[
    "connected",  # a publisher's keys are there; detail: slot or None
    "lost",  # no media for 3 s, or the peer closed; detail: reason, slot
    "returned",  # media flows again after `lost` or `replaced`; detail: slot
    "replaced",  # the same participant published again; `peer` is the old peer, detail: by
    "slot_expired",  # nobody came back in time; detail: slot
    "viewers",  # detail: count
    "picture",  # the line of the viewer `peer` carries more or less; detail: picture (full, reduced, paused)
    "key_needed",  # a key frame was asked of the publisher; detail: slot
    "sink_failed",  # a listener raised and was dropped; detail: sink, error (class names only)
]


@dataclass(frozen=True, slots=True)
class MediaEvent:
    """One happening in one session. `participant` and `peer` are empty where nobody is meant."""

    session: str
    kind: EventKind
    participant: str = ""
    peer: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-able form, for the road between processes."""
        return {
            "session": self.session,
            "kind": self.kind,
            "participant": self.participant,
            "peer": self.peer,
            "detail": self.detail,
        }


OnEvent = Callable[[MediaEvent], None]
