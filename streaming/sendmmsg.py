"""Many datagrams in one system call: sendmmsg(2), reached through cffi's ABI mode; nothing is compiled.

`Headers` are the kernel's message headers of one chunk of viewers, written once and used for every send.
"""

import errno
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Any

import cffi  # type: ignore[import-untyped]

from streaming.gso import CONTROL_SIZE

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
    """The message headers of one chunk, `single` for one datagram each and `segmented` with the GSO control.

    `vectors` (struct iovec, one per message) and `control` are those of the workbench that fills them.
    """

    def __init__(self, vectors: Any, control: Any, addresses: Sequence[bytes]) -> None:
        self._names = FFI.new("char[]", _ADDRESS * len(addresses))  # kept: the headers point into it
        self.single = FFI.new("struct mmsghdr[]", len(addresses))
        self.segmented = FFI.new("struct mmsghdr[]", len(addresses))
        for at, address in enumerate(addresses):
            name = self._names + _ADDRESS * at
            FFI.memmove(name, address, len(address))
            for messages in (self.single, self.segmented):
                header = messages[at].msg_hdr
                header.msg_name, header.msg_namelen = name, len(address)
                header.msg_iov, header.msg_iovlen = vectors + at, 1
            header = self.segmented[at].msg_hdr
            header.msg_control, header.msg_controllen = control, CONTROL_SIZE

    def send(self, library: Any, fileno: int, single: bool, first: int, count: int) -> int:
        """Send `count` messages from `first` on: how many went, or minus the errno of the first of them."""
        messages = self.single if single else self.segmented
        sent = library.sendmmsg(fileno, messages + first, count, 0)
        return sent if sent > 0 else -(FFI.errno or errno.EIO)
