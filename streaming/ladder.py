"""Which size of the picture one viewer gets: 720p → 360p → 180p → sound with the last picture → and back. Pure.

Down at once, on what the viewer reports: loss, a falling REMB, a growing round trip. Up by trying one rung and
watching; a try that failed is not repeated soon. Loss that does not change with our rate is the line's own noise
(a bad radio, not a full queue): it is lived with, unless it is so high that no picture would stay whole.
"""

from collections.abc import Collection, Sequence
from math import sqrt

from streaming.descriptions import LAYERS

SOUND = LAYERS  # the rung below the smallest picture: no picture at all
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0  # s without trouble before the next try
FRESH_PAUSE = 0.8  # s at the beginning: nothing bad is known of the line yet
WATCH, FRESH_WATCH = 4.0, 1.2  # s that a try lasts
SETTLE = 1.2  # s after a step down in which reports still speak of the time before
EXCESS = 0.05  # loss above the noise that means a full line
SPREAD = 4.0  # standard deviations that random loss of the noise may lie above it: few packets say little
WEIGHTY = 150  # packets over which loss is averaged
CERTAIN = 60  # packets of a rung after which its loss may be called hopeless
HOPELESS = 0.20  # loss at which frames cannot be kept whole by asking again
TOO_LOSSY = 0.15  # loss of the sound at which no picture is tried
ROOM = 0.85  # part of the believed capacity that may be used
CUT = 0.97  # a REMB below this part of the one before is a cut: the receiver saw a queue grow
# A queue that grew for a moment only (a busy telephone, a bad radio) brings 0.85 of what is sent; a line that is too
# narrow brings 0.85 of what it carries.
FAR_BELOW = 0.6  # part of what is sent
CUTS_WITHIN = 2.0  # s
REMB_SETTLE = (
    3.0  # s after a step down: REMB falls with what came, and while a key frame was awaited nothing did
)
QUEUE = 0.4  # s of round trip above the lowest seen: a queue is full
MISSING = 0.15  # part of the packets above the noise that ends a try
PACKET_BITS, LEAST_SENT = 9_600, 40  # bits of a typical packet; packets below which a part says nothing
SOUND_RATE = 90_000  # bits a second of sound with its redundancy and everything around it


def pick(rung: int, live: Collection[int]) -> int | None:
    """The layer for a rung among those that are sent now: the best that is no larger, else the smallest there is."""
    if rung >= SOUND or not live:
        return None
    return min((layer for layer in live if layer >= rung), default=max(live))


