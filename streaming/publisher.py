"""Somebody who sends: what we tell the browser about its packets, and what we hand on."""

from collections.abc import Callable
from typing import Protocol

from streaming.descriptions import AcceptedStream, accepted_streams, extension_id, write_answer
from streaming.errors import StreamingError
from streaming.ingest import IncomingStream, MediaPacket, News
from streaming.limits import KeyWish
from streaming.peer import Peer, Station
from streaming.red import open_red
from streaming.rtcp import SenderInfo, parse_rtcp, write_key_request, write_nack, write_receiver_report
from streaming.rtp import RtpPacket, open_rtx, parse_rtp
from streaming.sdp import REPAIRED_RID_URI, RID_URI, parse_sdp
from streaming.sinks import Kind
from streaming.transport_cc import URI as TRANSPORT_CC_URI
from streaming.transport_cc import ArrivalLog

OUR_SSRC = 1  # sender of our RTCP
FEEDBACK_EVERY = 0.060  # s; what Chromium's bandwidth estimation wants
REPORT_EVERY = 1.0
MAX_REPAIRS = 8  # SSRCs of retransmissions that are remembered
SILENCE = 3.0  # s without media after which the stage counts as empty


class PublisherOwner(Protocol):
    """The room, as a publisher sees it."""

    def on_media(
        self, publisher: "Publisher", stream: IncomingStream, packet: MediaPacket, now: float
    ) -> None: ...

    def on_sender_clock(self, publisher: "Publisher", stream: IncomingStream) -> None: ...

    def on_key_asked(self, publisher: "Publisher") -> None: ...

    def on_publisher_connected(self, publisher: "Publisher") -> None: ...


