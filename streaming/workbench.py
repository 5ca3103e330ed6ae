"""The memory in which the packets of up to `CHUNK` viewers are encrypted and from which they are sent.

Every call from Python costs a third of what encrypting a packet does, so a run is laid out once and copied from place
to place in ever greater pieces, and the numbers that differ are written for all viewers at once.
"""

import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streaming.dtls import copy_memory
from streaming.gathering import MAX_PLAIN, MAX_RUN, Run
from streaming.gso import SIZE_AT, control_message
from streaming.sendmmsg import FFI, Headers

CHUNK = 32  # viewers a call; their packets of one frame stay in the processor's second cache
_MAX_TAG = 16
_LINE = 64  # bytes of a line of the processor's cache
_MAX_SHAPES = 256  # of runs whose pointers are kept; some 20 KB each


def _rounded(size: int, to: int) -> int:
    return -(-size // to) * to


_MAX_PLACE = _rounded(4 * MAX_RUN + MAX_RUN * (MAX_PLAIN + _MAX_TAG), _LINE)


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """Where everything lies for runs of one number of packets and one distance between them.

    A place holds the packets' lengths (a C int each), then the packets. The pointers are all packets of the first
    viewer, all of the second, and so on.
    """

    stride: int  # bytes from place to place
    starts: tuple[int, ...]  # where in a place each packet begins
    places: list[Any]
    packets: list[Any]
    lengths: list[Any]
    bases: memoryview  # address of every place's first packet (size_t)


class Workbench:
    """`CHUNK` places, one per viewer of a chunk, each with the lengths and the packets of one run.

    `load` says what every place holds next and `fill` puts it there; `packets` and `lengths` are then the C pointers
    that `srtp_protect` takes. One chunk is filled, encrypted and sent before the next one begins.
    """

    def __init__(self, library: Any) -> None:
        self._library = library
        self._memory = FFI.new("char[]", CHUNK * _MAX_PLACE)
        self._buffer = memoryview(FFI.buffer(self._memory))
        # The memory as 16-bit numbers, from an even and from an odd byte on.
        self._numbers = self._buffer.cast("H"), self._buffer[1:-1].cast("H")
        self.vectors = FFI.new("struct iovec[]", CHUNK)
        words = memoryview(FFI.buffer(self.vectors)).cast("L")
        self._bases, self._sizes = words[0::2], words[1::2]  # every iov_base and iov_len
        self.control = FFI.new("char[]", control_message())
        self._segment = FFI.buffer(self.control)
        self._shapes: dict[tuple[int, int], _Shape] = {}
        self._shape = self._shape_of(1, _LINE)
        self._total = 0
        self._template = b""
        self._sequences: list[int] = []
        self._spans: list[tuple[int, int]] = []
        self._run_is_single = True

    def load(self, run: Run, tag: int) -> None:
        """Prepare for one run of packets that grow by `tag` bytes when they are encrypted.

        Raises ValueError for a run that has no room in its place.
        """
        count, step = len(run.packets), run.size + tag
        if run.size > MAX_PLAIN or count > MAX_RUN or tag > _MAX_TAG:
            raise ValueError(f"a run of {count} packets of {run.size} bytes is too big")
        sizes = [len(packet) for packet in run.packets]
        shape = self._shape_of(count, step)
        lengths = struct.pack(f"={count}i", *sizes).ljust(shape.starts[0], b"\0")
        self._template = lengths + bytes(tag).join(run.packets)
        total = step * (count - 1) + sizes[-1] + tag
        if self._shape is not shape or self._total != total:
            self._shape, self._total = shape, total
            self._bases[:] = shape.bases
            self._sizes[:] = memoryview(struct.pack("@L", total) * CHUNK).cast("L")
        self._sequences = [packet[2] << 8 | packet[3] for packet in run.packets]
        self._spans = [(start, size + tag) for start, size in zip(shape.starts, sizes, strict=True)]
        self._run_is_single = count == 1
        if count > 1:
            struct.pack_into("@H", self._segment, SIZE_AT, step)

    def _shape_of(self, count: int, step: int) -> _Shape:
        """Kept, because sound and pictures take turns: making 32 × 5 pointers costs as much as encrypting for 50."""
        found = self._shapes.get((count, step))
        if found is None:
            if len(self._shapes) >= _MAX_SHAPES:
                self._shapes.clear()
            found = self._shapes[count, step] = self._made(count, step)
        return found

    def _made(self, count: int, step: int) -> _Shape:
        head = _rounded(4 * count, 16)
        stride = _rounded(head + count * step, _LINE)
        starts = tuple(head + at * step for at in range(count))
        places = [self._memory + at * stride for at in range(CHUNK)]
        packets = [place + start for place in places for start in starts]
        lengths = [FFI.cast("int *", place + 4 * at) for place in places for at in range(count)]
        first = int(FFI.cast("uintptr_t", self._memory)) + head
        bases = struct.pack(f"@{CHUNK}L", *(first + at * stride for at in range(CHUNK)))
        return _Shape(stride, starts, places, packets, lengths, memoryview(bases).cast("L"))

    @property
    def packets(self) -> list[Any]:
        """Pointers to every packet of every place."""
        return self._shape.packets

    @property
    def lengths(self) -> list[Any]:
        """Pointers to the length of every packet of every place."""
        return self._shape.lengths

    def fill(self, offsets: Sequence[int]) -> None:
        """Put the run into the first places, one for each of `offsets`, its sequence numbers moved by them."""
        places, stride = self._shape.places, self._shape.stride
        copy_memory(places[0], self._template, len(self._template))
        full = 1
        while full < len(offsets):
            more = min(full, len(offsets) - full)
            copy_memory(places[full], places[0], more * stride)
            full += more
        if any(offsets):
            self._renumber(offsets)

    def _renumber(self, offsets: Sequence[int]) -> None:
        found = array("H", [sequence + by & 0xFFFF for sequence in self._sequences for by in offsets])
        if sys.byteorder == "little":
            found.byteswap()
        numbers, viewers, step = memoryview(found), len(offsets), self._shape.stride // 2
        for at, start in enumerate(self._shape.starts):
            first, is_odd = divmod(start + 2, 2)
            lane = self._numbers[is_odd][first : first + viewers * step : step]
            lane[:] = numbers[at * viewers : (at + 1) * viewers]

    def send(self, fileno: int, headers: Headers, first: int, count: int) -> int:
        """Send `count` filled places from `first` on: how many went, or minus the errno of the first of them."""
        return headers.send(self._library, fileno, self._run_is_single, first, count)

    def datagrams(self, place: int) -> list[memoryview]:
        """The encrypted packets of one place, to be sent one by one. Good until the next `fill`."""
        base = place * self._shape.stride
        return [self._buffer[base + start : base + start + size] for start, size in self._spans]
