"""Where sound stands on the recording's timeline.

A track is packets with RTP timestamps and arrival times. Samples are counted, silence stands in for what
was lost or never sent, and a new anchor is set when counting and arriving disagree. Pure: the caller brings
packets and times.
"""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field

RATE = 48_000
PER_MS = RATE // 1000
# Counting and arriving may differ by this much before a new anchor is set.
JUMP_MS = 100
# So many packets in a row must be late before it is a jump and not a crowded network.
LATE_PACKETS = 15
# A longer gap is not filled with silence: the speaker was away, the timeline jumps there.
LONGEST_SILENCE = 2 * RATE
# A packet that comes from further back than this is a new start of the sender's clock.
OLDEST_LATE = 5 * RATE


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one packet goes: `silence` samples (of 48 kHz) before it, its begin, and whether the timeline
    was broken.
    """

    silence: int
    begin_ms: float
    jumped: bool


def unwrapped(timestamp: int, near: int) -> int:
    """The 32-bit `timestamp` as the number nearest to `near` (RFC 3550, 5.1: it wraps)."""
    return near + ((timestamp - near + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)


class TrackTimeline:
    """Gives each packet of one track its place in recording time."""

    def __init__(self) -> None:
        self._expected: int | None = None
        self._origin = 0
        self._anchor_ms = 0.0
        self._late: deque[float] = deque(maxlen=LATE_PACKETS)

    def kept(self) -> tuple[int, float] | None:
        """What another process needs to place the packets that follow exactly so; None before the first
        packet.
        """
        return None if self._expected is None else (self._origin, self._anchor_ms)

    def restore(self, origin: int, anchor_ms: float, next_timestamp: int) -> None:
        """Go on where another process stopped: the next packet expected has `next_timestamp`."""
        self._origin, self._anchor_ms = origin, anchor_ms
        self._expected = unwrapped(next_timestamp, origin)

    def place(self, timestamp: int, arrival_ms: float, length: int) -> Placement | None:
        """The place of a packet of `length` samples that arrived at `arrival_ms` (recording time); None:
        drop it.
        """
        if self._expected is None:
            return self._anchor(timestamp, arrival_ms, length)
        at = unwrapped(timestamp, self._expected)
        gap = at - self._expected
        if -OLDEST_LATE < gap < 0:
            return None
        if gap < 0 or gap > LONGEST_SILENCE or self._jumped(arrival_ms - self._ms(at)):
            return self._anchor(timestamp, arrival_ms, length)
        self._expected = at + length
        return Placement(gap, self._ms(at), False)

    def _ms(self, at: int) -> float:
        return self._anchor_ms + (at - self._origin) / PER_MS

    def _anchor(self, timestamp: int, arrival_ms: float, length: int) -> Placement:
        self._origin, self._anchor_ms = timestamp, arrival_ms
        self._expected = timestamp + length
        self._late.clear()
        return Placement(0, arrival_ms, True)

    def _jumped(self, behind_ms: float) -> bool:
        """Nothing arrives before it is sent, so early is a jump at once; late must last."""
        if behind_ms < -JUMP_MS:
            return True
        self._late.append(behind_ms)
        return len(self._late) == LATE_PACKETS and min(self._late) > JUMP_MS


@dataclass(slots=True)
class FedMap:
    """From samples fed to a recogniser (of `rate`) to recording time, when what was fed has holes."""

    rate: int
    fed: int = 0
    _samples: list[int] = field(default_factory=list)
    _times: list[float] = field(default_factory=list)

    def add(self, begin_ms: float, samples: int) -> None:
        """`samples` more were fed, the first of them spoken at `begin_ms`."""
        here = self.to_ms(self.fed) if self._samples else None
        if here is None or abs(here - begin_ms) > 1:
            self._samples.append(self.fed)
            self._times.append(begin_ms)
        self.fed += samples

    def to_ms(self, sample: float) -> float:
        """Recording time of a fed sample; before the first it counts back."""
        if not self._samples:
            return sample * 1000 / self.rate
        at = max(0, bisect_right(self._samples, sample) - 1)
        return self._times[at] + (sample - self._samples[at]) * 1000 / self.rate

    def forget_before(self, sample: int) -> None:
        """Anchors that no sample from `sample` on needs go."""
        at = max(0, bisect_right(self._samples, sample) - 1)
        del self._samples[:at], self._times[:at]
