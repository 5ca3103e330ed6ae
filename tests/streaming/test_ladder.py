"""Properties of the choice of a layer: for any reports, and on simulated lines."""

import random
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from streaming.descriptions import LAYERS
from streaming.ladder import FIRST_PAUSE, PACKET_BITS, SOUND, SOUND_RATE, Ladder, pick

UNTIMED = settings(deadline=None)  # a busy machine proves nothing
RATES = (1_500_000, 450_000, 130_000)
_LAYER_SETS = st.sets(st.integers(0, LAYERS - 1))


@UNTIMED
@given(st.integers(0, SOUND), _LAYER_SETS)
def test_a_rung_gets_the_best_layer_that_is_no_larger_and_never_one_that_rests(
    rung: int, live: set[int]
) -> None:
    layer = pick(rung, live)
    if rung == SOUND or not live:
        assert layer is None
    else:
        assert layer in live
        assert layer >= rung or not [one for one in live if one >= rung]
        assert not [one for one in live if rung <= one < layer]


_HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["loss", "remb", "trip", "tick"]),
        st.floats(0, 1),
        st.floats(0.01, 3.0),
        st.integers(1, 400),
    ),
    max_size=120,
)


@UNTIMED
@given(_HAPPENINGS, st.sampled_from([RATES, (900_000,) * 3, (900_000, 130_000, 130_000), (0, 0, 0)]))
def test_whatever_is_reported_steps_are_told_bad_news_never_raises_and_tries_keep_their_distance(
    happenings: list[tuple[str, float, float, int]], rates: Sequence[int]
) -> None:
    ladder, now, bad_at = Ladder(0.0), 0.0, float("-inf")
    for kind, value, wait, packets in happenings:
        now += wait
        before, fresh = ladder.rung, ladder.is_fresh
        if kind == "loss":
            changed = ladder.on_loss(value, packets, rates, now)
        elif kind == "remb":
            changed = ladder.on_bandwidth(round(value * 3_000_000), rates, now)
        elif kind == "trip":
            changed = ladder.on_round_trip(3 * value, rates, now)
        else:
            changed = ladder.tick(rates, now)
        assert 0 <= ladder.rung <= SOUND
        assert changed or ladder.rung == before
        if kind != "tick":
            assert ladder.rung >= before
            if ladder.rung > before:
                bad_at = now
        elif ladder.rung < before and not fresh and rates[ladder.rung] != (*rates, 0)[before]:
            assert now - bad_at >= FIRST_PAUSE


class Line:
    """A viewer behind a line of `capacity` bits a second with `noise` random loss; reports come every second."""

    def __init__(self, capacity: float, noise: float = 0.0, remb: bool = True, seed: int = 1) -> None:
        self.capacity, self.noise, self.remb = capacity, noise, remb
        self.ladder, self.now = Ladder(0.0), 0.0
        self.rungs: list[int] = []
        self._random = random.Random(seed)  # noqa: S311
        self._bandwidth = 300_000.0

    def live(self, seconds: float) -> list[int]:
        """The rung at every quarter of a second."""
        for _ in range(int(4 * seconds)):
            self.now += 0.25
            self.ladder.tick(RATES, self.now)
            sent = (*RATES, 0)[self.ladder.rung] + SOUND_RATE
            full = max(0.0, 1 - self.capacity / sent)
            if self.remb:
                self._estimate(sent, full > 0)
            if self.now % 1 == 0:
                loss, packets = 1 - (1 - full) * (1 - self.noise), sent // PACKET_BITS
                lost = sum(self._random.random() < loss for _ in range(packets))
                self.ladder.on_loss(lost / packets, packets, RATES, self.now)
            self.rungs.append(self.ladder.rung)
        return self.rungs

    def _estimate(self, sent: float, full: bool) -> None:
        """As libwebrtc's receiver: 0.85 of what arrives when the queue grows, else slowly up to 1.5 of it."""
        arrives = min(sent, self.capacity)
        self._bandwidth = 0.85 * arrives if full else min(1.02 * self._bandwidth + 1, 1.5 * arrives + 10_000)
        self.ladder.on_bandwidth(round(self._bandwidth), RATES, self.now)


@UNTIMED
@given(st.booleans(), st.integers(0, 5))
def test_a_good_line_has_the_best_picture_within_five_seconds_and_keeps_it(remb: bool, seed: int) -> None:
    line = Line(20e6, remb=remb, seed=seed)
    assert line.live(5)[-1] == 0
    assert set(line.live(60)[20:]) == {0}


