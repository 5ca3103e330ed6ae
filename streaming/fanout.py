"""From one packet to every viewer. The one file that a faster engine replaces.

Its whole surface: `join`, `leave`, `send` to all members of a stream, `flush` behind a batch, `send_to` one.
All members of a stream get the very same plaintext; only the keys differ.
"""

from typing import Protocol

from streaming.outgoing import OutgoingStream


class Receiver(Protocol):
    """A viewer as the fan-out sees it."""

    def send_packet(self, packet: bytes) -> None: ...


class Fanout:
    """Members per stream."""

    name = "plain"

    def __init__(self) -> None:
        self._members: dict[OutgoingStream, dict[Receiver, None]] = {}
        self.sent = 0

    def join(self, stream: OutgoingStream, receiver: Receiver) -> None:
        """From the next packet on `receiver` gets `stream`."""
        self._members.setdefault(stream, {})[receiver] = None

    def leave(self, stream: OutgoingStream, receiver: Receiver) -> None:
        """No further packet of `stream` for `receiver`; unknown ones are ignored."""
        self._members.get(stream, {}).pop(receiver, None)

    def members(self, stream: OutgoingStream) -> list[Receiver]:
        """Who gets `stream` now."""
        return [*self._members.get(stream, {})]

    def send(self, stream: OutgoingStream, packet: bytes, marker: bool) -> None:
        """Forward one packet. `marker` ends a frame: an engine that gathers must send then."""
        for receiver in self._members.get(stream, {}):
            receiver.send_packet(packet)
            self.sent += 1

    def send_to(self, receiver: Receiver, packets: list[bytes]) -> None:
        """Catch one receiver up, in order."""
        for packet in packets:
            receiver.send_packet(packet)
            self.sent += 1

    def flush(self) -> None:
        """Send what was gathered; nothing here."""
