"""Somebody who watches: our offer, the answer, and what the browser tells us about its reception."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from streaming.descriptions import RTX_TYPES, OfferedStream, accepted_codecs, accepted_red, write_offer
from streaming.errors import StreamingError
from streaming.ladder import SOUND, Ladder
from streaming.limits import ResendGuard
from streaming.outgoing import Feed, OutgoingStream
from streaming.peer import Peer, Station
from streaming.rtcp import Bandwidth, KeyRequest, Nack, ReportBlock, parse_rtcp
from streaming.rtp import shift_sequence, write_rtx
from streaming.sdp import parse_sdp
from streaming.seats import Seat
from streaming.sinks import Codec, Kind

# Retransmissions a second and at once. Sound has a budget of its own, so that a storm for the picture
# never starves it.
RESEND_LIMITS: dict[Kind, tuple[float, float]] = {"video": (60, 100), "audio": (50, 50)}
RESEND_LEAST = 10.0  # of a small picture, a second
PACKET_BITS = 8_000  # of a typical packet of a picture
ENOUGH = 12  # packets that a loss must be counted over; fewer say nothing


class ViewerOwner(Protocol):
    """The room, as a viewer sees it."""

    def on_viewer_connected(self, viewer: "Viewer", now: float) -> None: ...

    def on_viewer_moved(self, viewer: "Viewer") -> None: ...

    def on_rung(self, viewer: "Viewer", now: float) -> None: ...

    @property
    def rates(self) -> Sequence[int]: ...

    def on_key_request(self, viewer: "Viewer", stream: OutgoingStream) -> None: ...


@dataclass(slots=True)
class Reception:
    """What the browser reported last of one stream."""

    fraction: float = 0.0  # lost of the last interval, 0 … 1
    lost: int = 0
    jitter: int = 0  # RTP ticks
    highest: int = 0
    missed: float = 0.0  # of the packets that were not judged yet
    counted: int = 0

    def take(self, block: ReportBlock) -> tuple[float, int] | None:
        """Keep the newest report; the loss since the last judgement and of how many packets, once they are enough."""
        expected = (block.highest - self.highest) & 0xFFFF_FFFF if self.highest else ENOUGH
        self.fraction, self.lost, self.jitter = block.fraction / 256, block.lost, block.jitter
        self.highest = block.highest
        if expected < 1 << 16:
            self.counted += expected
            self.missed += self.fraction * expected
        if self.counted < ENOUGH:
            return None
        judged = self.missed / self.counted, self.counted
        self.missed, self.counted = 0.0, 0
        return judged


Picture = Literal["full", "reduced", "paused"]


class Viewer(Peer):
    """One watching connection."""

    def __init__(
        self,
        station: Station,
        owner: ViewerOwner,
        name: str,
        offered: Sequence[OfferedStream],
        on_closed: Callable[[Peer, str], None],
    ) -> None:
        super().__init__(station, on_closed)
        self.name = name
        self.label = ""  # under which the audience counts it
        self.reception: dict[int, Reception] = {}
        self.bandwidth: int | None = None
        self.round_trip: float | None = None  # s
        self.ladder = Ladder(self.created)
        self.picture: Picture = "full"  # what the viewer was told of its picture
        self.resent = 0
        self.key_requests = 0
        self._owner = owner
        self._offered = {stream.ssrc: stream for stream in offered}
        self._seats = {ssrc: Seat() for ssrc in self._offered}
        self._codecs: Mapping[str, frozenset[Codec]] = {}
        self._red: frozenset[str] = frozenset()
        self._guards = {kind: ResendGuard(*limits) for kind, limits in RESEND_LIMITS.items()}
        self._rtx_sequences = dict.fromkeys(self._offered, secrets.randbelow(1 << 13))

    def offer(self) -> str:
        """Our offer, with the present credentials."""
        transport = self.transport()
        return write_offer([*self._offered.values()], transport, self.version)

    def accept(self, sdp: str) -> None:
        """Take the answer to any of our offers. Raises bad_sdp."""
        answer = parse_sdp(sdp)
        if answer.setups & {"passive", "holdconn"}:
            raise StreamingError("bad_sdp", "the answer must be active")
        known = {stream.mid for stream in self._offered.values()}
        if {section.mid for section in answer.sections} != known:
            raise StreamingError("bad_sdp", "the answer does not fit the offer")
        if self.started and not self.is_same(answer.fingerprints):
            raise StreamingError("bad_sdp", "a restart keeps its certificate")
        self._codecs = accepted_codecs(answer.sections)
        self._red = accepted_red(answer.sections)
        if not self.started:
            self.start(answer.fingerprints)

    def takes(self, stream: OutgoingStream, codec: Codec) -> bool:
        """Whether the answer kept `codec` in the stream's section."""
        return codec in self._codecs.get(stream.offered.mid, frozenset())

    def takes_red(self, stream: OutgoingStream) -> bool:
        """Whether the stream's sound goes to this viewer with redundancy."""
        return stream.offered.mid in self._red

    def feed(self, stream: OutgoingStream) -> Feed:
        """The form of `stream` that this viewer gets."""
        return stream.red if self.takes_red(stream) else stream.plain

    def seat(self, offered: OfferedStream) -> Seat:
        """What this viewer gets of an offered stream now."""
        return self._seats[offered.ssrc]

    @property
    def streams(self) -> list[OutgoingStream]:
        """What this viewer gets now."""
        return [seat.stream for seat in self._seats.values() if seat.stream is not None]

    def expect(self, stream: OutgoingStream) -> None:
        """Another layer begins: what is sent again must stay a part of what is sent."""
        if stream.kind == "video" and stream.source is not None and stream.source.bitrate:
            most, burst = RESEND_LIMITS["video"]
            rate = max(RESEND_LEAST, min(most, stream.source.bitrate / PACKET_BITS / 2))
            self._guards["video"].limit(rate, burst * rate / most)

    @property
    def codecs(self) -> frozenset[Codec]:
        """Every codec the viewer takes in any section."""
        return frozenset[Codec]().union(*self._codecs.values())

    @property
    def refused_resends(self) -> int:
        """Retransmissions the limits held back."""
        return sum(guard.refused for guard in self._guards.values())

    def on_connected(self, now: float) -> None:
        """Media can begin."""
        self._owner.on_viewer_connected(self, now)

    def on_moved(self) -> None:
        """Our packets go another way from now on."""
        self._owner.on_viewer_moved(self)

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Answer NACKs, pass key requests on, let the ladder hear the reports."""
        for item in parse_rtcp(data):
            if isinstance(item, Nack):
                self._on_nack(item, now)
            elif isinstance(item, KeyRequest):
                self._on_key_request(item)
            elif isinstance(item, ReportBlock) and item.ssrc in self._offered:
                self._on_report(item, now)
            elif isinstance(item, Bandwidth):
                self.bandwidth = item.bitrate
                self._climbed(self.ladder.on_bandwidth(item.bitrate, self._owner.rates, now), now)

    def _climbed(self, changed: bool, now: float) -> None:
        if changed:
            self._owner.on_rung(self, now)

    def _on_report(self, block: ReportBlock, now: float) -> None:
        """The picture's reports count while there is one, those of the sound while it is alone."""
        stream = self._seats[block.ssrc].stream
        reception = self.reception.get(block.ssrc)
        if reception is None:
            reception = self.reception[block.ssrc] = Reception()
        judged = reception.take(block)
        if stream is None:
            return
        sent_at = stream.reported_at(block.last_report)
        if sent_at is not None:
            self.round_trip = max(0.0, now - sent_at - block.delay / 65_536)
            self._climbed(self.ladder.on_round_trip(self.round_trip, self._owner.rates, now), now)
        alone = self.ladder.rung == SOUND
        if judged is not None and (stream.kind == "audio") == alone:
            self._climbed(self.ladder.on_loss(*judged, self._owner.rates, now), now)

    def _on_key_request(self, request: KeyRequest) -> None:
        seat = self._seats.get(request.ssrc)
        if seat is not None and seat.stream is not None and seat.stream.kind == "video":
            self.key_requests += 1
            self._owner.on_key_request(self, seat.stream)

    def _on_nack(self, nack: Nack, now: float) -> None:
        seat = self._seats.get(nack.ssrc)
        stream = seat.stream if seat is not None else None
        if seat is None or stream is None:
            return
        guard, fresh = self._guards[stream.kind], 0
        for sequence in nack.sequences:
            fresh += not guard.has_sent(nack.ssrc << 16 | sequence)
            index = seat.index(sequence)
            packet = stream.kept(index, self.takes_red(stream)) if index is not None else None
            if packet is not None and guard.allows(nack.ssrc << 16 | sequence, now):
                self._resend(stream, shift_sequence(packet, seat.offset))
        if stream.kind == "video":
            self._climbed(self.ladder.on_missing(fresh, self._owner.rates, now), now)

    def _resend(self, stream: OutgoingStream, packet: bytes) -> None:
        """Picture by RTX; sound as the same packet again, because browsers have no RTX for it."""
        self.resent += 1
        rtx_type = RTX_TYPES.get(packet[1] & 0x7F)
        if rtx_type is None:
            self.send_packet(packet)
            return
        ssrc = stream.offered.ssrc
        sequence = self._rtx_sequences[ssrc] = self._rtx_sequences[ssrc] + 1
        self.send_packet(write_rtx(packet, rtx_type, sequence, stream.offered.rtx_ssrc))
