"""One received stream (SSRC) of a publisher: what is new, what is missing, what to report. Pure."""

from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum

from streaming.clock import AUDIO_CLOCK, VIDEO_CLOCK, ntp_seconds, timestamp_delta, unwrap_sequence
from streaming.descriptions import AcceptedStream
from streaming.nack import MissingPackets
from streaming.payloads import starts_key
from streaming.rtcp import ReportBlock
from streaming.rtp import RtpPacket

WINDOW = 1_024  # packets within which a repetition is recognised
MAX_JUMP = 400  # packets; beyond it the sender started anew, and nobody asks for what lies between


@dataclass(slots=True)
class StreamCounters:
    """Since the beginning of the stream."""

    packets: int = 0
    octets: int = 0
    padding: int = 0
    duplicates: int = 0
    repaired: int = 0
    keys: int = 0
    nacks: int = 0
    jumps: int = 0


class News(Enum):
    """What a packet is to us."""

    REPEATED = 0
    NEW = 1
    RESTARTED = 2  # new, and its numbers have nothing to do with those before


@dataclass(frozen=True, slots=True)
class MediaPacket:
    """A publisher's packet with its endless number, ready to be forwarded."""

    index: int
    timestamp: int
    marker: bool
    payload: bytes  # empty: a padding-only packet, whose number must be kept all the same
    key: bool  # a decoder can begin here
    arrival: float


@dataclass(frozen=True, slots=True)
class SenderClock:
    """The newest sender report: `ntp` seconds of the sender were `timestamp`; it came at `arrival`."""

    ntp: float
    timestamp: int
    arrival: float
    middle: int  # middle 32 bits of the NTP time, for our receiver reports


