"""One slot's sound, or one size of its picture, towards viewers: the same bytes for all of them. Pure.

The sizes (layers) of a picture share an SSRC and a timeline, and each has numbers of its own. It keeps what
viewers may ask for again, and the pictures since the last key frame for those who come late.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from streaming.clock import AUDIO_CLOCK, VIDEO_CLOCK, ntp_fixed, timestamp_delta
from streaming.descriptions import OPUS, PAYLOAD_TYPES, RED, OfferedStream
from streaming.ingest import IncomingStream, MediaPacket
from streaming.red import write_red
from streaming.rewriting import Rewriter, Timeline
from streaming.rtcp import write_description, write_sender_report
from streaming.rtp import write_rtp
from streaming.sinks import Codec, Kind

# Packets that can be asked for again: at 1,000 bytes each 3.3 s of the 2.5 Mbps that browsers are told to send at most,
# 1.6 s of an encoder's 5 Mbps, 1 s of 8 Mbps; of sound 2.5 s at the usual 20 ms a packet, 1.3 s at the least, 10 ms.
KEPT = {"video": 1_024, "audio": 128}
MAX_SOUNDS = 8
KEPT_REPORTS = 512  # some go out every 20 ms, to a few viewers each
MAX_SMALL_GOP = 100_000  # bytes of it, of the smaller pictures: those are for narrow lines
APART = 30  # ticks between the layers' timestamps of one moment
MAX_GOP = 300  # packets a late joiner is sent at once; more overflows Firefox's socket


class Feed:
    """What the fan-out sends to a group of viewers: everybody in it gets the same bytes."""


@dataclass(frozen=True, slots=True)
class OutPacket:
    """Plain RTP as every viewer of the room gets it; `red` is the form for those who take RFC 2198."""

    index: int  # endless; its low 16 bits are in `data`
    data: bytes
    red: bytes | None
    marker: bool
    begins: bool  # a viewer can begin here
    new_codec: bool
    new_source: bool


class OutgoingStream:
    """Numbers, caches and clock of one layer of an offered stream; 0 is the best, and the only one of sound."""

    def __init__(self, offered: OfferedStream, timeline: Timeline, layer: int = 0) -> None:
        self.offered = offered
        self.kind: Kind = offered.kind
        self.layer = layer
        self.better: Sequence[OutgoingStream] = ()  # the layers above this one
        self.codec: Codec | None = None
        self.packets = 0
        self.octets = 0
        self.plain = Feed()
        self.red = Feed()
        self._clock_rate = VIDEO_CLOCK if self.kind == "video" else AUDIO_CLOCK
        self._rewriter = Rewriter(self._clock_rate, timeline=timeline)
        self._source: tuple[IncomingStream, int] | None = None
        self._kept: dict[int, bytes] = {}
        self._kept_red: dict[int, bytes] = {}
        self._sounds: dict[int, tuple[int, bytes]] = {}  # (timestamp, payload) by endless number
        self._gop: dict[int, bytes] | None = None
        self._floor = 0  # packets with lower numbers are not sent any more
        self._reported: dict[int, float] = {}  # middle of the NTP time → when that sender report went out

    def push(self, source: IncomingStream, packet: MediaPacket, now: float) -> OutPacket | None:
        """The packet to forward, or None while a picture has no beginning yet."""
        new_codec = new_source = False
        if self._source is None or self._source != (source, source.epoch):
            if not self._can_begin(packet):
                return None
            self._source = source, source.epoch
            new_codec, new_source = self.codec != source.codec, True
            self.codec = source.codec
            self._rewriter.begin(packet.index, packet.timestamp, now)
        if packet.key and self.kind == "video":
            self._align(source, packet)
        index = self._rewriter.map(packet.index, packet.timestamp, now)
        if index is None or index < self._floor or self.codec is None:
            return None
        timestamp = self._rewriter.map_time(packet.timestamp)
        data = write_rtp(
            PAYLOAD_TYPES[self.codec], packet.marker, index, timestamp, self.offered.ssrc, packet.payload
        )
        self._keep(index, data, packet.key)
        red = self._redundant(index, timestamp, packet) if self.kind == "audio" else None
        self.packets += 1
        self.octets += len(packet.payload)
        begins = packet.key or self.kind == "audio"
        return OutPacket(index, data, red, packet.marker, begins, new_codec, new_source)

    def _align(self, source: IncomingStream, packet: MediaPacket) -> None:
        """Put the timestamps where the best layer has those of the same moment, by both layers' sender reports.

        A little behind it: two pictures with one timestamp would look like one to a viewer that changes up.
        """
        for other in self.better:
            above = other.source
            if above is None or above.clock is None or source.clock is None:
                continue
            moment = timestamp_delta(packet.timestamp, source.clock.timestamp) / self._clock_rate
            since = source.clock.ntp + moment - above.clock.ntp
            time = other.map_time(above.clock.timestamp + round(since * self._clock_rate))
            self._rewriter.align(packet.timestamp, time - APART * (self.layer - other.layer))
            return

    def _can_begin(self, packet: MediaPacket) -> bool:
        return packet.key if self.kind == "video" else bool(packet.payload)

    def _redundant(self, index: int, timestamp: int, packet: MediaPacket) -> bytes:
        """The packet together with the one before it."""
        self._sounds[index] = timestamp, packet.payload
        _bound(self._sounds, MAX_SOUNDS)
        before = self._sounds.get(index - 1)
        payload = write_red(OPUS, timestamp, packet.payload, [before] if before is not None else [])
        data = write_rtp(RED, packet.marker, index, timestamp, self.offered.ssrc, payload)
        self._kept_red[index & 0xFFFF] = data
        _bound(self._kept_red, KEPT["audio"])
        return data

    def _keep(self, index: int, data: bytes, key: bool) -> None:
        self._kept[index & 0xFFFF] = data
        _bound(self._kept, KEPT[self.kind])
        if self.kind == "audio":
            return
        if key:
            self._gop = {}
        if self._gop is not None:
            self._gop[index] = data
            if len(self._gop) > MAX_GOP:
                self._gop = None

    @property
    def source(self) -> IncomingStream | None:
        """What viewers see now."""
        return self._source[0] if self._source is not None else None

    @property
    def next_index(self) -> int:
        """The number behind the newest packet."""
        return self._rewriter.next_index

    def map_time(self, timestamp: int) -> int:
        """The outgoing timestamp (32 bit) of one of the present source."""
        return self._rewriter.map_time(timestamp)

    def close_behind(self, index: int) -> None:
        """Let no packet from before `index` go out any more.

        Who came from another layer has used those numbers: one number, two plaintexts would break its cipher.
        """
        self._floor = max(self._floor, index)

    def is_source(self, source: IncomingStream) -> bool:
        """Whether `source` is what viewers see now."""
        return self._source == (source, source.epoch)

    def stop(self) -> None:
        """The source is gone, on hold or off the slot: the next packet begins anew, without a gap."""
        self._source = None
        self._gop = None
        self._rewriter.end()

    def gop(self) -> tuple[int, list[bytes]] | None:
        """Number of the last key frame and everything since in sending order; None when too much or not there."""
        if not self._gop or (self.layer and sum(map(len, self._gop.values())) > MAX_SMALL_GOP):
            return None
        numbers = sorted(self._gop)
        return numbers[0], [self._gop[index] for index in numbers]

    def kept(self, sequence: int, red: bool = False) -> bytes | None:
        """The packet with this 16-bit number, in the form it was sent, if it is still here."""
        return (self._kept_red if red else self._kept).get(sequence & 0xFFFF)

    def sender_report(self, now: float, shift: float) -> bytes | None:
        """Compound SR and SDES with the publisher's own relation of NTP and RTP time, carried on to `now`.

        `shift` (seconds) moves the publisher's wall clock to ours; it is the same for its sound and picture.
        """
        if self._source is None or self._source[0].clock is None:
            return None
        clock = self._source[0].clock
        elapsed = now - clock.arrival
        timestamp = self._rewriter.map_time(clock.timestamp + round(elapsed * self._clock_rate))
        ntp = ntp_fixed(clock.ntp + elapsed + shift)
        self._reported[ntp >> 16 & 0xFFFF_FFFF] = now
        if len(self._reported) > KEPT_REPORTS:
            del self._reported[next(iter(self._reported))]
        report = write_sender_report(self.offered.ssrc, ntp, timestamp, self.packets, self.octets)
        return report + write_description(self.offered.ssrc, self.offered.slot)

    def reported_at(self, middle: int) -> float | None:
        """When the sender report went out whose NTP time has these middle 32 bits, if that was lately."""
        return self._reported.get(middle)


def _bound(kept: dict[int, bytes] | dict[int, tuple[int, bytes]], most: int) -> None:
    if len(kept) > most:
        del kept[next(iter(kept))]
