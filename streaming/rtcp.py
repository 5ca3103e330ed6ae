"""RTCP (RFC 3550, section 6; feedback RFC 4585 and 5104; REMB). Reading never raises, writing is exact."""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_HEADER, _BLOCK = struct.Struct("!BBH"), struct.Struct("!LLLLLL")
SENDER_REPORT, RECEIVER_REPORT, DESCRIPTION, TRANSPORT_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 202, 205, 206


@dataclass(frozen=True, slots=True)
class SenderInfo:
    """The first part of a sender report; `ntp` is 32.32 fixed point."""

    ssrc: int
    ntp: int
    timestamp: int


@dataclass(slots=True)
class ReportBlock:
    """What a receiver says of one stream. `fraction` in 1/256, `jitter` in RTP ticks, delays in 1/65536 s."""

    ssrc: int
    fraction: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers of `ssrc` that somebody misses (RFC 4585, section 6.2.1)."""

    ssrc: int
    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A PLI (RFC 4585, section 6.3.1) or a FIR (RFC 5104, section 4.3.1): no difference here."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """REMB: what the receiver believes it can take, bits per second."""

    bitrate: int


Item = SenderInfo | ReportBlock | Nack | KeyRequest | Bandwidth


def parse_rtcp(data: bytes) -> list[Item]:
    """Everything understood in a compound packet; a broken tail ends the list, unknown parts are skipped."""
    found: list[Item] = []
    at = 0
    while at + 4 <= len(data):
        first, kind, words = _HEADER.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            break
        if kind != DESCRIPTION:  # in every report, and nothing for us
            found.extend(_items(kind, first & 31, data[at + 4 : end]))
        at = end
    return found


def _items(kind: int, count: int, body: bytes) -> Iterator[Item]:
    if kind == SENDER_REPORT and len(body) >= 24:
        yield SenderInfo(*struct.unpack_from("!LQL", body))
        yield from _blocks(body[24:], count)
    elif kind == RECEIVER_REPORT and len(body) >= 4:
        yield from _blocks(body[4:], count)
    elif kind == TRANSPORT_FEEDBACK and count == 1 and len(body) >= 8:
        yield Nack(int.from_bytes(body[4:8], "big"), tuple(_nack_sequences(body[8:])))
    elif kind == PAYLOAD_FEEDBACK and len(body) >= 8:
        yield from _payload_feedback(count, body)


def _blocks(body: bytes, count: int) -> Iterator[ReportBlock]:
    for number in range(min(count, len(body) // 24)):
        ssrc, loss, highest, jitter, last, delay = _BLOCK.unpack_from(body, 24 * number)
        lost = loss & 0xFF_FFFF
        if lost >= 0x80_0000:
            lost -= 0x100_0000
        yield ReportBlock(ssrc, loss >> 24, lost, highest, jitter, last, delay)


def _nack_sequences(body: bytes) -> Iterator[int]:
    for at in range(0, len(body) - 3, 4):
        first, mask = struct.unpack_from("!HH", body, at)
        yield first
        for bit in range(16):
            if mask >> bit & 1:
                yield (first + bit + 1) & 0xFFFF


def _payload_feedback(form: int, body: bytes) -> Iterator[Item]:
    if form == 1:
        yield KeyRequest(int.from_bytes(body[4:8], "big"))
    elif form == 4:
        for at in range(8, len(body) - 7, 8):
            yield KeyRequest(int.from_bytes(body[at : at + 4], "big"))
    elif form == 15 and len(body) >= 16 and body[8:12] == b"REMB":
        exponent, mantissa = body[13] >> 2, (body[13] & 3) << 16 | body[14] << 8 | body[15]
        yield Bandwidth(min(mantissa << exponent, 1 << 40))


def _write(kind: int, count: int, body: bytes) -> bytes:
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def write_receiver_report(sender: int, blocks: Sequence[ReportBlock]) -> bytes:
    """A receiver report of at most 31 blocks."""
    body = struct.pack("!L", sender)
    for block in blocks[:31]:
        lost = max(-0x80_0000, min(0x7F_FFFF, block.lost)) & 0xFF_FFFF
        body += struct.pack(
            "!LLLLLL",
            block.ssrc,
            block.fraction << 24 | lost,
            block.highest & 0xFFFF_FFFF,
            block.jitter & 0xFFFF_FFFF,
            block.last_report,
            block.delay & 0xFFFF_FFFF,
        )
    return _write(RECEIVER_REPORT, min(len(blocks), 31), body)


def write_sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int) -> bytes:
    """A sender report without blocks; `ntp` is 32.32 fixed point."""
    counters = packets & 0xFFFF_FFFF, octets & 0xFFFF_FFFF
    return _write(SENDER_REPORT, 0, struct.pack("!LQLLL", ssrc, ntp, timestamp & 0xFFFF_FFFF, *counters))


def write_description(ssrc: int, name: str) -> bytes:
    """SDES with a CNAME (RFC 3550, section 6.5)."""
    text = name.encode()[:255]
    item = bytes((1, len(text))) + text + b"\0"
    return _write(DESCRIPTION, 1, struct.pack("!L", ssrc) + item + bytes(-len(item) % 4))


def write_key_request(sender: int, ssrc: int) -> bytes:
    """A picture loss indication."""
    return _write(PAYLOAD_FEEDBACK, 1, struct.pack("!LL", sender, ssrc))


def write_nack(sender: int, ssrc: int, sequences: Iterable[int]) -> bytes:
    """A generic NACK; numbers up to 16 apart share one entry."""
    entries: list[list[int]] = []
    for sequence in sequences:
        distance = (sequence - entries[-1][0]) & 0xFFFF if entries else 0
        if entries and 1 <= distance <= 16:
            entries[-1][1] |= 1 << (distance - 1)
        elif not entries or distance:
            entries.append([sequence & 0xFFFF, 0])
    body = b"".join(struct.pack("!HH", first, mask) for first, mask in entries)
    return _write(TRANSPORT_FEEDBACK, 1, struct.pack("!LL", sender, ssrc) + body)
