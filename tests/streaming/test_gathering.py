from hypothesis import given
from hypothesis import strategies as st

from streaming.gathering import MAX_PLAIN, MAX_RUN, UNEVEN, Gathering, cut_into_runs, evened
from streaming.rtp import parse_rtp, write_rtp


def frame(sizes: list[int]) -> list[bytes]:
    return [write_rtp(102, False, at, 0, 7, bytes([at & 255]) * size) for at, size in enumerate(sizes)]


@given(st.integers(100, MAX_PLAIN - 13), st.lists(st.integers(0, 1), min_size=2, max_size=MAX_RUN))
def test_a_picture_cut_into_nearly_equal_packets_is_one_run(size: int, more: list[int]) -> None:
    packets = frame([size + one for one in more])
    assert len([*cut_into_runs(evened(packets), MAX_RUN)]) == 1


@given(st.lists(st.integers(0, 1_300), min_size=1, max_size=20))
def test_evening_changes_no_payload_and_never_adds_a_run(sizes: list[int]) -> None:
    packets = frame(sizes)
    even = evened(packets)
    before, after = [parse_rtp(one) for one in packets], [parse_rtp(one) for one in even]
    assert [one and (one.sequence, one.payload) for one in before] == [
        one and (one.sequence, one.payload) for one in after
    ]
    assert max(map(len, even)) == max(map(len, packets))
    assert all(len(now) - len(then) <= UNEVEN for now, then in zip(even, packets, strict=True))
    assert len([*cut_into_runs(even, MAX_RUN)]) <= len([*cut_into_runs(packets, MAX_RUN)])


def test_what_stands_alone_is_left_as_it_is() -> None:
    gathering = Gathering()
    (sound,) = frame([160])
    gathering.add(sound)
    assert gathering.take() == [sound] and gathering.take() == []
