"""One person's own line to the house, TCP and UDP, that a test can cut: nothing passes, and nobody is told."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine

from streaming.addresses import LOOPBACK
from tests.bench._impaired import MAX_DATAGRAM, Door


class Line:
    """`url` leads to the house, and what the house says there of its media's port leads to ours. A browser may have
    several connections: each has a socket of its own towards the house, so that answers find their way back.
    `passed` and `lost` count datagrams.
    """

    def __init__(self, port: int, media_port: int) -> None:
        self.passed = self.lost = 0
        self._dead = False
        self._media = LOOPBACK, media_port
        self._front = self._socket()
        self._front.bind((LOOPBACK, 0))
        self._ways: dict[tuple[str, int], socket.socket] = {}
        old, new = (f" {at} typ host".encode() for at in (media_port, self._front.getsockname()[1]))
        self._door = Door(port, lambda data: data.replace(old, new))
        # Playwright's loop holds the test's own thread.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._wait(self._open())
        self.url = f"http://{LOOPBACK}:{self._door.port}"

    def cut(self, dead: bool) -> None:
        self._dead = dead
        self._loop.call_soon_threadsafe(self._door.cut, dead)

    def close(self) -> None:
        self._wait(self._door.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        for one in (self._front, *self._ways.values()):
            one.close()

    def _wait(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self) -> None:
        await self._door.open()
        self._loop.add_reader(self._front, self._outward)

    @staticmethod
    def _socket() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        return made

    def _outward(self) -> None:
        data, address = self._front.recvfrom(MAX_DATAGRAM)
        way = self._ways.get(address)
        if way is None:
            way = self._ways[address] = self._socket()
            way.connect(self._media)
            self._loop.add_reader(way, self._inward, way, address)
        if self._may_pass():
            with contextlib.suppress(OSError):
                way.send(data)

    def _inward(self, way: socket.socket, address: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):
            data = way.recv(MAX_DATAGRAM)
            if self._may_pass():
                self._front.sendto(data, address)

    def _may_pass(self) -> bool:
        if self._dead:
            self.lost += 1
        else:
            self.passed += 1
        return not self._dead
