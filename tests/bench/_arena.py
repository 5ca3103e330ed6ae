"""Receiving for many sockets: recvmmsg(2) into one block of memory that numpy reads, with the kernel's times."""

import socket
from dataclasses import dataclass
from typing import Any

import cffi  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt

SLOTS, SIZE, CONTROL = 1_024, 1_536, 64
AT_ONCE = 64
MSG_DONTWAIT = 0x40
SO_TIMESTAMPNS = (
    35  # the message's data: timespec of CLOCK_REALTIME, taken when the datagram reached the socket
)

FFI = cffi.FFI()
FFI.cdef(
    """
    struct iovec { void *iov_base; size_t iov_len; };
    struct msghdr {
        void *msg_name; unsigned int msg_namelen; struct iovec *msg_iov; size_t msg_iovlen;
        void *msg_control; size_t msg_controllen; int msg_flags;
    };
    struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
    int recvmmsg(int sockfd, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
    """
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Datagrams as columns; `data` is a view that the next batch overwrites, the others are copies."""

    viewer: npt.NDArray[np.uint16]
    first: npt.NDArray[np.uint8]
    second: npt.NDArray[np.uint8]
    sequence: npt.NDArray[np.uint16]
    time: npt.NDArray[np.int64]  # ns of the wall clock
    size: npt.NDArray[np.uint32]
    data: npt.NDArray[np.uint8]

    def only(self, wanted: npt.NDArray[np.bool_]) -> "Batch":
        """Some of them, without their data."""
        return Batch(
            self.viewer[wanted],
            self.first[wanted],
            self.second[wanted],
            self.sequence[wanted],
            self.time[wanted],
            self.size[wanted],
            self.data[:0],
        )


class Arena:
    """`SLOTS` places for datagrams of any viewer."""

    def __init__(self) -> None:
        self._library: Any = FFI.dlopen(None)
        self._data = np.zeros((SLOTS, SIZE), np.uint8)
        self._control = np.zeros((SLOTS, CONTROL), np.uint8)
        self._headers = FFI.new("struct mmsghdr[]", SLOTS)
        self._vectors = FFI.new("struct iovec[]", SLOTS)
        for at in range(SLOTS):
            vector, header = self._vectors[at], self._headers[at].msg_hdr
            vector.iov_base, vector.iov_len = FFI.cast("void *", self._data[at].ctypes.data), SIZE
            header.msg_iov, header.msg_iovlen = self._vectors + at, 1
            header.msg_control = FFI.cast("void *", self._control[at].ctypes.data)
            header.msg_controllen = CONTROL
        words = np.frombuffer(FFI.buffer(self._headers), np.uint64).reshape(SLOTS, 8)
        self._control_sizes, self._sizes = words[:, 5], words.view(np.uint32)[:, 14]
        self._at = 0
        self._viewers: list[int] = []
        self._counts: list[int] = []

    @property
    def is_full(self) -> bool:
        return self._at > SLOTS - AT_ONCE

    def receive(self, fileno: int, viewer: int) -> None:
        """Take up to `AT_ONCE` datagrams of one socket."""
        got = self._library.recvmmsg(fileno, self._headers + self._at, AT_ONCE, MSG_DONTWAIT, FFI.NULL)
        if got > 0:
            self._at += got
            self._viewers.append(viewer)
            self._counts.append(got)

    def drain(self) -> Batch:
        """Everything since the last time."""
        count, data = self._at, self._data[: self._at]
        moment = self._control[:count, 16:32].copy().view(np.int64)
        batch = Batch(
            np.repeat(np.array(self._viewers, np.uint16), self._counts),
            data[:, 0].copy(),
            data[:, 1].copy(),
            (data[:, 2].astype(np.uint16) << np.uint16(8)) | data[:, 3].astype(np.uint16),
            moment[:, 0] * 1_000_000_000 + moment[:, 1],
            self._sizes[:count].copy(),
            data,
        )
        self._control_sizes[:count] = CONTROL
        self._at = 0
        self._viewers.clear()
        self._counts.clear()
        return batch


def ask_for_times(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
