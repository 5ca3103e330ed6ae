"""UDP generic segmentation offload (Linux, udp(7)): one send for a whole run of packets of one length.

The kernel, or the network card, cuts the bytes of one message into datagrams of `size`; only the last one may
be shorter. It saves most of the way through the kernel per packet.
"""

import errno
import socket
import struct

SOL_UDP = 17
UDP_SEGMENT = 103  # linux/udp.h; Python's socket module has no name for it
# Errors that mean "not in one piece this way": no checksum offload on the device, the run does not fit the
# path's MTU, an old kernel. The same packets one by one may well pass.
REFUSALS = frozenset({errno.EIO, errno.EINVAL, errno.EMSGSIZE, errno.EOPNOTSUPP, errno.ENOPROTOOPT})

_HEADER = struct.Struct("@Nii")  # struct cmsghdr: length, level, type
SIZE_AT = _HEADER.size  # where the segment size, 16 bits, lies in the control message
CONTROL_SIZE = socket.CMSG_SPACE(2)


def control_message() -> bytes:
    """The ancillary data that asks for segmentation, with a size of 0 to be overwritten at `SIZE_AT`."""
    return _HEADER.pack(socket.CMSG_LEN(2), SOL_UDP, UDP_SEGMENT).ljust(CONTROL_SIZE, b"\0")


def can_segment(sock: socket.socket) -> bool:
    """Whether the kernel knows the option at all (Linux 4.18); a route may still refuse it at run time."""
    try:
        sock.getsockopt(SOL_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return True
