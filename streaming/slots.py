"""A place on stage: who it is kept for, and the streams that viewers see of it."""

import secrets
from dataclasses import dataclass, field

from streaming.commands import SlotName
from streaming.descriptions import LAYERS, OfferedStream
from streaming.ingest import IncomingStream
from streaming.outgoing import OutgoingStream
from streaming.rewriting import Timeline
from streaming.sinks import Kind

# s the seat of somebody gone is kept; the leader's and a co-host's are given to others only by hand
KEPT_FOR: dict[SlotName, float] = {"main": float("inf"), "guest": 90.0, "cohost": float("inf")}
RESTS = 1.0  # s of silence, while other layers send, after which a layer counts as switched off
TYPICAL_RATES = (1_500_000, 450_000, 130_000)
_KINDS: tuple[Kind, Kind] = ("audio", "video")


@dataclass(slots=True)
class Slot:
    """One slot. `gone_since` is None while its participant sends."""

    name: SlotName
    sound: OutgoingStream = field(init=False)
    pictures: tuple[OutgoingStream, ...] = field(init=False)  # the layers, best first
    participant: str | None = None
    held: bool = False
    live: bool = False  # media flows and listeners were told so
    layers: frozenset[int] = frozenset()  # of the picture, those that are being sent
    heard: IncomingStream | None = None  # the layer that sinks get
    began: float = 0.0  # when it went live
    gone_since: float | None = None

    def __post_init__(self) -> None:
        sound, picture = (OfferedStream(self.name, kind, _ssrc(), _ssrc()) for kind in _KINDS)
        self.sound = OutgoingStream(sound, Timeline(secrets.randbits(31)))
        timeline = Timeline(secrets.randbits(31))
        self.pictures = tuple(OutgoingStream(picture, timeline, layer) for layer in range(LAYERS))
        for stream in self.pictures:
            stream.better = self.pictures[: stream.layer]

    @property
    def streams(self) -> list[OutgoingStream]:
        """The sound and every layer of the picture."""
        return [self.sound, *self.pictures]

    @property
    def offered(self) -> list[OfferedStream]:
        """The sound and the picture."""
        return [self.sound.offered, self.pictures[0].offered]

    def stream(self, kind: Kind, layer: int) -> OutgoingStream:
        """Where packets of this kind and layer go out."""
        return self.sound if kind == "audio" else self.pictures[layer]

    def newest_layers(self, now: float, expected: int) -> frozenset[int]:
        """Layers that are being sent, of the `expected` that the publisher promised.

        One rests when the others go on without it; one that did not begin yet is waited for as long.
        """
        heard = [self.pictures[layer].source for layer in range(expected)]
        times = [self.began if source is None else source.heard for source in heard]
        newest = max(times)
        return frozenset(layer for layer, time in enumerate(times) if time > newest - RESTS)

    def rate(self, layer: int) -> int:
        """Bits a second of one layer now; before it was measured, what it will be about."""
        source = self.pictures[layer].source
        return source.bitrate if source is not None and source.bitrate else TYPICAL_RATES[layer]

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


def _ssrc() -> int:
    return secrets.randbits(31) | 1
