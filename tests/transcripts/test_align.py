"""Counting samples, filling holes, and finding the timeline again when the sender's clock jumps."""

from hypothesis import given
from hypothesis import strategies as st

from transcripts.align import JUMP_MS, LATE_PACKETS, LONGEST_SILENCE, PER_MS, FedMap, TrackTimeline, unwrapped

PACKET = 960
PACKET_MS = PACKET / PER_MS


@given(st.integers(0, 1 << 40), st.integers(-(1 << 30), 1 << 30))
def test_wrapped_timestamps_are_found_again(near: int, ahead: int) -> None:
    assert unwrapped((near + ahead) & 0xFFFFFFFF, near) == near + ahead


@given(
    st.integers(0, 0xFFFFFFFF),
    st.floats(0, 1e6),
    st.lists(st.tuples(st.integers(0, 20), st.floats(0, 90)), min_size=1, max_size=200),
)
def test_places_are_exact_under_loss_and_jitter(
    first: int, begin_ms: float, steps: list[tuple[int, float]]
) -> None:
    """`steps`: how many packets are lost before each, and how late it comes."""
    timeline, index, filled = TrackTimeline(), 0, 0
    timeline.place(first, begin_ms, PACKET)
    for lost, late_ms in steps:
        index += 1 + lost
        sent_ms = begin_ms + index * PACKET_MS
        place = timeline.place((first + index * PACKET) & 0xFFFFFFFF, sent_ms + late_ms, PACKET)
        assert place is not None and not place.jumped
        assert abs(place.begin_ms - sent_ms) < 1e-6
        assert place.silence == lost * PACKET
        filled += place.silence + PACKET
    assert filled == index * PACKET


def test_late_and_repeated_packets_are_dropped() -> None:
    timeline = TrackTimeline()
    timeline.place(0, 0, PACKET)
    assert timeline.place(2 * PACKET, 40, PACKET) is not None
    assert timeline.place(PACKET, 45, PACKET) is None
    assert timeline.place(2 * PACKET, 46, PACKET) is None


def test_a_long_absence_is_a_jump_and_not_silence() -> None:
    timeline = TrackTimeline()
    timeline.place(0, 0, PACKET)
    place = timeline.place(PACKET + LONGEST_SILENCE + 1, 9000, PACKET)
    assert place is not None and place.jumped and place.silence == 0 and place.begin_ms == 9000


def test_a_sender_that_stops_its_clock_while_muted_is_anchored_again() -> None:
    timeline = TrackTimeline()
    for index in range(50):
        timeline.place(index * PACKET, index * PACKET_MS, PACKET)
    away_ms = 700.0
    places = [
        timeline.place(index * PACKET, index * PACKET_MS + away_ms, PACKET)
        for index in range(50, 50 + LATE_PACKETS + 1)
    ]
    last = places[-1]
    assert any(place and place.jumped for place in places)
    assert last is not None and abs(last.begin_ms - ((50 + LATE_PACKETS) * PACKET_MS + away_ms)) < 1


def test_a_crowded_network_does_not_move_the_timeline() -> None:
    timeline = TrackTimeline()
    for index in range(200):
        burst_ms = 400 if 50 <= index < 50 + LATE_PACKETS - 1 else 0
        place = timeline.place(index * PACKET, index * PACKET_MS + burst_ms, PACKET)
        assert place is not None and abs(place.begin_ms - index * PACKET_MS) < 1e-6


def test_packets_before_their_time_move_it_at_once() -> None:
    timeline = TrackTimeline()
    timeline.place(0, 500, PACKET)
    place = timeline.place(PACKET, 520 - JUMP_MS - 1, PACKET)
    assert place is not None and place.jumped and place.begin_ms == 520 - JUMP_MS - 1


def test_another_process_goes_on_with_the_same_places() -> None:
    timeline, other = TrackTimeline(), TrackTimeline()
    for index in range(10):
        timeline.place(0xFFFFF000 + index * PACKET & 0xFFFFFFFF, 100 + index * PACKET_MS, PACKET)
    kept = timeline.kept()
    assert kept is not None
    timestamp = 0xFFFFF000 + 10 * PACKET & 0xFFFFFFFF
    other.restore(*kept, timestamp)
    expected = timeline.place(timestamp, 100 + 10 * PACKET_MS + 30, PACKET)
    assert other.place(timestamp, 100 + 10 * PACKET_MS + 30, PACKET) == expected


@given(st.lists(st.tuples(st.integers(1, 20_000), st.integers(0, 5_000)), min_size=1, max_size=30))
def test_fed_samples_are_found_on_the_timeline(pieces: list[tuple[int, int]]) -> None:
    fed, at_ms, known = FedMap(16_000), 0.0, []
    for samples, hole_ms in pieces:
        at_ms += hole_ms
        known.append((fed.fed, at_ms))
        fed.add(at_ms, samples)
        at_ms += samples / 16
    for sample, ms in known:
        assert abs(fed.to_ms(sample) - ms) <= 1
    fed.forget_before(known[-1][0])
    assert abs(fed.to_ms(known[-1][0]) - known[-1][1]) <= 1
