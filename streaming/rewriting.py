"""One endless numbering towards viewers, whoever sends. Pure."""

import secrets
from dataclasses import dataclass

from streaming.clock import timestamp_delta

EARLY = 256  # packets; a stream that begins nearer to a wrap than this could meet an older packet behind it


def first_offset(sequence: int) -> int:
    """By how much all numbers of a viewer are moved whose first packet has this 16-bit number: 0 or 32768.

    Nothing tells a viewer how often the numbers wrapped (SRTP's roll-over counter, RFC 3711, section 3.3.1):
    it counts for itself, and one that loses the packets round a wrap soon after its beginning counts wrongly
    and decrypts nothing any more. So everybody begins in the lower half, at least 32,512 packets before one.
    """
    return (sequence - EARLY) & 0x8000


@dataclass(slots=True)
class Timeline:
    """The newest timestamp of a slot's sound or picture, whichever layer it came from, and when that was."""

    newest: int  # endless
    at: float | None = None  # None: nothing yet


class Rewriter:
    """Maps the packet numbers and timestamps of the present source to those of one layer of the slot.

    Numbers are endless integers here; the wire takes their low 16 and 32 bits. `begin` puts the given packet
    right behind the newest one sent, so that a change of publisher shows as no gap in sequence or time;
    packets from before it are refused. All layers of a picture share one `timeline`.
    """

    def __init__(
        self, clock_rate: int, first_index: int | None = None, timeline: Timeline | None = None
    ) -> None:
        self._clock_rate = clock_rate
        self._timeline = timeline or Timeline(secrets.randbits(31))
        # The first number lies low: a receiver that loses packets around an early wrap guesses SRTP's
        # roll-over counter wrongly (RFC 3711, section 3.3.1).
        self._next_index = secrets.randbelow(1 << 13) if first_index is None else first_index
        self._first_source: int | None = None
        self._index_offset = 0
        self._time_offset = 0

    @property
    def next_index(self) -> int:
        """One more than the newest outgoing number."""
        return self._next_index

    @property
    def began(self) -> bool:
        """Whether a source is being mapped."""
        return self._first_source is not None

    def begin(self, index: int, timestamp: int, now: float) -> None:
        """From now on the source's packet `index` with `timestamp` continues the stream."""
        line = self._timeline
        elapsed = 0 if line.at is None else max(1, round((now - line.at) * self._clock_rate))
        self._first_source = index
        self._index_offset = self._next_index - index
        self._time_offset = line.newest + elapsed - timestamp

    def align(self, timestamp: int, outgoing: int) -> None:
        """The source's `timestamp` is the outgoing one `outgoing` (32 bit) from now on, if that is a small step."""
        step = timestamp_delta(outgoing, self.map_time(timestamp))
        if abs(step) < self._clock_rate // 2:
            self._time_offset += step

    def end(self) -> None:
        """The source stopped; the next one begins anew."""
        self._first_source = None

    def map(self, index: int, timestamp: int, now: float) -> int | None:
        """The outgoing number of the source's packet `index`, or None if it lies before the beginning."""
        if self._first_source is None or index < self._first_source:
            return None
        mapped = index + self._index_offset
        if mapped >= self._next_index:
            self._next_index = mapped + 1
            time = timestamp + self._time_offset
            ahead = timestamp_delta(time & 0xFFFF_FFFF, self._timeline.newest & 0xFFFF_FFFF)
            if ahead > 0 or self._timeline.at is None:
                self._timeline.newest += ahead
                self._timeline.at = now
        return mapped

    def map_time(self, timestamp: int) -> int:
        """The outgoing timestamp of the source's `timestamp`."""
        return (timestamp + self._time_offset) & 0xFFFF_FFFF
