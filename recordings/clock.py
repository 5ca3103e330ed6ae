"""RTP timestamps and sender reports → the programme's clock (seconds of the monotonic clock).

One offset serves both streams of a participant, so that sound and picture stay together as the sender
captured them, whatever the network did to either of them (RFC 3550 section 6.4.1: the NTP and RTP pair of a
sender report).
"""

from collections import deque

WRAP = 1 << 32
# A jump of this many seconds against what the arrival says is rubbish, until several in a row agree on it.
JUMP = 10.0
AGREEING = 3
OFFSET_WINDOW = 20.0
OFFSET_STEP = 0.3
FOLLOW = 0.005
DELAY = 0.1
DELAY_MAX = 0.2
DELAY_GROWTH = 0.02


class SlidingMinimum:
    """Smallest value of the last `keep` seconds, in buckets of a second: the fastest transit is the one
    without queueing."""

    def __init__(self, keep: float = OFFSET_WINDOW) -> None:
        self._buckets: deque[tuple[int, float]] = deque()
        self._keep = keep
        self.value: float | None = None

    def add(self, now: float, value: float) -> float:
        second = int(now)
        if self._buckets and self._buckets[-1][0] == second:
            self._buckets[-1] = (second, min(value, self._buckets[-1][1]))
        else:
            self._buckets.append((second, value))
        while self._buckets[0][0] < now - self._keep:
            self._buckets.popleft()
        self.value = min(smallest for _, smallest in self._buckets)
        return self.value


def nearest(timestamp: int, reference: int) -> int:
    """The unwrapped value of a 32-bit `timestamp` that is nearest to the unwrapped `reference`."""
    return reference + ((timestamp - reference + WRAP // 2) % WRAP) - WRAP // 2


class StreamClock:
    """One RTP stream of `rate` ticks a second. Unwrapped timestamps are what everything else counts in."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.transit = SlidingMinimum()
        self._last: int | None = None
        self._last_arrival = 0.0
        self._report: tuple[float, int] | None = None
        self._strange: list[int] = []
        self.restarts = 0

    def unwrap(self, timestamp: int, arrival: float, trust: bool = False) -> int | None:
        """Unwrapped `timestamp`; None when it jumps by over 10 s and nothing else agrees with it yet.

        `trust`: a key frame begins a new count at once, since what is behind it can only be decoded from it.
        """
        if self._last is None:
            # Room below, for packets older than the first one.
            self._last, self._last_arrival = timestamp + WRAP, arrival
            return self._last
        unwrapped = nearest(timestamp, self._last)
        moved = (unwrapped - self._last) / self.rate
        waited = arrival - self._last_arrival
        if abs(moved) > JUMP and abs(moved - waited) > JUMP:
            if not trust and not self._agreed(timestamp):
                return None
            self._restart(unwrapped, arrival)
            return unwrapped
        self._strange.clear()
        if unwrapped > self._last:
            self._last, self._last_arrival = unwrapped, arrival
        return unwrapped

    def _agreed(self, timestamp: int) -> bool:
        if self._strange and abs(nearest(timestamp, self._strange[-1]) - self._strange[-1]) > self.rate:
            self._strange.clear()
        self._strange.append(timestamp)
        return len(self._strange) >= AGREEING

    def _restart(self, unwrapped: int, arrival: float) -> None:
        self._last, self._last_arrival = unwrapped, arrival
        self._report = None
        self._strange.clear()
        self.transit = SlidingMinimum()
        self.restarts += 1

    def on_report(self, ntp: float, timestamp: int) -> None:
        """A sender report: RTP `timestamp` was the sender's `ntp` second. Nothing before the first packet."""
        if self._last is not None:
            unwrapped = nearest(timestamp, self._last)
            if abs(unwrapped - self._last) < 60 * self.rate:
                self._report = (ntp, unwrapped)

    def sender_time(self, unwrapped: float) -> float | None:
        """The sender's NTP second of `unwrapped`; None before the first report."""
        if self._report is None:
            return None
        ntp, at = self._report
        return ntp + (unwrapped - at) / self.rate


class ParticipantClock:
    """Both streams of one participant, brought to local time with one offset and one play-out delay
    (seconds)."""

    def __init__(self, delay: float = DELAY) -> None:
        self.delay = delay
        self._streams: dict[str, StreamClock] = {}
        self._offset = SlidingMinimum()
        self._common: float | None = None
        self._restarts = 0

    def stream(self, name: str, rate: int) -> StreamClock:
        """The clock of the stream `name`, made at the first call."""
        return self._streams.setdefault(name, StreamClock(rate))

    def arrived(self, stream: StreamClock, unwrapped: int, arrival: float) -> None:
        stream.transit.add(arrival, arrival - unwrapped / stream.rate)
        restarts = sum(one.restarts for one in self._streams.values())
        if restarts != self._restarts:
            # A restarted sender may have another wall clock: what was learnt of the old one would hold for
            # 20 s.
            self._restarts, self._offset, self._common = restarts, SlidingMinimum(), None
        sent = stream.sender_time(unwrapped)
        if sent is None:
            return
        target = self._offset.add(arrival, arrival - sent)
        if self._common is None or abs(target - self._common) > OFFSET_STEP:
            self._common = target
        else:
            # Slowly, so that the sound is never pulled hard enough to be heard.
            self._common += FOLLOW * (target - self._common)

    def local_time(self, stream: StreamClock, unwrapped: float) -> float:
        """Local second at which `unwrapped` happened, without the play-out delay."""
        sent = stream.sender_time(unwrapped)
        if sent is not None and self._common is not None:
            return sent + self._common
        # Before the first report each stream goes by its own fastest arrival.
        return unwrapped / stream.rate + (stream.transit.value or 0.0)

    def too_late(self) -> None:
        """Something arrived after its play-out time: wait longer from now on, for sound and picture alike."""
        self.delay = min(DELAY_MAX, self.delay + DELAY_GROWTH)
