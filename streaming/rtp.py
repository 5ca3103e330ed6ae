"""RTP packets (RFC 3550, section 5.1), header extensions (RFC 8285) and retransmission (RFC 4588)."""

import struct
from dataclasses import dataclass, field

HEADER = struct.Struct("!BBHLL")
MAX_PACKET = 1_500  # bytes; what is longer cannot have come over one of our paths


@dataclass(slots=True)
class RtpPacket:
    """A parsed packet: extensions and padding are taken off."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    extensions: dict[int, bytes] = field(default_factory=dict)


def is_rtcp(data: bytes) -> bool:
    """Which of the two protocols a packet on a multiplexed port speaks (RFC 5761, section 4)."""
    return len(data) > 1 and 192 <= data[1] <= 223


def parse_rtp(data: bytes) -> RtpPacket | None:
    """The packet, or None for anything that is not one. Never raises."""
    size = len(data)
    if size < 12 or data[0] >> 6 != 2:
        return None
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    start = 12 + 4 * (first & 15)
    extensions: dict[int, bytes] = {}
    if first & 0x10:
        if start + 4 > size:
            return None
        profile, words = struct.unpack_from("!HH", data, start)
        start += 4
        end = start + 4 * words
        if end > size:
            return None
        extensions = _extensions(profile, data[start:end])
        start = end
    end = size
    if first & 0x20:
        padding = data[-1]
        if padding == 0 or start + padding > size:
            return None
        end = size - padding
    if start > end:
        return None
    return RtpPacket(second > 127, second & 127, sequence, timestamp, ssrc, data[start:end], extensions)


def _extensions(profile: int, block: bytes) -> dict[int, bytes]:
    if profile == 0xBEDE:
        return _one_byte_extensions(block)
    if profile & 0xFFF0 == 0x1000:
        return _two_byte_extensions(block)
    return {}


def _one_byte_extensions(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(block):
        head = block[at]
        if head == 0:
            at += 1
            continue
        if head >> 4 == 15:
            break
        size = (head & 15) + 1
        found[head >> 4] = block[at + 1 : at + 1 + size]
        at += 1 + size
    return found


def _two_byte_extensions(block: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 1 < len(block):
        if block[at] == 0:
            at += 1
            continue
        size = block[at + 1]
        found[block[at]] = block[at + 2 : at + 2 + size]
        at += 2 + size
    return found


def write_rtp(
    payload_type: int, marker: bool, sequence: int, timestamp: int, ssrc: int, payload: bytes
) -> bytes:
    """A packet with the plain 12-byte header. Counters may be endless numbers; their low bits are sent.

    An empty payload becomes a padding-only packet: an RTP packet must not end at its header, and a number
    left out would be asked for again and again.
    """
    second = payload_type | (0x80 if marker else 0)
    counters = sequence & 0xFFFF, timestamp & 0xFFFF_FFFF
    if payload:
        return HEADER.pack(0x80, second, *counters, ssrc) + payload
    return HEADER.pack(0xA0, second, *counters, ssrc) + b"\x01"


def write_rtx(packet: bytes, payload_type: int, sequence: int, ssrc: int) -> bytes:
    """The retransmission of one of our packets: own SSRC and sequence, the old number before the payload."""
    first, second, old, timestamp, _ = HEADER.unpack_from(packet)
    header = HEADER.pack(first, second & 0x80 | payload_type, sequence & 0xFFFF, timestamp, ssrc)
    return header + struct.pack("!H", old) + packet[12:]


def shift_sequence(packet: bytes, offset: int) -> bytes:
    """The packet with its sequence number moved by `offset`, modulo 65536."""
    sequence = (int.from_bytes(packet[2:4], "big") + offset) & 0xFFFF
    return packet[:2] + sequence.to_bytes(2, "big") + packet[4:]


def open_rtx(packet: RtpPacket, payload_type: int, ssrc: int) -> RtpPacket | None:
    """The original inside a retransmission, or None for a probe that carries nothing."""
    if len(packet.payload) < 2:
        return None
    old = int.from_bytes(packet.payload[:2], "big")
    return RtpPacket(packet.marker, payload_type, old, packet.timestamp, ssrc, packet.payload[2:])
