"""ICE over TCP for networks that block UDP: we are the passive side (RFC 6544), frames are those of RFC 4571.

A connection that does not prove itself by a check in time is closed; one that reads too slowly loses packets.
"""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, cast

from streaming.path import Route

MAX_FRAME = 2_048  # bytes; a longer one is no packet of ours, and the connection is closed
MAX_QUEUED = 512 * 1_024  # bytes waiting in one connection before packets are dropped
MAX_CONNECTIONS = 2_000
PROOF = 10.0  # s a connection may stay without an authentic check


@dataclass(slots=True)
class TcpCounters:
    """What fell, by reason."""

    refused: int = 0
    broken: int = 0
    unproven: int = 0
    dropped: int = 0


class Unframer:
    """Cuts a byte stream into packets: 16 bits of length, then the packet. Pure."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes] | None:
        """The packets that are whole now, or None when the other side does not speak RFC 4571."""
        self._buffer += data
        packets = []
        while len(self._buffer) >= 2:
            size = int.from_bytes(self._buffer[:2], "big")
            if size > MAX_FRAME:
                return None
            if len(self._buffer) < 2 + size:
                break
            if size:
                packets.append(bytes(self._buffer[2 : 2 + size]))
            del self._buffer[: 2 + size]
        return packets


class TcpRoute(asyncio.Protocol):
    """One connection: a route as good as a UDP address, as long as it stands."""

    def __init__(self, door: "TcpDoor") -> None:
        self.key: Hashable = ("tcp", id(self))
        self.address = ("", 0)
        self._door = door
        self._frames = Unframer()
        self._transport: asyncio.Transport | None = None
        self._proof: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody connected; nothing is believed yet."""
        self._transport = cast(asyncio.Transport, transport)
        self.address = transport.get_extra_info("peername")[:2]
        if not self._door.enter(self):
            self._transport.abort()
            return
        self._proof = asyncio.get_running_loop().call_later(PROOF, self._judge)

    def _judge(self) -> None:
        if self._transport is not None and not self._door.is_proven(self):
            self._door.counters.unproven += 1
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Cut and hand on."""
        packets = self._frames.feed(data)
        if packets is None:
            self._door.counters.broken += 1
            if self._transport is not None:
                self._transport.abort()
            return
        for packet in packets:
            self._door.on_packet(packet, self)

    def connection_lost(self, error: Exception | None) -> None:
        """The route is gone."""
        self._transport = None
        if self._proof is not None:
            self._proof.cancel()
        self._door.leave(self)

    def send(self, data: bytes) -> None:
        """Queue a packet, or drop it when the other side does not read."""
        if self._transport is None or self._transport.get_write_buffer_size() > MAX_QUEUED:
            self._door.counters.dropped += 1
            return
        self._transport.write(len(data).to_bytes(2, "big") + data)

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()


class TcpDoor:
    """The listeners of one worker, all on one port number."""

    def __init__(
        self,
        on_packet: Callable[[bytes, Route], None],
        is_proven: Callable[[Route], bool],
        on_gone: Callable[[Route], None],
    ) -> None:
        self.on_packet = on_packet
        self.is_proven = is_proven
        self.counters = TcpCounters()
        self.port = 0
        self._on_gone = on_gone
        self._servers: list[asyncio.Server] = []
        self._connections: set[TcpRoute] = set()

    async def open(self, addresses: list[str], port: int) -> None:
        """Listen on every address. Raises OSError when the port is taken."""
        loop = asyncio.get_running_loop()
        for address in addresses:
            try:
                server: Any = await loop.create_server(lambda: TcpRoute(self), address, port, backlog=512)
            except OSError:
                await self.close()
                raise
            self._servers.append(server)
        self.port = port

    async def close(self) -> None:
        """Stop listening and end every connection."""
        for route in [*self._connections]:
            route.close()
        for server in self._servers:
            server.close()
        self._servers.clear()
        self.port = 0

    def enter(self, route: TcpRoute) -> bool:
        """A new connection; False when there are too many."""
        if len(self._connections) >= MAX_CONNECTIONS:
            self.counters.refused += 1
            return False
        self._connections.add(route)
        return True

    def leave(self, route: TcpRoute) -> None:
        """A connection ended."""
        self._connections.discard(route)
        self._on_gone(route)
