"""Somebody who watches: our offer, the answer, and what the browser tells us about its reception."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streaming.descriptions import RTX_TYPES, accepted_codecs, accepted_red, write_offer
from streaming.errors import StreamingError
from streaming.limits import ResendGuard
from streaming.outgoing import Feed, OutgoingStream
from streaming.peer import Peer, Station
from streaming.rewriting import first_offset
from streaming.rtcp import Bandwidth, KeyRequest, Nack, ReportBlock, parse_rtcp
from streaming.rtp import shift_sequence, write_rtx
from streaming.sdp import parse_sdp
from streaming.sinks import Codec, Kind

# Retransmissions a second and at once. Sound has a budget of its own, so that a storm for the picture
# never starves it.
RESEND_LIMITS: dict[Kind, tuple[float, float]] = {"video": (60, 100), "audio": (50, 50)}


class ViewerOwner(Protocol):
    """The room, as a viewer sees it."""

    def on_viewer_connected(self, viewer: "Viewer", now: float) -> None: ...

    def on_viewer_moved(self, viewer: "Viewer") -> None: ...

    def on_key_request(self, viewer: "Viewer", stream: OutgoingStream) -> None: ...


@dataclass(slots=True)
class Reception:
    """What the browser reported last of one stream."""

    fraction: float = 0.0  # lost of the last interval, 0 … 1
    lost: int = 0
    jitter: int = 0  # RTP ticks


class Viewer(Peer):
    """One watching connection."""

    def __init__(
        self,
        station: Station,
        owner: ViewerOwner,
        name: str,
        streams: Sequence[OutgoingStream],
        on_closed: Callable[[Peer, str], None],
    ) -> None:
        super().__init__(station, on_closed)
        self.name = name
        self.reception: dict[int, Reception] = {}
        self.bandwidth: int | None = None
        self.resent = 0
        self.key_requests = 0
        self._owner = owner
        self._streams = {stream.offered.ssrc: stream for stream in streams}
        self._codecs: dict[str, frozenset[Codec]] = {}
        self._red: frozenset[str] = frozenset()
        self._guards = {kind: ResendGuard(*limits) for kind, limits in RESEND_LIMITS.items()}
        self._offsets: dict[int, int] = {}
        self._rtx_sequences = {ssrc: secrets.randbelow(1 << 13) for ssrc in self._streams}

    def offer(self) -> str:
        """Our offer, with the present credentials."""
        offered = [stream.offered for stream in self._streams.values()]
        transport = self.transport()
        return write_offer(offered, transport, self.version)

    def accept(self, sdp: str) -> None:
        """Take the answer to any of our offers. Raises bad_sdp."""
        answer = parse_sdp(sdp)
        if answer.setups & {"passive", "holdconn"}:
            raise StreamingError("bad_sdp", "the answer must be active")
        known = {stream.offered.mid for stream in self._streams.values()}
        if {section.mid for section in answer.sections} != known:
            raise StreamingError("bad_sdp", "the answer does not fit the offer")
        if self.started and not self.is_same(answer.fingerprints):
            raise StreamingError("bad_sdp", "a restart keeps its certificate")
        self._codecs = accepted_codecs(answer)
        self._red = accepted_red(answer)
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

    def offset(self, stream: OutgoingStream, first: bytes) -> int:
        """By how much this viewer's numbers of the stream are moved; the very first packet decides."""
        sequence = int.from_bytes(first[2:4], "big")
        return self._offsets.setdefault(stream.offered.ssrc, first_offset(sequence))

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
        """Answer NACKs, pass key requests on, keep the reports."""
        for item in parse_rtcp(data):
            if isinstance(item, Nack):
                self._on_nack(item, now)
            elif isinstance(item, KeyRequest):
                self._on_key_request(item)
            elif isinstance(item, ReportBlock) and item.ssrc in self._streams:
                self.reception[item.ssrc] = Reception(item.fraction / 256, item.lost, item.jitter)
            elif isinstance(item, Bandwidth):
                self.bandwidth = item.bitrate

    def _on_key_request(self, request: KeyRequest) -> None:
        stream = self._streams.get(request.ssrc)
        if stream is not None and stream.kind == "video":
            self.key_requests += 1
            self._owner.on_key_request(self, stream)

    def _on_nack(self, nack: Nack, now: float) -> None:
        stream = self._streams.get(nack.ssrc)
        if stream is None:
            return
        guard = self._guards[stream.kind]
        offset = self._offsets.get(nack.ssrc, 0)
        for sequence in nack.sequences:
            packet = stream.kept(sequence - offset, self.takes_red(stream))
            if packet is not None and guard.allows(nack.ssrc << 16 | sequence, now):
                self._resend(stream, shift_sequence(packet, offset))

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
