"""Redundant sound (RFC 2198): every packet carries the one before it, so that single losses cost nothing."""

import struct
from collections.abc import Iterable
from dataclasses import replace

from streaming.rtp import RtpPacket

MAX_BLOCK = 1_023  # bytes, ten bits on the wire
MAX_AGE = (1 << 14) - 1  # RTP ticks, 0.34 s of Opus


def write_red(payload_type: int, timestamp: int, primary: bytes, older: Iterable[tuple[int, bytes]]) -> bytes:
    """`older`: (timestamp, payload), oldest first; what is empty, too long or too old is left out."""
    heads = bodies = b""
    for time, block in older:
        age = (timestamp - time) & 0xFFFF_FFFF
        if block and len(block) <= MAX_BLOCK and 0 < age <= MAX_AGE:
            heads += struct.pack("!L", (0x80 | payload_type) << 24 | age << 10 | len(block))
            bodies += block
    return heads + bytes((payload_type,)) + bodies + primary


def parse_red(payload: bytes) -> tuple[list[tuple[int, bytes]], bytes] | None:
    """([(age in ticks, block)] oldest first, primary), or None for anything broken. Never raises."""
    heads: list[tuple[int, int]] = []
    at = 0
    while at < len(payload) and payload[at] & 0x80:
        if at + 4 > len(payload):
            return None
        word = struct.unpack_from("!L", payload, at)[0]
        heads.append((word >> 10 & 0x3FFF, word & 0x3FF))
        at += 4
    if at >= len(payload):
        return None
    at += 1
    blocks = []
    for age, size in heads:
        if at + size > len(payload):
            return None
        blocks.append((age, payload[at : at + size]))
        at += size
    return blocks, payload[at:]


def open_red(packet: RtpPacket) -> tuple[RtpPacket, list[RtpPacket]] | None:
    """A packet taken apart: the newest sound, and those before it, oldest first; None for anything broken.

    Their numbers follow from their places: a sender repeats the packets directly before this one.
    """
    found = parse_red(packet.payload)
    if found is None:
        return None
    older, primary = found
    count = len(older)
    before = [
        replace(
            packet,
            marker=False,
            sequence=(packet.sequence - count + place) & 0xFFFF,
            timestamp=(packet.timestamp - age) & 0xFFFF_FFFF,
            payload=block,
        )
        for place, (age, block) in enumerate(older)
        if block
    ]
    return replace(packet, payload=primary), before
