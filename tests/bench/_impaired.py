"""A bad network in user space: a UDP port in front of the engine's, and a TCP port in front of a house's pages."""

import asyncio
import contextlib
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass

from streaming.addresses import LOOPBACK

MAX_DATAGRAM = 2_048


@dataclass(frozen=True, slots=True)
class Way:
    """One direction. `loss` 0 … 1, in bursts of `burst` packets on average (Gilbert); `delay` and `jitter` (up to
    so much more, order is kept) in seconds; `rate` in bits a second (0: any) before a queue of `queue` seconds.
    """

    loss: float = 0.0
    burst: float = 1.0
    delay: float = 0.0
    jitter: float = 0.0
    rate: float = 0.0
    queue: float = 0.3


class Pipe:
    """Packets one way; what does not fit the queue, and what the dice take, is gone."""

    def __init__(self, way: Way, deliver: Callable[[bytes], None], seed: int) -> None:
        self.way = way
        self.passed = self.lost = 0
        self.dead = False
        self._deliver = deliver
        self._random = random.Random(seed)  # noqa: S311
        self._bad = False
        self._free = self._last = 0.0

    def push(self, data: bytes) -> None:
        way, loop = self.way, asyncio.get_running_loop()
        now = loop.time()
        if self.dead or self._is_lost():
            self.lost += 1
            return
        leaves = now
        if way.rate:
            leaves = max(self._free, now) + 8 * (len(data) + 28) / way.rate
            if leaves - now > way.queue:
                self.lost += 1
                return
            self._free = leaves
        self._last = max(self._last, leaves + way.delay + self._random.random() * way.jitter)
        self.passed += 1
        loop.call_at(self._last, self._arrive, data)

    def _arrive(self, data: bytes) -> None:
        if not self.dead:
            self._deliver(data)

    def _is_lost(self) -> bool:
        if not self.way.loss:
            return False
        if self.way.burst <= 1:
            return self._random.random() < self.way.loss
        leave = 1 / self.way.burst
        enter = leave * self.way.loss / (1 - self.way.loss)
        self._bad = self._random.random() < ((1 - leave) if self._bad else enter)
        return self._bad


class Relay:
    """One peer's way to the engine. `port` is what the peer is told instead of the engine's own."""

    def __init__(self, engine_port: int, down: Way, up: Way, seed: int = 1) -> None:
        self._engine = LOOPBACK, engine_port
        self._loop = asyncio.get_running_loop()
        self._client: tuple[str, int] | None = None
        self._front = self._socket(self._on_front)
        self._back = self._socket(self._on_back)
        self.port = int(self._front.getsockname()[1])
        self.down = Pipe(down, self._to_client, seed)
        self.up = Pipe(up, self._to_engine, seed + 1)

    def _socket(self, reader: Callable[[socket.socket], None]) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.bind((LOOPBACK, 0))
        self._loop.add_reader(sock.fileno(), reader, sock)
        return sock

    def _on_front(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                data, self._client = sock.recvfrom(MAX_DATAGRAM)
                self.up.push(data)

    def _on_back(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.down.push(sock.recv(MAX_DATAGRAM))

    def _to_client(self, data: bytes) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError):
                self._front.sendto(data, self._client)

    def _to_engine(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._back.sendto(data, self._engine)

    def cut(self, dead: bool) -> None:
        """An outage begins or ends: nothing passes, in neither direction."""
        self.down.dead = self.up.dead = dead

    def rebind(self) -> None:
        """Another address towards the engine, as after a change of network; the old one is gone."""
        self._loop.remove_reader(self._back.fileno())
        self._back.close()
        self._back = self._socket(self._on_back)

    def close(self) -> None:
        for sock in (self._front, self._back):
            self._loop.remove_reader(sock.fileno())
            sock.close()


class Door:
    """The pages' TCP through the same outages. What was open when one began, and what was begun in it, is dead for
    good: that is the worst a network can do. `rewrite` changes bytes on the way to the browser (same length).
    """

    def __init__(self, port: int, rewrite: Callable[[bytes], bytes]) -> None:
        self._target, self._rewrite = port, rewrite
        self._generation, self._dead = 0, False
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self, dead: bool) -> None:
        self._generation += 1
        self._dead = dead

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        born = self._generation
        with contextlib.suppress(asyncio.CancelledError):  # `close`; asyncio would print it
            if self._dead:
                await asyncio.Event().wait()  # a SYN into nowhere
            there, back = await asyncio.open_connection(LOOPBACK, self._target)
            await asyncio.gather(
                self._pump(reader, back, born, lambda data: data),
                self._pump(there, writer, born, self._rewrite),
            )

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        born: int,
        change: Callable[[bytes], bytes],
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                if born != self._generation:
                    await asyncio.Event().wait()
                sink.write(change(data))
                await sink.drain()
        if born == self._generation:
            sink.close()