class Publisher(Peer):
    """One participant's sending connection."""

    def __init__(
        self,
        station: Station,
        owner: PublisherOwner,
        participant: str,
        on_closed: Callable[[Peer, str], None],
    ) -> None:
        super().__init__(station, on_closed)
        self.participant = participant
        self.streams: dict[tuple[Kind, int], IncomingStream] = {}  # by kind and layer
        self.layers = 1  # sizes of the picture, one unless the offer has a simulcast
        self.last_media: float | None = None
        self.clock_shift: float | None = None  # s from this publisher's wall clock to ours
        self._owner = owner
        self._accepted: dict[int, AcceptedStream] = {}
        self._rtx: dict[int, AcceptedStream] = {}
        self._red: dict[int, AcceptedStream] = {}
        self._by_ssrc: dict[int, IncomingStream] = {}
        self._repaired: dict[int, IncomingStream] = {}  # by the SSRC of the retransmissions
        self._transport_cc = self._rid = self._repaired_rid = 0  # header extensions
        self._arrivals = ArrivalLog()
        self._key = KeyWish()
        self._feedback_at = self._report_at = 0.0

    def answer(self, sdp: str) -> str:
        """Our answer to the browser's offer, the first or one that restarts ICE. Raises bad_sdp."""
        offer = parse_sdp(sdp)
        taken = accepted_streams(offer)
        if not taken:
            raise StreamingError("bad_sdp", "neither Opus nor H.264 nor VP8 is offered")
        if "passive" in offer.setups:
            raise StreamingError("bad_sdp", "the offer must leave the DTLS server to us")
        if self.started and not self.is_same(offer.fingerprints):
            raise StreamingError("bad_sdp", "a restart keeps its certificate")
        self._accepted = {stream.payload_type: stream for stream in taken.values()}
        self._rtx = {stream.rtx_type: stream for stream in taken.values() if stream.rtx_type is not None}
        self._red = {stream.red_type: stream for stream in taken.values() if stream.red_type is not None}
        self.layers = max([1, *(len(stream.rids) for stream in taken.values())])
        self._transport_cc = extension_id(offer, TRANSPORT_CC_URI)
        self._rid, self._repaired_rid = (extension_id(offer, uri) for uri in (RID_URI, REPAIRED_RID_URI))
        text = write_answer(offer, taken, self.transport(), self.version)
        if not self.started:
            self.start(offer.fingerprints)
        return text

    def on_connected(self, now: float) -> None:
        """The keys are there; media follows."""
        self._owner.on_publisher_connected(self)

    # -- packets

    def on_rtp(self, data: bytes, now: float) -> None:
        """Number, judge and hand on one packet."""
        packet = parse_rtp(data)
        if packet is None:
            self.counters.unreadable += 1
            return
        wide = packet.extensions.get(self._transport_cc)
        if wide is not None and len(wide) >= 2:
            self._arrivals.add(int.from_bytes(wide[:2], "big"), now)
        accepted = self._rtx.get(packet.payload_type)
        if accepted is not None:
            self._on_repair(accepted, packet, now)
            return
        accepted = self._red.get(packet.payload_type) or self._accepted.get(packet.payload_type)
        stream = self._stream(accepted, packet) if accepted is not None else None
        if accepted is None or stream is None:
            self.counters.unreadable += 1
        elif packet.payload_type == accepted.red_type:
            self._on_redundant(stream, packet, now)
        else:
            self._take(stream, packet, now, repair=False)

    def _on_redundant(self, stream: IncomingStream, packet: RtpPacket, now: float) -> None:
        """Sound that carries the packets before it: of those, what was missing goes on first."""
        opened = open_red(packet)
        if opened is None:
            self.counters.unreadable += 1
            return
        primary, older = opened
        news, arrived = stream.take(primary, now)
        for repair in older:
            self._take(stream, repair, now, repair=True)
        self._forward(stream, news, arrived, now)

    def _on_repair(self, accepted: AcceptedStream, packet: RtpPacket, now: float) -> None:
        """A retransmission, or a probe in its clothes: Chromium fills its line with copies of old packets."""
        stream = self._repaired.get(packet.ssrc)
        if stream is None:
            layer = _layer(accepted, packet, self._repaired_rid)
            stream = self.streams.get((accepted.kind, layer)) if layer is not None else None
            if stream is None:
                return
            if len(self._repaired) < MAX_REPAIRS:
                self._repaired[packet.ssrc] = stream
        original = open_rtx(packet, accepted.payload_type, stream.ssrc)
        if original is not None:
            self._forward(stream, *stream.take_again(original, now), now)

    def _stream(self, accepted: AcceptedStream, packet: RtpPacket) -> IncomingStream | None:
        known = self._by_ssrc.get(packet.ssrc)
        if known is not None:
            return known
        layer = _layer(accepted, packet, self._rid)
        if layer is None or (accepted.kind, layer) in self.streams:
            return None
        if accepted.ssrcs and packet.ssrc not in accepted.ssrcs:
            return None
        stream = IncomingStream(accepted, packet.ssrc, layer)
        self.streams[accepted.kind, layer] = self._by_ssrc[packet.ssrc] = stream
        return stream

    def _take(self, stream: IncomingStream, packet: RtpPacket, now: float, repair: bool) -> None:
        self._forward(stream, *stream.take(packet, now, repair), now)

    def _forward(self, stream: IncomingStream, news: News, arrived: MediaPacket | None, now: float) -> None:
        if arrived is None:
            return
        if news is News.RESTARTED and stream.kind == "video":
            self.want_key()
        if arrived.key:
            self._key.fulfilled()
        self.last_media = now
        self._owner.on_media(self, stream, arrived, now)

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Sender reports keep the clocks."""
        for item in parse_rtcp(data):
            if not isinstance(item, SenderInfo):
                continue
            stream = self._by_ssrc.get(item.ssrc)
            if stream is not None and stream.note_sender_report(item.ntp, item.timestamp, now):
                self._owner.on_sender_clock(self, stream)

    @property
    def pictures(self) -> list[IncomingStream]:
        """The layers of the picture that have begun."""
        return [stream for (kind, _), stream in self.streams.items() if kind == "video"]

    # -- feedback

    def want_key(self) -> None:
        """Ask for a key frame at the next tick, as often as it takes and the throttle allows."""
        if self.pictures:
            self._key.wish()

    def tick(self, now: float) -> None:
        """NACK, key requests, transport feedback and receiver reports, each in its own rhythm."""
        if not self.connected:
            return
        for stream in self.streams.values():
            asking, lost = stream.due_nacks(now)
            if asking:
                self.send_rtcp(write_nack(OUR_SSRC, stream.ssrc, asking))
            if lost and stream.kind == "video":
                self.want_key()
        if self._key.due(now):
            # One of a simulcast makes key frames on every layer; of one that rests it may make none.
            newest = max(self.pictures, key=lambda stream: stream.heard)
            self.send_rtcp(write_key_request(OUR_SSRC, newest.ssrc))
            self._owner.on_key_asked(self)
        if now - self._feedback_at >= FEEDBACK_EVERY and self.streams:
            self._feedback_at = now
            ssrc = next(iter(self.streams.values())).ssrc
            for packet in self._arrivals.feedback(OUR_SSRC, ssrc):
                self.send_rtcp(packet)
        if now - self._report_at >= REPORT_EVERY:
            self._report_at = now
            self._send_report(now)

    def _send_report(self, now: float) -> None:
        for stream in self.streams.values():
            stream.measure(now)
        blocks = [block for block in (one.report(now) for one in self.streams.values()) if block]
        if blocks:
            self.send_rtcp(write_receiver_report(OUR_SSRC, blocks))

    def is_sending(self, now: float) -> bool:
        """Whether media came in the last three seconds."""
        return not self.closed and self.last_media is not None and now - self.last_media < SILENCE


def _layer(accepted: AcceptedStream, packet: RtpPacket, extension: int) -> int | None:
    """Which layer a packet of a simulcast says it belongs to (RFC 8852); 0 without a simulcast."""
    if not accepted.rids:
        return 0
    rid = packet.extensions.get(extension, b"").decode("ascii", "replace") if extension else ""
    return accepted.rids.index(rid) if rid in accepted.rids else None
