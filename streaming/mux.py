"""One port for every peer of the process.

The first byte tells what a datagram is (RFC 7983): 0–3 STUN, 20–63 DTLS, 128–191 SRTP. STUN finds its path by
our user fragment; everything else must come from an address that STUN has proven.
"""

import asyncio
import heapq
import socket
import time
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial

from streaming.backlog import Backlog
from streaming.ice import parse_request, write_response
from streaming.limits import TokenBucket
from streaming.path import IcePath, Route
from streaming.tcp import TcpDoor

BUFFER = 4 << 20  # bytes asked of the kernel for each direction
BATCH = 64  # datagrams read in one go before others get their turn
MAX_DATAGRAM = 2_048
STRAYS = 100.0  # packets a second from unproven addresses that are looked at
STRAY_TRIES = 32  # peers that such a packet is tried on


@dataclass(slots=True)
class MuxCounters:
    """What fell, by reason."""

    unknown_address: int = 0
    adopted: int = 0  # addresses proven by a packet that decrypted
    refused_stun: int = 0
    send_blocked: int = 0
    send_failed: int = 0


class UdpRoute:
    """A remote UDP address, reached through the socket it came to."""

    __slots__ = ("_counters", "address", "key", "sock")

    def __init__(self, owner: socket.socket, address: tuple[str, int], counters: MuxCounters) -> None:
        self.sock = owner
        self._counters = counters
        self.address = address
        self.key: Hashable = (owner.fileno(), address)

    def send(self, data: bytes) -> None:
        """Send or drop: a full socket buffer must not stop the loop."""
        try:
            self.sock.sendto(data, self.address)
        except BlockingIOError:
            self._counters.send_blocked += 1
        except OSError:
            self._counters.send_failed += 1


class Mux:
    """The sockets and the two tables that lead from a datagram to a path."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._paths: dict[str, IcePath] = {}
        self._routes: dict[Hashable, tuple[IcePath, Route]] = {}
        self.counters = MuxCounters()
        self.backlog = Backlog()
        self._strays = TokenBucket(STRAYS, STRAYS)
        self.port = 0
        self.tcp = TcpDoor(self.on_tcp_packet, self.is_proven, self.on_tcp_gone)

    def open(self, addresses: list[str], port: int) -> None:
        """Bind every address on one and the same port (0: any that is free on all). Raises OSError."""
        for attempt in range(10):
            try:
                self._bind(addresses, port)
            except OSError:
                self._close_sockets()
                if port or attempt == 9:
                    raise
            else:
                break
        loop = asyncio.get_running_loop()
        for sock in self._sockets:
            loop.add_reader(sock.fileno(), self._on_readable, sock)

    def _bind(self, addresses: list[str], port: int) -> None:
        for address in addresses:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._sockets.append(sock)
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
            sock.bind((address, port))
            port = self.port = sock.getsockname()[1]

    def close(self) -> None:
        """Stop reading and give the port back."""
        loop = asyncio.get_running_loop()
        for sock in self._sockets:
            loop.remove_reader(sock.fileno())
        self._close_sockets()

    def _close_sockets(self) -> None:
        for sock in self._sockets:
            sock.close()
        self._sockets.clear()

    def _on_readable(self, sock: socket.socket) -> None:
        for _ in range(BATCH):
            try:
                data, address = sock.recvfrom(MAX_DATAGRAM)
            except OSError:  # nothing left, or an ICMP error of somebody's closed port
                break
            if not data:
                continue
            entry = self._routes.get((sock.fileno(), address))
            if data[0] < 4:
                self.on_stun(data, entry[1] if entry else UdpRoute(sock, address, self.counters))
            elif entry is not None:
                self._deliver(*entry, data)
            else:
                self._on_stray(data, UdpRoute(sock, address, self.counters))
        self.backlog.serve()

    def _deliver(self, path: IcePath, route: Route, data: bytes) -> None:
        """Packets at once, handshake records behind those that came with them."""
        if 20 <= data[0] <= 63:
            self.backlog.put(partial(path.receive, data, route))
        else:
            path.receive(data, route)

    def _on_stray(self, data: bytes, route: Route) -> None:
        """Media from an address nobody proved: a peer whose NAT gave it another port, until its next check?

        Its next report decrypts, long before the browser notices anything. Only peers that were heard from this
        host before and are silent now come into question.
        """
        now = time.monotonic()
        if 128 <= data[0] <= 191 and self._strays.take(now):
            host = route.address[0]
            silent = {path for path in self._paths.values() if path.may_have_moved(host, now)}
            for path in heapq.nsmallest(STRAY_TRIES, silent, key=lambda path: path.route_heard):
                if path.adopt(data, route):
                    self.counters.adopted += 1
                    return
        self.counters.unknown_address += 1

    def on_tcp_packet(self, data: bytes, route: Route) -> None:
        """The same for a packet that came over a connection."""
        entry = self._routes.get(route.key)
        if data[0] < 4:
            self.on_stun(data, route)
        elif entry is not None:
            self._deliver(entry[0], route, data)
            self.backlog.serve()
        else:
            self.counters.unknown_address += 1

    def is_proven(self, route: Route) -> bool:
        """Whether a path owns the route."""
        return route.key in self._routes

    def on_tcp_gone(self, route: Route) -> None:
        """A connection ended: its path, if any, goes back to another route."""
        entry = self._routes.get(route.key)
        if entry is not None:
            entry[0].route_gone(route)

    def on_stun(self, data: bytes, route: Route) -> None:
        """Answer an authentic check of a path we know; stay silent otherwise."""
        request = parse_request(data)
        path = self._paths.get(request.ufrag) if request is not None else None
        if request is None or path is None:
            self.counters.refused_stun += 1
            return
        password = path.check(request, route, time.monotonic())
        if password is None:
            self.counters.refused_stun += 1
            return
        route.send(write_response(request.transaction, route.address, password))

    # -- the path's side

    def enter_ufrag(self, ufrag: str, path: IcePath) -> None:
        """Checks for `ufrag` are for `path` from now on."""
        self._paths[ufrag] = path

    def leave_ufrag(self, ufrag: str) -> None:
        """Forget the fragment."""
        self._paths.pop(ufrag, None)

    def enter_route(self, route: Route, path: IcePath) -> None:
        """Packets on `route` belong to `path`; who proves an address last owns it."""
        self._routes[route.key] = (path, route)

    def leave_route(self, route: Route, path: IcePath) -> None:
        """Forget the address, unless somebody else proved it since."""
        entry = self._routes.get(route.key)
        if entry is not None and entry[0] is path:
            del self._routes[route.key]