@UNTIMED
@given(st.integers(250_000, 20_000_000), st.booleans(), st.integers(0, 5))
@example(518_538, False, 1)
def test_on_a_narrow_line_the_largest_picture_that_fits_is_shown_nearly_always(
    capacity: int, remb: bool, seed: int
) -> None:
    line = Line(capacity, remb=remb, seed=seed)
    line.live(20)
    begun, steps = len(line.rungs), line.ladder.steps
    seen = line.live(120)[begun:]
    # A few percent too much are lived with: they cannot be told from a line's own noise.
    fits = [rung for rung in range(LAYERS) if RATES[rung] + SOUND_RATE <= 1.1 * capacity]
    if not fits:
        return
    over = sum(rung < fits[0] for rung in seen) / len(seen)
    assert over <= 0.10
    # The most of 50,000 lines were 17, on lines some 5 % too narrow for the picture: there it is tried again and again.
    assert line.ladder.steps - steps <= 18
    roomy = [rung for rung in fits if RATES[rung] + SOUND_RATE <= 0.8 * capacity]
    if roomy:
        assert sum(rung <= roomy[0] for rung in seen) / len(seen) >= 0.6


@UNTIMED
@given(st.integers(0, 20))
def test_ten_percent_of_random_loss_keeps_a_picture_and_thirty_leave_the_sound(seed: int) -> None:
    ten, thirty = Line(20e6, 0.10, seed=seed), Line(20e6, 0.30, seed=seed)
    seen = ten.live(600)
    assert SOUND not in seen
    assert seen.count(0) / len(seen) > 0.8
    silent = [rung == SOUND for rung in thirty.live(120)[24:]]
    assert sum(silent) / len(silent) > 0.9


@UNTIMED
@given(st.integers(0, 20))
def test_the_picture_comes_back_after_a_bad_time(seed: int) -> None:
    line = Line(20e6, 0.4, seed=seed)
    assert line.live(10)[-1] == SOUND
    line.noise = 0.0
    assert line.live(60)[-1] == 0


def test_a_rung_that_means_the_same_picture_is_not_a_step() -> None:
    one = (900_000,) * 3
    ladder = Ladder(0.0)
    ladder.tick(one, 1.0)
    assert ladder.rung == 0 and not ladder.is_trying
    ladder.on_loss(0.5, 100, one, 2.0)
    assert ladder.on_loss(0.5, 100, one, 4.0)
    assert ladder.rung == SOUND


def test_packets_that_are_asked_for_again_end_a_try_before_the_report_of_it() -> None:
    ladder = Ladder(0.0)
    ladder.on_loss(0.0, 100, RATES, 1.0)
    assert not ladder.on_missing(100, RATES, 1.0)  # not trying: the reports tell
    assert ladder.tick(RATES, 1.0) and ladder.rung == 1
    assert not ladder.on_missing(6, RATES, 1.2)
    assert ladder.on_missing(6, RATES, 1.4)
    assert ladder.rung == 2


def test_a_remb_that_falls_with_what_is_sent_or_a_little_below_it_is_no_reason_to_step_down() -> None:
    ladder = Ladder(0.0)
    ladder.rung, ladder.is_fresh = 0, False
    used = RATES[0] + SOUND_RATE
    for second in range(10):
        assert not ladder.on_bandwidth(round(used * (1.2 if second % 2 else 0.8)), RATES, float(second))
    assert not ladder.on_bandwidth(round(0.3 * used), RATES, 10.0)  # once may be chance
    assert ladder.on_bandwidth(round(0.25 * used), RATES, 10.5)
    assert ladder.rung > 0
    rung = ladder.rung
    for second in (11, 12, 13):
        assert not ladder.on_bandwidth(50_000 // second, RATES, float(second))
    assert ladder.rung == rung


def test_a_growing_round_trip_ends_a_try_at_once() -> None:
    ladder = Ladder(0.0)
    ladder.on_round_trip(0.05, RATES, 0.5)
    ladder.on_loss(0.0, 100, RATES, 1.0)
    assert ladder.tick(RATES, 1.0) and ladder.rung == 1
    assert ladder.on_round_trip(0.7, RATES, 1.5)
    assert ladder.rung == 2
