"""Packets on their way to one feed: held until their frame is whole, then cut into runs. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

MAX_HELD = 64  # packets; a longer frame goes out in pieces
MAX_RUN = 40  # packets of one run: below the kernel's 64 segments and 65,507 bytes
UNEVEN = 16  # bytes of padding that one message less is worth
MAX_PLAIN = 1_356  # bytes of a packet before encryption; the same limit as pylibsrtp's own


@dataclass(frozen=True, slots=True)
class Run:
    """Packets that one message can carry: all of one length, only the last may be shorter."""

    packets: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """Length of the first packet in bytes."""
        return len(self.packets[0])


class Gathering:
    """The packets of a feed that were not sent yet, in order of arrival."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def __len__(self) -> int:
        return len(self._held)

    def add(self, packet: bytes) -> bool:
        """Hold one more; True when there are so many that they must go now."""
        self._held.append(packet)
        return len(self._held) >= MAX_HELD

    def take(self) -> list[bytes]:
        """Everything held, evened; nothing is held afterwards."""
        held, self._held = self._held, []
        return evened(held) if len(held) > 1 else held


def evened(packets: list[bytes]) -> list[bytes]:
    """Packets of nearly the greatest length get exactly that, by RTP padding (RFC 3550, section 5.1).

    Browsers cut a picture into packets that differ by a byte, the longer ones last, and segmentation takes only a
    last one that is shorter: without this every picture would be two messages. What is sent again is not padded;
    it has an SSRC of its own (RFC 4588), so that no number of a stream ever carries two plaintexts.
    """
    longest = max(map(len, packets))
    return [
        _padded(packet, longest - len(packet)) if 0 < longest - len(packet) <= UNEVEN else packet
        for packet in packets
    ]


def _padded(packet: bytes, count: int) -> bytes:
    if packet[0] & 0x20:
        return packet  # it is padding already
    return bytes((packet[0] | 0x20,)) + packet[1:] + bytes(count - 1) + bytes((count,))


def cut_into_runs(packets: list[bytes], most: int) -> Iterator[Run]:
    """The packets in their order, in as few runs of at most `most` packets as segmentation allows."""
    at = 0
    while at < len(packets):
        size, end = len(packets[at]), at + 1
        while end < len(packets) and end - at < most and len(packets[end]) == size:
            end += 1
        if end < len(packets) and end - at < most and len(packets[end]) < size:
            end += 1
        yield Run(tuple(packets[at:end]))
        at = end