class Ladder:
    """The rung of one viewer. Rates are bits a second of all pictures together at rung 0, 1, 2; 0: nothing sent.

    Every method returns True when the rung has changed.
    """

    def __init__(self, now: float) -> None:
        self.rung = (
            LAYERS - 1
        )  # the smallest first: it is there soonest, and the next one follows in a second
        self.noise = 0.0  # loss of the line that does not depend on us
        self._loss, self._counted = 0.0, 0  # of this rung: mean of the last packets, and of how many
        self.steps = 0
        self.is_fresh = True  # on the way up for the first time: not small because of the line
        self._pause = FIRST_PAUSE
        self._quiet_since = now
        self._settled_at = now
        self._reports = 0  # since the last step
        self._trial: tuple[int, float] | None = None  # (rung before, when it may end)
        self._stepped_for: float | None = None  # loss that led to the last step down
        self._bandwidth: int | None = None
        self._cut_at = self._down_at = self._tried_at = float("-inf")
        self._missing = 0  # packets, since the try began
        self._round_trip = float("inf")  # the lowest seen

    @property
    def is_trying(self) -> bool:
        """Whether the present rung is a try."""
        return self._trial is not None

    # -- what the viewer tells

    def on_loss(self, loss: float, packets: int, rates: Sequence[int], now: float) -> bool:
        """Fraction of `packets` that was lost, 0 … 1: of the picture, or of the sound while it is alone."""
        self._reports += 1
        if now >= self._settled_at:
            self._counted = min(WEIGHTY, self._counted + packets)
            self._loss += (loss - self._loss) * min(1, packets / max(1, self._counted))
        if self.rung == SOUND:
            if self._loss > TOO_LOSSY:
                self._quiet_since = now
            return False
        chance = SPREAD * sqrt(self.noise * (1 - self.noise) / max(1, packets))
        if loss - self.noise <= max(EXCESS, chance) and not self._is_hopeless:
            self.noise += (loss - self.noise) / 4 * min(1, packets / WEIGHTY)
            self._stepped_for = None if now >= self._settled_at else self._stepped_for
            return False
        if self._trial is not None:
            return self._fail(now)
        if now < self._settled_at:
            return False
        self._quiet_since = now
        return self._give_way(loss, rates, now)

    def on_bandwidth(self, bitrate: int, rates: Sequence[int], now: float) -> bool:
        """A REMB, bits a second. Only a falling one says anything: upwards it follows what was received."""
        before, self._bandwidth = self._bandwidth, bitrate
        if before is None or self.rung == SOUND or bitrate > CUT * before:
            return False
        used = rates[self.rung] + SOUND_RATE
        if bitrate >= FAR_BELOW * used or now < self._down_at + REMB_SETTLE:
            return False
        if self._trial is not None:
            return self._fail(now)
        again, self._cut_at = now - self._cut_at <= CUTS_WITHIN, now
        self._quiet_since = now
        return self._go_down(bitrate, rates, now) if again else False

    def on_missing(self, count: int, rates: Sequence[int], now: float) -> bool:
        """Packets of the picture asked for again for the first time: in a try, loss long before the report of it."""
        if self._trial is None:
            return False
        self._missing += count
        sent = max(LEAST_SENT, (now - self._tried_at) * rates[self.rung] / PACKET_BITS)
        return self._fail(now) if self._missing > (self.noise + MISSING) * sent else False

    def on_round_trip(self, seconds: float, rates: Sequence[int], now: float) -> bool:
        """Round trip of a receiver report (RFC 3550, section 6.4.1)."""
        self._round_trip = min(self._round_trip * 1.01, seconds)
        if seconds < self._round_trip + QUEUE or self.rung == SOUND:
            return False
        if self._trial is not None:
            return self._fail(now)
        self._quiet_since = now
        if now < self._settled_at:
            return False
        return self._go_down(0.7 * (rates[self.rung] + SOUND_RATE), rates, now)

    def tick(self, rates: Sequence[int], now: float) -> bool:
        """Begin and end tries; call it some times a second."""
        if not self.rung and self._trial is None:
            self.is_fresh = False
            return False
        if self._trial is not None:
            if now < self._trial[1] or not self._reports:
                return False
            self._trial, self._pause = None, FIRST_PAUSE
            self._quiet_since = now - FRESH_PAUSE if self.is_fresh else now
        higher = _higher(self.rung, rates)
        if higher is None:
            before, self.rung = self.rung, _topmost(self.rung, rates)
            return self.rung != before
        pause = FRESH_PAUSE if self.is_fresh else self._pause
        if now - self._quiet_since < pause or not self._reports:
            return False
        self._trial = self.rung, now + (FRESH_WATCH if self.is_fresh else WATCH)
        self._tried_at, self._missing = now, 0
        return self._step(higher)

    @property
    def _is_hopeless(self) -> bool:
        return self._counted >= CERTAIN and self._loss >= HOPELESS

    # -- steps

    def _step(self, rung: int) -> bool:
        self.rung = rung
        self.steps += 1
        self._reports = 0
        self._loss, self._counted = 0.0, 0
        return True

    def _fail(self, now: float) -> bool:
        """The try was too much: back to where it was good, and a longer wait before the next."""
        assert self._trial is not None
        before, self._trial = self._trial[0], None
        self.is_fresh = False
        self._pause = min(LONGEST_PAUSE, 2 * self._pause)
        self._quiet_since = now
        self._settled_at, self._down_at = now + SETTLE, now
        self._stepped_for = None
        return self._step(before)

    def _give_way(self, loss: float, rates: Sequence[int], now: float) -> bool:
        """Loss that is more than noise, outside a try."""
        told, self._stepped_for = self._stepped_for, loss
        if told is not None and loss > 0.7 * told:  # the step before did not help: the loss is not ours
            if self._is_hopeless:
                return self._go_silent(now)
            self.noise, self._stepped_for = min(loss, HOPELESS), None
            return False
        capacity = (1 - loss) * (rates[self.rung] + SOUND_RATE)
        if _lower(self.rung, rates) == SOUND:
            if not self._is_hopeless:
                self.noise = min(loss, HOPELESS)
            return False  # a second report like this is needed before the picture goes
        return self._go_down(capacity, rates, now, loss)

    def _go_down(self, capacity: float, rates: Sequence[int], now: float, loss: float | None = None) -> bool:
        """The best lower rung that fits into `capacity` bits a second."""
        rung = _lower(self.rung, rates)
        while rung < SOUND and rates[rung] + SOUND_RATE > ROOM * capacity and _lower(rung, rates) < SOUND:
            rung = _lower(rung, rates)
        if rung == SOUND and loss is None and rates[self.rung] + SOUND_RATE <= capacity:
            return False
        self.is_fresh = False
        self._quiet_since = now
        self._settled_at, self._down_at = now + SETTLE, now
        self._stepped_for = loss
        return self._step(rung)

    def _go_silent(self, now: float) -> bool:
        self.is_fresh = False
        self._pause = min(LONGEST_PAUSE, 2 * self._pause)
        self._stepped_for = None
        self._quiet_since = now
        return self._step(SOUND)


def _lower(rung: int, rates: Sequence[int]) -> int:
    """The next rung with a smaller picture; `SOUND` below the smallest."""
    return next((lower for lower in range(rung + 1, LAYERS) if rates[lower] < rates[rung]), SOUND)


def _higher(rung: int, rates: Sequence[int]) -> int | None:
    """The next rung with a larger picture, None at the top or when nothing is sent at all."""
    if not any(rates):
        return None
    if rung == SOUND:
        return LAYERS - 1
    found = next((higher for higher in range(rung - 1, -1, -1) if rates[higher] > rates[rung]), None)
    return None if found is None else _topmost(found, rates)


def _topmost(rung: int, rates: Sequence[int]) -> int:
    """The best rung that means the same picture as this one: exactly the same rate."""
    if rung == SOUND or not any(rates):
        return rung
    return next(better for better in range(rung + 1) if rates[better] == rates[rung])
