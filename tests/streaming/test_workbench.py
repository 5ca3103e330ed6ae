"""What lies in the places of the workbench, whatever the lengths and numbers."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.gathering import MAX_PLAIN, MAX_RUN, Run
from streaming.rtp import shift_sequence, write_rtp
from streaming.sendmmsg import FFI, open_library
from streaming.workbench import CHUNK, Workbench

BENCH = Workbench(open_library())
OFFSETS = st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=CHUNK)


@given(
    st.integers(0, 0xFFFF),
    st.integers(1, MAX_RUN),
    st.integers(0, MAX_PLAIN - 12),
    st.integers(0, 20),
    st.sampled_from([10, 16]),
    st.one_of(OFFSETS, OFFSETS.map(lambda offsets: offsets[:1] * len(offsets))),
)
def test_every_place_holds_the_run_with_the_numbers_of_its_viewer(
    first: int, count: int, size: int, shorter: int, tag: int, offsets: list[int]
) -> None:
    packets = [
        write_rtp(
            102, False, first + at, 90, 7, bytes([at]) * (size - (at == count - 1) * min(shorter, size))
        )
        for at in range(count)
    ]
    BENCH.load(Run(tuple(packets)), tag)
    BENCH.fill(offsets)
    for place, offset in enumerate(offsets):
        wanted = [shift_sequence(packet, offset) for packet in packets]
        found = BENCH.datagrams(place)
        assert [bytes(data[:-tag]) for data in found] == wanted
        pointers = BENCH.packets[place * count : (place + 1) * count]
        lengths = BENCH.lengths[place * count : (place + 1) * count]
        assert [length[0] for length in lengths] == [len(packet) for packet in packets]
        assert [bytes(FFI.buffer(at, len(data))) for at, data in zip(pointers, wanted, strict=True)] == wanted
        vector = BENCH.vectors[place]
        assert vector.iov_base == pointers[0]
        assert vector.iov_len == sum(len(packet) + tag for packet in packets)
