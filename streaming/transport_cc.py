"""Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).

The publisher's browser steers its bitrate by the arrival times told here; every 60 ms is what works best.
"""

import struct

from streaming.clock import unwrap_sequence

URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
_TICK = 0.000_25  # seconds, unit of the deltas
_REFERENCE_TICKS = 256  # one reference unit is 64 ms
_MAX_STATUSES = 400  # per feedback packet: one packet must fit the path
_MAX_WAITING = 4_000


class ArrivalLog:
    """Arrival times of numbered packets, until they are told."""

    def __init__(self) -> None:
        self._arrivals: dict[int, float] = {}
        self._highest: int | None = None
        self._count = 0
        self.dropped = 0

    def add(self, sequence: int, now: float) -> None:
        """Note packet `sequence` (16 bit); the first arrival of a number counts."""
        index = sequence if self._highest is None else unwrap_sequence(sequence, self._highest)
        if len(self._arrivals) >= _MAX_WAITING:
            self.dropped += 1
            return
        self._highest = index if self._highest is None else max(self._highest, index)
        self._arrivals.setdefault(index, now)

    def feedback(self, sender: int, ssrc: int) -> list[bytes]:
        """RTCP packets that tell everything noted since the last call."""
        packets = []
        waiting = sorted(self._arrivals)
        while waiting:
            base = waiting[0]
            part = [index for index in waiting if index < base + _MAX_STATUSES]
            packets.append(self._packet(sender, ssrc, part))
            waiting = waiting[len(part) :]
        self._arrivals.clear()
        return packets

    def _packet(self, sender: int, ssrc: int, part: list[int]) -> bytes:
        base, statuses = part[0], part[-1] - part[0] + 1
        previous = int(self._arrivals[base] / _TICK) // _REFERENCE_TICKS * _REFERENCE_TICKS
        reference = previous // _REFERENCE_TICKS
        symbols, deltas = [0] * statuses, b""
        for index in part:
            delta = int(self._arrivals[index] / _TICK) - previous
            if 0 <= delta <= 255:
                symbols[index - base] = 1
                deltas += bytes((delta,))
            else:
                delta = max(-32_768, min(32_767, delta))
                symbols[index - base] = 2
                deltas += struct.pack("!h", delta)
            previous += delta
        body = struct.pack("!LLHH", sender, ssrc, base & 0xFFFF, statuses)
        body += (reference & 0xFF_FFFF).to_bytes(3, "big") + bytes((self._count & 255,))
        self._count += 1
        return _padded(body + _status_vectors(symbols) + deltas)


def _status_vectors(symbols: list[int]) -> bytes:
    """Chunks of seven two-bit symbols: longer than run lengths, and never wrong."""
    chunks = b""
    for at in range(0, len(symbols), 7):
        chunk = 0xC000
        for place, symbol in enumerate(symbols[at : at + 7]):
            chunk |= symbol << (12 - 2 * place)
        chunks += struct.pack("!H", chunk)
    return chunks


def _padded(body: bytes) -> bytes:
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes((padding,))
    return struct.pack("!BBH", (0xA0 if padding else 0x80) | 15, 205, len(body) // 4) + body
