"""Daphne on a socket of our own: a backlog long enough for a broadcast's start, bounded messages, bounded
sending.

`serve` and `run_web` give it coroutines to run beside the pages and a way to end cleanly.
"""

import asyncio
import faulthandler
import gc
import logging
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.server import Server  # first: it installs the reactor on asyncio
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from signaling.protocol import MESSAGE_LIMIT
from streaming.priority import run_first

log = logging.getLogger(__name__)

# Daphne's own is 50, and a thousand people who come at 19:30 never get in.
BACKLOG = 2048
# Bytes that wait in one socket's transport. ASGI's send does not wait in Daphne, so without this a browser
# that has stopped reading would be kept for in memory until the ping times out.
SENDING_LIMIT = 1 << 20
# Messages of one socket that wait for the application.
RECEIVED_LIMIT = 256
FINISH_SECONDS = 12.0
LINGER_SECONDS = 5.0
# Seconds a thread may hold the interpreter while another waits for it. A question is some thirty statements, each
# followed by one such wait: with Python's 5 ms, beside a loop that forwards media, that was a quarter of a second.
SWITCH_SECONDS = 0.0005
NORMAL_CLOSURE = 1000


class PortTaken(Exception):
    """Somebody else listens there, or we may not."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises PortTaken with the system's reason."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named: asyncio switches Nagle's algorithm off only then, and with it on the body of an answer
    # waits 40 ms for the acknowledgement of its headers.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise PortTaken(error.strerror or str(error)) from None
    listening.setblocking(False)
    return listening


def waiting_bytes(transport: Any) -> int:
    """Bytes written to a Twisted transport that the kernel has not taken yet."""
    # Twisted offers no public count.
    waiting: int = len(transport.dataBuffer) - transport.offset + transport._tempDataLen  # noqa: SLF001
    return waiting


class BoundedProtocol(WebSocketProtocol):  # type: ignore[misc]
    """A socket that is cut off when it does not read, or sends without end."""

    cut_off = 0

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        super().onMessage(payload, isBinary)
        # The application takes messages off at once and refuses those that are too many; who sends faster
        # than it can refuse is a flood.
        if self.application_queue.qsize() > RECEIVED_LIMIT:
            self._cut_off("floods")

    def serverSend(self, content: Any, binary: bool = False) -> None:
        super().serverSend(content, binary)
        if waiting_bytes(self.transport) > SENDING_LIMIT:
            self._cut_off("does not read")

    def serverClose(self, code: int | None = None) -> None:
        """With the code that is meant: autobahn's `sendClose` raises at those of a server, as 1008 and 1013, and the
        socket of who has logged out everywhere would stay open.
        """
        self.sendCloseFrame(code=code or NORMAL_CLOSURE)

    def _cut_off(self, why: str) -> None:
        BoundedProtocol.cut_off += 1
        log.info("a socket that %s was cut off", why)
        self.transport.abortConnection()


class WebServer:
    """Runs `application` on `listening`. `begin` is awaited on the loop at the start, `finish` before the
    end.
    """

    def __init__(
        self,
        application: Any,
        listening: socket.socket,
        begin: Callable[[], Awaitable[None]],
        finish: Callable[[], Awaitable[None]],
    ) -> None:
        self._begin, self._finish = begin, finish
        self._beginning: asyncio.Task[None] | None = None
        self._finished = False
        self.failed: BaseException | None = None
        # Twisted duplicates the descriptor; ours stays open for as long as the server lives.
        self._listening = listening
        self._server = Server(
            application,
            endpoints=["adopted"],
            ready_callable=self._ready,
            server_name="direct-train",
            # One byte more than a message may have, so that a message just too long gets its sentence; what
            # is far beyond is closed with 1009 while it comes in, before it is in memory.
            websocket_max_message_size=4 * MESSAGE_LIMIT,
            websocket_max_frame_size=4 * MESSAGE_LIMIT,
            proxy_forwarded_address_header="X-Forwarded-For" if settings.PRODUCTION else None,
            proxy_forwarded_proto_header="X-Forwarded-Proto" if settings.PRODUCTION else None,
        )
        # No endpoint string can hand over an open IPv6 socket; `_ready` does it, and nothing is left to be
        # parsed.
        self._server.endpoints = []

    def run(self) -> None:
        """Until SIGTERM, SIGINT or a failing `begin`, which is raised here."""
        run_first()
        sys.setswitchinterval(SWITCH_SECONDS)
        self._server.run()
        if self.failed is not None:
            raise self.failed

    def _ready(self) -> None:
        # The factory exists only now; its sockets are to be the bounded ones.
        self._server.ws_factory.protocol = BoundedProtocol
        listening = self._listening
        reactor.adoptStreamPort(listening.fileno(), listening.family, self._server.http_factory)
        reactor.callWhenRunning(self._start)
        reactor.addSystemEventTrigger("before", "shutdown", self._end)  # type: ignore[arg-type]

    def _start(self) -> None:
        self._beginning = asyncio.ensure_future(self._begin())
        self._beginning.add_done_callback(self._begun)

    def _begun(self, task: asyncio.Future[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.failed = task.exception()
            self._server.stop()
            return
        # What is loaded by now stays; collecting through it again and again would hold up every packet for 0.1 s.
        gc.collect()
        gc.freeze()

    def _end(self) -> Deferred[None]:
        # A thread that never returns would keep the process for ever after everything is finished and committed.
        last = threading.Timer(FINISH_SECONDS + LINGER_SECONDS, self._leave_by_force)
        last.daemon = True
        last.start()
        return Deferred.fromFuture(asyncio.ensure_future(self._finish_within()))

    async def _finish_within(self) -> None:
        try:
            await asyncio.wait_for(self._finish(), FINISH_SECONDS)
            self._finished = True
        except TimeoutError:
            log.error("not everything ended within %s s", FINISH_SECONDS)

    def _leave_by_force(self) -> None:
        log.critical("the process does not end by itself; its threads follow")
        faulthandler.dump_traceback(all_threads=True)
        os._exit(0 if self._finished else 1)
