"""Many datagrams in one system call: sendmmsg(2), reached through cffi's ABI mode; nothing is compiled.

`Workbench` is the memory in which the packets of up to `CHUNK` viewers are encrypted and from which they are
sent; `Headers` are the kernel's message headers of one chunk of viewers, written once and used for every send.
"""

import errno
import socket
import struct
import sys
from collections.abc import Sequence
from itertools import repeat
from typing import Any

import cffi  # type: ignore[import-untyped]

from streaming.gathering import MAX_PLAIN, MAX_RUN, Run
from streaming.gso import CONTROL_SIZE, SIZE_AT, control_message

CHUNK = 32  # viewers a call; their packets of one frame stay in the processor's second cache
_MAX_TAG = 16
_LENGTHS = 4 * MAX_RUN  # bytes: one C int per packet, in front of the packets
_PLACE = _LENGTHS + MAX_RUN * (MAX_PLAIN + _MAX_TAG)
_MAX_SHAPES = 256  # of runs whose pointers are kept; some 10 KB each
_ADDRESS = 28  # bytes: room for sockaddr_in6

FFI = cffi.FFI()
FFI.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int sendmmsg(int sockfd, struct mmsghdr *messages, unsigned int count, int flags);
    """
)


def open_library() -> Any | None:
    """The C library with sendmmsg in it, or None where there is none (it is Linux's own)."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        library = FFI.dlopen(None)
        return library if library.sendmmsg else None
    except (OSError, AttributeError):
        return None


def socket_address(address: tuple[str, int]) -> bytes:
    """`struct sockaddr_in` or `sockaddr_in6` of a numeric address."""
    host, port = address
    if ":" in host:
        packed = socket.inet_pton(socket.AF_INET6, host)
        return struct.pack("=H", socket.AF_INET6) + struct.pack("!HL16sL", port, 0, packed, 0)
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(host))


class Headers:
    """The message headers of one chunk, `single` for one datagram each and `segmented` with the GSO control."""

    def __init__(self, bench: "Workbench", addresses: Sequence[bytes]) -> None:
        self._names = FFI.new("char[]", _ADDRESS * len(addresses))  # kept: the headers point into it
        self.single = FFI.new("struct mmsghdr[]", len(addresses))
        self.segmented = FFI.new("struct mmsghdr[]", len(addresses))
        for at, address in enumerate(addresses):
            name = self._names + _ADDRESS * at
            FFI.memmove(name, address, len(address))
            for messages in (self.single, self.segmented):
                header = messages[at].msg_hdr
                header.msg_name, header.msg_namelen = name, len(address)
                header.msg_iov, header.msg_iovlen = bench.vectors + at, 1
            header = self.segmented[at].msg_hdr
            header.msg_control, header.msg_controllen = bench.control, CONTROL_SIZE


class _Templates(dict[int, bytes]):
    """A run with its sequence numbers moved, by offset; made once, then looked up without entering Python."""

    def load(self, template: bytes, starts: list[int]) -> None:
        """`starts`: where the packets begin in the template."""
        self.clear()
        self[0] = template
        self._starts = starts

    def __missing__(self, offset: int) -> bytes:
        made = bytearray(self[0])
        for start in self._starts:
            sequence = int.from_bytes(made[start + 2 : start + 4], "big") + offset
            made[start + 2 : start + 4] = (sequence & 0xFFFF).to_bytes(2, "big")
        moved = self[offset] = bytes(made)
        return moved


class Workbench:
    """`CHUNK` places, one per viewer of a chunk, each with the lengths and the packets of one run.

    `load` says what every place holds next; `places`, `packets` and `lengths` are then the C pointers that
    `memmove` and `srtp_protect` take. One chunk is copied, encrypted and sent before the next one begins.
    """

    def __init__(self, library: Any) -> None:
        self._library = library
        self._memory = FFI.new("char[]", CHUNK * _PLACE)
        self._buffer = memoryview(FFI.buffer(self._memory))
        self.places = [self._memory + at * _PLACE for at in range(CHUNK)]
        self.vectors = FFI.new("struct iovec[]", CHUNK)
        for at, place in enumerate(self.places):
            self.vectors[at].iov_base = place + _LENGTHS
        self._sizes = memoryview(FFI.buffer(self.vectors)).cast("L")[1::2]  # every iov_len (size_t)
        self.control = FFI.new("char[]", control_message())
        self._segment = FFI.buffer(self.control)
        self._lengths = [
            [FFI.cast("int *", place + 4 * at) for at in range(MAX_RUN)] for place in self.places
        ]
        self._shapes: dict[tuple[int, int], tuple[list[Any], list[Any]]] = {}
        self._total = -1
        self.packets: list[Any] = []
        self.lengths: list[Any] = []
        self.template = b""
        self._templates = _Templates()
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
        lengths = struct.pack(f"={count}i", *sizes).ljust(_LENGTHS, b"\0")
        self.template = lengths + bytes(tag).join(run.packets)
        self._point(count, step)
        total = step * (count - 1) + sizes[-1] + tag
        if self._total != total:
            self._total = total
            self._sizes[:] = memoryview(struct.pack("@L", total) * CHUNK).cast("L")
        self._spans = [(_LENGTHS + at * step, sizes[at] + tag) for at in range(count)]
        self._templates.load(self.template, [start for start, _ in self._spans])
        self._run_is_single = count == 1
        if count > 1:
            struct.pack_into("@H", self._segment, SIZE_AT, step)

    def _point(self, count: int, step: int) -> None:
        """The pointers into every place: all packets of the first viewer, all of the second, and so on.

        They are kept by shape: sound and pictures take turns, and making 32 × 5 pointers anew for each cost as
        much as encrypting for 100 viewers.
        """
        found = self._shapes.get((count, step))
        if found is None:
            starts = [_LENGTHS + at * step for at in range(count)]
            packets = [place + start for place in self.places for start in starts]
            found = packets, [length for lengths in self._lengths for length in lengths[:count]]
            if len(self._shapes) >= _MAX_SHAPES:
                self._shapes.clear()
            self._shapes[count, step] = found
        self.packets, self.lengths = found

    def copies(self, offsets: Sequence[int]) -> Any:
        """What `memmove` is mapped over to fill as many places: targets, sources, length.

        The viewer at each place gets all sequence numbers moved by its own offset.
        """
        sources = map(self._templates.__getitem__, offsets) if any(offsets) else repeat(self.template)
        return self.places[: len(offsets)], sources, repeat(len(self.template))

    def send(self, fileno: int, headers: Headers, first: int, count: int) -> int:
        """Send `count` loaded places from `first` on: how many went, or minus the errno of the first of them."""
        messages = headers.single if self._run_is_single else headers.segmented
        sent = self._library.sendmmsg(fileno, messages + first, count, 0)
        return sent if sent > 0 else -(FFI.errno or errno.EIO)

    def datagrams(self, place: int) -> list[memoryview]:
        """The encrypted packets of one place, to be sent one by one. Good until the next `load`."""
        base = place * _PLACE
        return [self._buffer[base + start : base + start + size] for start, size in self._spans]
