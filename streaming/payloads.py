"""What one RTP payload says of its picture: H.264 (RFC 6184) and VP8 (RFC 7741). Pure, never raises."""

import struct
from collections.abc import Iterator

from streaming.sinks import Codec

SLICE, IDR, SPS, PPS = 1, 5, 7, 8
_STAP_A, _FU_A = 24, 28


def h264_units(payload: bytes) -> Iterator[bytes]:
    """Whole NAL units in a single-unit or STAP-A payload; a broken aggregate ends early."""
    kind = payload[0] & 31 if payload else 0
    if 1 <= kind <= 23:
        yield payload
    elif kind == _STAP_A:
        at = 1
        while at + 2 < len(payload):
            size = struct.unpack_from("!H", payload, at)[0]
            unit = payload[at + 2 : at + 2 + size]
            if size == 0 or len(unit) != size:
                return
            yield unit
            at += 2 + size


def h264_fragment(payload: bytes) -> tuple[bool, bool, bytes] | None:
    """(starts, ends, bytes) of an FU-A, or None; the first fragment carries the rebuilt NAL header."""
    if len(payload) < 3 or payload[0] & 31 != _FU_A:
        return None
    starts, ends = bool(payload[1] & 0x80), bool(payload[1] & 0x40)
    header = bytes((payload[0] & 0xE0 | payload[1] & 31,)) if starts else b""
    return starts, ends, header + payload[2:]


def h264_starting_units(payload: bytes) -> frozenset[int]:
    """Types of the NAL units that begin in this payload."""
    fragment = h264_fragment(payload)
    if fragment is not None:
        return frozenset((fragment[2][0] & 31,)) if fragment[0] else frozenset()
    return frozenset(unit[0] & 31 for unit in h264_units(payload))


def vp8_frame_part(payload: bytes) -> tuple[bool, bytes] | None:
    """(starts a frame, frame bytes) behind the payload descriptor (RFC 7741, section 4.2), or None."""
    if not payload:
        return None
    starts = bool(payload[0] & 0x10) and not payload[0] & 0x0F
    at = 1
    if payload[0] & 0x80:
        if len(payload) < 2:
            return None
        flags = payload[1]
        at = 2
        if flags & 0x80:
            if len(payload) <= at:
                return None
            at += 2 if payload[at] & 0x80 else 1
        at += bool(flags & 0x40) + bool(flags & 0x30)
    return (starts, payload[at:]) if at < len(payload) else None


def starts_key(codec: Codec, payload: bytes) -> bool:
    """Whether a decoder can begin at this packet.

    For H.264 that is the packet with the SPS, or an IDR that comes without one; the caller must not begin a
    second time at the IDR that follows its SPS.
    """
    if codec == "h264":
        return bool(h264_starting_units(payload) & {SPS, IDR})
    if codec == "vp8":
        part = vp8_frame_part(payload)
        return part is not None and part[0] and not part[1][0] & 1
    return True