class IncomingStream:
    """Feed it every packet of the SSRC in order of arrival, retransmissions already unpacked."""

    def __init__(self, accepted: AcceptedStream, ssrc: int, layer: int = 0) -> None:
        self.accepted = accepted
        self.kind = accepted.kind
        self.codec = accepted.codec
        self.ssrc = ssrc
        self.layer = layer  # of a simulcast, 0 is the best picture
        self.heard = float("-inf")  # when the newest packet came
        self.bitrate = 0  # bits a second of payload, over the last seconds
        self.clock_rate = VIDEO_CLOCK if accepted.kind == "video" else AUDIO_CLOCK
        self.counters = StreamCounters()
        self.clock: SenderClock | None = None
        self.epoch = 0  # grows when the sender starts anew
        self.missing = MissingPackets()
        self._highest: int | None = None
        self._first = 0
        self._received = 0
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._suspect: int | None = None
        self._jitter = 0.0
        self._transit: float | None = None
        self._told = (0, 0)  # expected and received at the last report
        self._key_time: int | None = None
        self._measured: tuple[float, int] | None = None  # when, and octets then

    def take(self, packet: RtpPacket, now: float, repair: bool = False) -> tuple[News, MediaPacket | None]:
        """Judge one packet. The second value is None exactly when it is REPEATED."""
        news, index = self._place(packet.sequence, now, repair)
        if news is News.REPEATED:
            self.counters.duplicates += 1
            return news, None
        self._seen[index] = None
        if len(self._seen) > WINDOW:
            self._seen.popitem(last=False)
        self._received += 1
        self.heard = now
        if self.missing.arrived(index):
            self.counters.repaired += 1
        elif not repair:
            self._note_jitter(packet.timestamp, now)
        self.counters.packets += 1
        self.counters.octets += len(packet.payload)
        self.counters.padding += not packet.payload
        key = self._is_key(packet)
        arrived = MediaPacket(index, packet.timestamp, packet.marker, packet.payload, key, now)
        return news, arrived

    def take_again(self, packet: RtpPacket, now: float) -> tuple[News, MediaPacket | None]:
        """Judge one that the publisher sent again because it was asked to."""
        if self._highest is not None:
            self.missing.answered(unwrap_sequence(packet.sequence, self._highest), now)
        return self.take(packet, now, repair=True)

    def _place(self, sequence: int, now: float, repair: bool) -> tuple[News, int]:
        if self._highest is None:
            if repair:
                return News.REPEATED, 0  # nothing is known to repair
            self._first = self._highest = sequence + (1 << 16)
            return News.NEW, self._highest
        index = unwrap_sequence(sequence, self._highest)
        if repair:
            return (News.NEW if index in self.missing else News.REPEATED), index
        if index > self._highest + MAX_JUMP or index <= self._highest - WINDOW:
            return self._jump(sequence)
        self._suspect = None
        if index > self._highest:
            self.missing.add(self._highest + 1, index, now)
            self._highest = index
            return News.NEW, index
        return (News.REPEATED if index in self._seen else News.NEW), index

    def _jump(self, sequence: int) -> tuple[News, int]:
        """Two packets in a row beyond every window mean a sender that started anew (RFC 3550, A.1)."""
        assert self._highest is not None
        if self._suspect != sequence:
            self._suspect = (sequence + 1) & 0xFFFF
            return News.REPEATED, 0
        self._suspect = None
        self.counters.jumps += 1
        self.epoch += 1
        self.missing.clear()
        self._seen.clear()
        base = (self._highest | 0xFFFF) + 1 + (1 << 16)
        self._first = self._highest = base + sequence
        self._received, self._told, self._transit = 0, (0, 0), None
        return News.RESTARTED, self._highest

    def _note_jitter(self, timestamp: int, now: float) -> None:
        """Interarrival jitter, RFC 3550, A.8."""
        transit = now * self.clock_rate - timestamp
        if self._transit is not None:
            distance = abs(transit - self._transit)
            if distance < self.clock_rate:
                self._jitter += (distance - self._jitter) / 16
        self._transit = transit

    def _is_key(self, packet: RtpPacket) -> bool:
        if self.kind != "video" or not packet.payload or not starts_key(self.codec, packet.payload):
            return False
        if packet.timestamp == self._key_time:
            return False  # the IDR behind its SPS
        self._key_time = packet.timestamp
        self.counters.keys += 1
        return True

    def due_nacks(self, now: float) -> tuple[list[int], int]:
        """Sequence numbers to ask for now, and how many packets are better replaced by a key frame."""
        asking, lost = self.missing.due(now)
        self.counters.nacks += len(asking)
        return [index & 0xFFFF for index in asking], lost

    def note_sender_report(self, ntp: int, timestamp: int, now: float) -> bool:
        """Keep the sender's clock relation; False for one that cannot be (an older one, overtaken)."""
        if self.clock is not None and timestamp_delta(timestamp, self.clock.timestamp) < 0:
            if now - self.clock.arrival < 10:
                return False
        self.clock = SenderClock(ntp_seconds(ntp), timestamp, now, ntp >> 16 & 0xFFFF_FFFF)
        return True

    def measure(self, now: float) -> None:
        """Keep the bitrate; call it every second."""
        if self._measured is not None and now > self._measured[0]:
            rate = 8 * (self.counters.octets - self._measured[1]) / (now - self._measured[0])
            self.bitrate = round((self.bitrate + rate) / 2 if self.bitrate else rate)
        self._measured = now, self.counters.octets

    @property
    def lost(self) -> int:
        """Packets that never came, as RFC 3550 counts them (repairs count as received)."""
        return 0 if self._highest is None else self._highest - self._first + 1 - self._received

    @property
    def jitter(self) -> float:
        """Interarrival jitter in seconds."""
        return self._jitter / self.clock_rate

    def report(self, now: float) -> ReportBlock | None:
        """Our block for the next receiver report; None before the first packet."""
        if self._highest is None:
            return None
        expected = self._highest - self._first + 1
        new, received = expected - self._told[0], self._received - self._told[1]
        self._told = expected, self._received
        fraction = min(255, max(0, (new - received) * 256 // new)) if new > 0 else 0
        delay = 0 if self.clock is None else int((now - self.clock.arrival) * 65_536)
        middle = 0 if self.clock is None else self.clock.middle
        return ReportBlock(self.ssrc, fraction, self.lost, self._highest, int(self._jitter), middle, delay)
