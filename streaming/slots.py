"""A place on stage: who it is kept for, and the two streams that viewers see of it."""

from dataclasses import dataclass, field

from streaming.commands import SlotName
from streaming.outgoing import OutgoingStream
from streaming.sinks import Kind

# s the seat of somebody gone is kept; the leader's and a co-host's are given to others only by hand
KEPT_FOR: dict[SlotName, float] = {"main": float("inf"), "guest": 90.0, "cohost": float("inf")}


@dataclass(slots=True)
class Slot:
    """One slot. `gone_since` is None while its participant sends."""

    name: SlotName
    streams: dict[Kind, OutgoingStream] = field(default_factory=dict)
    participant: str | None = None
    held: bool = False
    live: bool = False  # media flows and listeners were told so
    gone_since: float | None = None

    def __post_init__(self) -> None:
        for kind in ("audio", "video"):
            self.streams[kind] = OutgoingStream(self.name, kind)

    def reserve(self, participant: str, now: float) -> None:
        """Keep the slot for somebody; the time of absence runs until media comes."""
        self.participant = participant
        self.gone_since = now

    def free(self) -> None:
        """Keep it for nobody."""
        self.participant = None
        self.gone_since = None

    def is_over(self, now: float) -> bool:
        """Whether its participant stayed away too long."""
        return (
            self.participant is not None
            and self.gone_since is not None
            and now - self.gone_since > KEPT_FOR[self.name]
        )
