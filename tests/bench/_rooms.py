"""The fuzzer's inputs against a running room: as datagrams from anywhere, and as the plain packets of hostile peers."""

import asyncio
import struct
import time
from typing import Any

from aioice import stun

from streaming.clock import WallClock
from streaming.commands import Assign, Publish, Watch
from streaming.dtls import new_certificate
from streaming.events import MediaEvent
from streaming.ice import write_request
from streaming.mux import Mux
from streaming.peer import Station
from streaming.room import Room
from tests.bench._parsers import MEDIA, REPORTS, filled
from tests.streaming.people import Recorder
from tests.streaming.wire import OFFER

FEW = ("192.0.2.1", 5_000), ("192.0.2.1", 5_001), ("198.51.100.7", 9)
KEPT = 200  # frames and events that the listeners of the test remember


class FakeSocket:
    """A UDP socket that gives one datagram and keeps what is sent."""

    def __init__(self) -> None:
        self.waiting: list[tuple[bytes, tuple[str, int]]] = []
        self.sent: list[tuple[bytes, tuple[str, int]]] = []

    def fileno(self) -> int:
        return 10_000

    def recvfrom(self, size: int) -> tuple[bytes, tuple[str, int]]:
        if not self.waiting:
            raise BlockingIOError
        data, address = self.waiting.pop()
        return data[:size], address

    def sendto(self, data: bytes, address: tuple[str, int]) -> int:
        self.sent.append((data, address))
        return len(data)


class EngineRoom:
    """A room with a publisher on stage, a viewer and a listener, without keys: what is sent falls."""

    seeds: list[bytes]
    amplified = 0
    broken = 0  # handshakes that forged records ended

    async def begin(self) -> None:
        self.mux, self.sock = Mux(), FakeSocket()
        station = Station(self.mux, new_certificate(), ("192.0.2.200",), "plain")
        self.events: list[MediaEvent] = []
        self.room = Room("1", station, WallClock(), self.events.append)
        self.listener = Recorder()
        self.room.add_sink(self.listener)
        self.room.assign(Assign("1", "main", "leader-1"))
        self.room.publish(Publish("1", "leader-1", filled(OFFER).decode()))
        self.room.watch(Watch("1", "alice", filled(OFFER.replace("a=sendonly", "a=recvonly")).decode()))
        self.publisher = self.room.publishers["leader-1"]
        self.viewer = self.room.viewers["alice"]
        self.viewer.connected = self.publisher.connected = True
        self.room.on_viewer_connected(self.viewer, time.monotonic())

    def take(self, data: bytes) -> bool:
        raise AssertionError("a room takes its inputs its own way")

    async def turn(self) -> None:
        """A beat of the worker, with the same consent as ever; who was led astray in its handshake comes again."""
        if self.publisher.closed or self.viewer.closed:
            self.broken += 1
            self.room.close()
            await asyncio.sleep(0)
            await self.begin()
        now = time.monotonic()
        for peer in (self.publisher, self.viewer):
            peer.path.last_heard = now
        self.room.tick(now)
        for kept in (self.events, self.listener.frames, self.listener.reports, self.listener.calls):
            del kept[:-KEPT]
        await asyncio.sleep(0)


class Datagrams(EngineRoom):
    """Anything from anywhere. An answer to what another STUN reader does not find authentic is amplification."""

    async def begin(self) -> None:
        await super().begin()
        credentials = self.publisher.path.credentials
        self._password = credentials.password.encode()
        checks = [write_request(credentials, "them", bytes((number,)) * 12, True) for number in range(4)]
        records = [
            b"\x16\xfe\xfd" + bytes(60),
            b"\x15\xfe\xfd" + bytes(8),
            b"\x14\xfe\xff\x00" + b"\xff" * 20,
        ]
        self.seeds = [*checks, *records, *MEDIA, *REPORTS, b"\x00", b"\x80", b"\x40" * 30, b"\xff" * 40]
        self._count = 0
        self._proven = {FEW[0]}
        self.sock.waiting.append((checks[0], FEW[0]))
        self._read()
        self.sock.sent.clear()  # the answer to the proof itself

    def _read(self) -> None:
        self.mux._on_readable(self.sock)  # type: ignore[arg-type]  # a socket as far as the mux is concerned

    def take(self, data: bytes) -> bool:
        self._count += 1
        address = (
            FEW[self._count % 3]
            if self._count % 4
            else (f"198.51.{self._count >> 8 & 255}.{self._count & 255}", 7)
        )
        self.sock.waiting.append((data, address))
        self._read()
        self.sock.waiting.clear()
        self._proven |= {route.address for _, route in self.mux._routes.values()}
        for answer, where in self.sock.sent:
            if where not in self._proven or (answer[0] < 4 and not self._is_authentic(data)):
                self.amplified += len(answer)
        self.sock.sent.clear()
        return self.mux.counters.refused_stun + self.mux.counters.unknown_address > 0

    def _is_authentic(self, data: bytes) -> bool:
        """By another reader; a fingerprint behind the signature is not part of the proof."""
        for end in range(len(data), 19, -1):
            try:
                if stun.parse_message(with_length(data[:end])).check_message_integrity(self._password):
                    return True
            except (ValueError, LookupError, struct.error):
                continue
        return False


class HostilePublisher(EngineRoom):
    """Plain RTP and RTCP of somebody who has the right keys and no good will."""

    seeds = MEDIA + REPORTS

    def take(self, data: bytes) -> bool:
        before = self.publisher.counters.unreadable
        now = time.monotonic()
        self.publisher.on_rtp(data, now)
        self.publisher.on_rtcp(data, now)
        return self.publisher.counters.unreadable > before


class HostileViewer(EngineRoom):
    """RTCP of a viewer who wants more than there is; the publisher goes on."""

    seeds = REPORTS

    async def begin(self) -> None:
        await super().begin()
        for packet in MEDIA:
            self.publisher.on_rtp(packet, time.monotonic())
        self.seeds = [
            one.replace((2222).to_bytes(4, "big"), stream.ssrc.to_bytes(4, "big"))
            for one in REPORTS
            for stream in self.room.stage.offered
        ]

    def take(self, data: bytes) -> bool:
        self.viewer.on_rtcp(data, time.monotonic())
        return False


def with_length(data: bytes) -> bytes:
    return data[:2] + (len(data) - 20).to_bytes(2, "big") + data[4:]


ROOMS: dict[str, Any] = {"datagram": Datagrams, "publisher": HostilePublisher, "viewer": HostileViewer}
