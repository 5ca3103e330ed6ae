"""One slot's sound or picture towards viewers: the same bytes for all of them. Pure.

It keeps what viewers may ask for again, and the pictures since the last key frame for those who come late.
"""

import secrets
from dataclasses import dataclass

from streaming.clock import AUDIO_CLOCK, VIDEO_CLOCK, ntp_fixed
from streaming.descriptions import OPUS, PAYLOAD_TYPES, RED, OfferedStream
from streaming.ingest import IncomingStream, MediaPacket
from streaming.red import write_red
from streaming.rewriting import Rewriter
from streaming.rtcp import write_description, write_sender_report
from streaming.rtp import write_rtp
from streaming.sinks import Codec, Kind

KEPT = {"video": 1_024, "audio": 128}  # packets: 2 s of picture at 5 Mbps, 2.5 s of sound
MAX_SOUNDS = 8
MAX_GOP = 300  # packets a late joiner is sent at once; more overflows Firefox's socket


class Feed:
    """What the fan-out sends to a group of viewers: everybody in it gets the same bytes."""


@dataclass(frozen=True, slots=True)
class OutPacket:
    """Plain RTP as every viewer of the room gets it; `red` is the form for those who take RFC 2198."""

    data: bytes
    red: bytes | None
    marker: bool
    begins: bool  # a viewer can begin here
    new_codec: bool


class OutgoingStream:
    """Numbers, caches and clock of one offered stream."""

    def __init__(self, slot: str, kind: Kind) -> None:
        self.offered = OfferedStream(slot, kind, _ssrc(), _ssrc())
        self.kind: Kind = kind
        self.codec: Codec | None = None
        self.packets = 0
        self.octets = 0
        self.plain = Feed()
        self.red = Feed()
        self._clock_rate = VIDEO_CLOCK if kind == "video" else AUDIO_CLOCK
        self._rewriter = Rewriter(self._clock_rate)
        self._source: tuple[IncomingStream, int] | None = None
        self._kept: dict[int, bytes] = {}
        self._kept_red: dict[int, bytes] = {}
        self._sounds: dict[int, tuple[int, bytes]] = {}  # (timestamp, payload) by endless number
        self._gop: dict[int, bytes] | None = None

    def push(self, source: IncomingStream, packet: MediaPacket, now: float) -> OutPacket | None:
        """The packet to forward, or None while a picture has no beginning yet."""
        new_codec = False
        if self._source is None or self._source != (source, source.epoch):
            if not self._can_begin(packet):
                return None
            self._source = source, source.epoch
            new_codec = self.codec != source.codec
            self.codec = source.codec
            self._rewriter.begin(packet.index, packet.timestamp, now)
        index = self._rewriter.map(packet.index, packet.timestamp, now)
        if index is None or self.codec is None:
            return None
        timestamp = self._rewriter.map_time(packet.timestamp)
        data = write_rtp(
            PAYLOAD_TYPES[self.codec], packet.marker, index, timestamp, self.offered.ssrc, packet.payload
        )
        self._keep(index, data, packet.key)
        red = self._redundant(index, timestamp, packet) if self.kind == "audio" else None
        self.packets += 1
        self.octets += len(packet.payload)
        return OutPacket(data, red, packet.marker, packet.key or self.kind == "audio", new_codec)

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

    def is_source(self, source: IncomingStream) -> bool:
        """Whether `source` is what viewers see now."""
        return self._source == (source, source.epoch)

    def stop(self) -> None:
        """The source is gone, on hold or off the slot: the next packet begins anew, without a gap."""
        self._source = None
        self._gop = None
        self._rewriter.end()

    def gop(self) -> list[bytes] | None:
        """Everything since the last key frame in sending order, or None when it is too much or not there."""
        if self._gop is None:
            return None
        return [self._gop[index] for index in sorted(self._gop)]

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
        report = write_sender_report(self.offered.ssrc, ntp, timestamp, self.packets, self.octets)
        return report + write_description(self.offered.ssrc, self.offered.slot)


def _bound(kept: dict[int, bytes] | dict[int, tuple[int, bytes]], most: int) -> None:
    if len(kept) > most:
        del kept[next(iter(kept))]


def _ssrc() -> int:
    return secrets.randbits(31) | 1
