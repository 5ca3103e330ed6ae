"""The promise between the room and whoever listens to the stage: recorder, programme, captioner.

A sink is a member of the room like any other, in the same process and on the same loop. It must return at
once (put the thing into its own bounded queue); one that raises is dropped and told of in an event.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["video", "audio"]
Codec = Literal["h264", "vp8", "opus"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One encoded picture, or one Opus packet, of a participant who holds a slot.

    Frames of one kind come in order; a picture with a missing packet never comes, the next one then says
    `lost_before`. Between `on_leave` and the next `on_stage` the timestamps may start anew.
    """

    participant: str
    kind: Kind
    codec: Codec
    timestamp: int  # RTP timestamp as on the wire, 32 bit (90 kHz picture, 48 kHz sound)
    arrival: float  # time.monotonic() of the last packet of the frame, seconds
    key: bool
    lost_before: bool
    data: bytes  # H.264: Annex B access unit, SPS and PPS before every IDR; VP8: frame; Opus: packet


@dataclass(frozen=True, slots=True)
class SenderReport:
    """RFC 3550, section 6.4.1: at NTP second `ntp` of the sender its RTP clock showed `timestamp`."""

    participant: str
    kind: Kind
    codec: Codec
    ntp: float
    timestamp: int


class Sink(Protocol):
    """What a listener has to offer."""

    def on_stage(self, participant: str, slot: str) -> None:
        """The participant holds `slot` and media flows. Comes again after every `on_leave`."""

    def on_frame(self, frame: Frame) -> None:
        """The next frame of somebody on stage."""

    def on_sender_report(self, report: SenderReport) -> None:
        """The sender's own clock relation, for lip sync."""

    def on_leave(self, participant: str) -> None:
        """The stream stopped: slot taken away, connection lost, or the room closed."""
