"""From one packet to every viewer. The one file that a faster engine replaces.

Its whole surface: `join`, `leave`, `send` to all members of a feed, `flush` behind a batch, `send_to` one.
All members of a feed get the very same plaintext; only the keys differ.
"""

from typing import Protocol

from streaming.outgoing import Feed


class Receiver(Protocol):
    """A viewer as the fan-out sees it."""

    def send_packet(self, packet: bytes) -> None: ...


class Fanout:
    """Members per stream."""

    name = "plain"

    def __init__(self) -> None:
        self._members: dict[Feed, dict[Receiver, None]] = {}
        self.sent = 0

    def join(self, feed: Feed, receiver: Receiver) -> None:
        """From the next packet on `receiver` gets `feed`."""
        self._members.setdefault(feed, {})[receiver] = None

    def leave(self, feed: Feed, receiver: Receiver) -> None:
        """No further packet of `feed` for `receiver`; unknown ones are ignored."""
        self._members.get(feed, {}).pop(receiver, None)

    def members(self, feed: Feed) -> list[Receiver]:
        """Who gets `feed` now."""
        return [*self._members.get(feed, {})]

    def send(self, feed: Feed, packet: bytes, marker: bool) -> None:
        """Forward one packet. `marker` ends a frame: an engine that gathers must send then."""
        for receiver in self._members.get(feed, {}):
            receiver.send_packet(packet)
            self.sent += 1

    def send_to(self, receiver: Receiver, packets: list[bytes]) -> None:
        """Catch one receiver up, in order."""
        for packet in packets:
            receiver.send_packet(packet)
            self.sent += 1

    def flush(self) -> None:
        """Send what was gathered; nothing here."""
