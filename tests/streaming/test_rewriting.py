"""Properties of the one endless numbering, for any loss, order and wrap."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.clock import sequence_delta, timestamp_delta, unwrap_sequence
from streaming.rewriting import Rewriter, Timeline

SECOND = 90_000


@st.composite
def _source(draw: st.DrawFn) -> list[tuple[int, int]]:
    """(index, timestamp) of one publisher's packets as they arrive: some lost, some late."""
    start = draw(st.integers(0, 1 << 20))
    time = draw(st.integers(0, (1 << 32) - 1))
    count = draw(st.integers(1, 60))
    lost = draw(st.sets(st.integers(1, count)))
    packets = [
        (start + at, (time + 3_000 * (at // 3)) & 0xFFFF_FFFF) for at in range(count) if at not in lost
    ]
    rest = draw(st.permutations(packets[1:]))
    return [packets[0], *rest]


@given(st.lists(_source(), min_size=1, max_size=4), st.integers(0, 0xFFFF), st.integers(0, (1 << 32) - 1))
def test_publishers_follow_each_other_without_gap_or_overlap(
    sources: list[list[tuple[int, int]]], first: int, first_time: int
) -> None:
    rewriter = Rewriter(SECOND, first, Timeline(first_time))
    now, highest = 100.0, first - 1
    taken: set[int] = set()
    for packets in sources:
        rewriter.end()
        rewriter.begin(*packets[0], now)
        begun = rewriter.map(*packets[0], now)
        assert begun == highest + 1
        mapped = {begun: packets[0][0]}
        for index, timestamp in packets[1:]:
            now += 0.01
            number = rewriter.map(index, timestamp, now)
            assert number is not None
            assert number - begun == index - packets[0][0]
            mapped[number] = index
        assert taken.isdisjoint(mapped)
        taken |= set(mapped)
        highest = max(taken)


@given(st.floats(0.001, 3_600), st.integers(0, (1 << 32) - 1), st.integers(0, (1 << 32) - 1))
def test_time_goes_on_over_a_change_by_what_really_passed(pause: float, before: int, after: int) -> None:
    rewriter = Rewriter(SECOND, 0, Timeline(5))
    rewriter.begin(10, before, 0.0)
    rewriter.map(10, before, 0.0)
    last = rewriter.map_time(before)
    rewriter.end()
    rewriter.begin(70_000, after, pause)
    step = timestamp_delta(rewriter.map_time(after), last) & 0xFFFF_FFFF
    assert step == max(1, round(pause * SECOND)) & 0xFFFF_FFFF


@given(st.integers(0, 1 << 20), st.integers(1, 1_000))
def test_packets_from_before_the_beginning_are_refused(begin: int, back: int) -> None:
    rewriter = Rewriter(SECOND)
    assert rewriter.map(begin, 0, 0.0) is None
    rewriter.begin(begin, 0, 0.0)
    assert rewriter.map(begin - back, 0, 0.0) is None


@given(st.integers(0, 1 << 40), st.integers(-32_768, 32_767))
def test_unwrapping_finds_the_nearest_number(near: int, distance: int) -> None:
    assert unwrap_sequence((near + distance) & 0xFFFF, near) == near + distance
    assert sequence_delta(near + distance & 0xFFFF, near & 0xFFFF) == distance
