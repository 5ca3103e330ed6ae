"""Viewers that share one plaintext, encrypted and sent in chunks.

A group has one feed (so one map of payload types, one codec and one layer, with RED or without), one length of
SRTP tag, one socket, and one way of sending. From viewer to viewer only the keys differ, and the offset of the
sequence numbers: somebody who came from another layer goes on counting where it was. As every viewer has its
own keys, no key ever meets the same counter with two plaintexts (RFC 7714, section 8.4).
"""

import errno
import socket
from dataclasses import dataclass
from typing import Any, Protocol

from streaming.dtls import SendKeys, protect_in_place
from streaming.gathering import MAX_RUN, Run, cut_into_runs
from streaming.gso import REFUSALS
from streaming.sendmmsg import Headers, socket_address
from streaming.workbench import CHUNK, Workbench


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where a viewer's datagrams go, and its keys."""

    sock: socket.socket
    address: tuple[str, int]
    keys: SendKeys


class Receiver(Protocol):
    """A viewer as the fan-out sees it."""

    def send_packet(self, packet: bytes) -> None:
        """The plain path: encrypt one packet and send it by whatever route there is."""

    def target(self) -> Target | None:
        """For batches; None while the viewer has no UDP address or no keys."""


@dataclass(slots=True)
class FanoutCounters:
    """Since the room began; packets unless said otherwise."""

    sent: int = 0
    blocked: int = 0  # the socket's buffer was full (EAGAIN)
    failed: int = 0  # the kernel refused this viewer's datagrams
    unsendable: int = 0  # libsrtp refused: too old, keys used up
    too_long: int = 0
    short: int = 0  # calls of sendmmsg that took fewer messages than were given
    refused_runs: int = 0  # runs that could not go in one piece and went packet by packet


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the viewers of a group have in common, besides the feed."""

    sock: socket.socket
    tag: int
    segmented: bool  # UDP GSO; otherwise one message per packet


class Chunk:
    """Up to `CHUNK` members in the order of their places. It owns their keys while they are in it."""

    def __init__(self, bench: Workbench) -> None:
        self.members: list[tuple[Receiver, Target]] = []
        self.offsets: list[int] = []  # of the sequence numbers, by place
        self._bench = bench
        self._headers: Headers | None = None
        self._handles: dict[int, list[Any]] = {}

    def add(self, receiver: Receiver, target: Target, offset: int) -> None:
        """One more, at the end."""
        self.members.append((receiver, target))
        self.offsets.append(offset)
        self._headers = None

    def remove(self, receiver: Receiver) -> None:
        """One less; the others move up."""
        place = next(at for at, member in enumerate(self.members) if member[0] is receiver)
        del self.members[place], self.offsets[place]
        self._headers = None

    @property
    def headers(self) -> Headers:
        """The message headers, written anew after a change."""
        if self._headers is None:
            targets = [target for _, target in self.members]
            addresses = [socket_address(target.address) for target in targets]
            self._headers = Headers(self._bench.vectors, self._bench.control, addresses)
            self._handles.clear()
        return self._headers

    def handles(self, count: int) -> list[Any]:
        """Every member's SRTP session, `count` times each; as of the last look at `headers`."""
        found = self._handles.get(count)
        if found is None:
            found = [target.keys.handle for _, target in self.members for _ in range(count)]
            self._handles[count] = found
        return found


class Group:
    """See the module's text. `refusers` collects members that cannot take segments; the owner moves them."""

    def __init__(self, key: GroupKey, bench: Workbench, counters: FanoutCounters) -> None:
        self.key = key
        self.refusers: list[Receiver] = []
        self.unavailable = False  # the kernel has no sendmmsg after all
        self._bench = bench
        self._counters = counters
        self._chunks: list[Chunk] = []
        self._chunk_of: dict[Receiver, Chunk] = {}

    def __len__(self) -> int:
        return len(self._chunk_of)

    def add(self, receiver: Receiver, target: Target, offset: int) -> None:
        """From the next run on `receiver` gets everything, its numbers moved by `offset`."""
        chunk = next((chunk for chunk in self._chunks if len(chunk.members) < CHUNK), None)
        if chunk is None:
            chunk = Chunk(self._bench)
            self._chunks.append(chunk)
        chunk.add(receiver, target, offset)
        self._chunk_of[receiver] = chunk

    def remove(self, receiver: Receiver) -> None:
        """Nothing more for `receiver`; its keys are let go."""
        chunk = self._chunk_of.pop(receiver)
        chunk.remove(receiver)
        if not chunk.members:
            self._chunks.remove(chunk)

    def send(self, packets: list[bytes]) -> None:
        """Encrypt and send for everybody."""
        for run in cut_into_runs(packets, MAX_RUN if self.key.segmented else 1):
            self._bench.load(run, self.key.tag)
            for chunk in self._chunks:
                self._send_run(chunk, run)

    def _send_run(self, chunk: Chunk, run: Run) -> None:
        bench, viewers, count = self._bench, len(chunk.members), len(run.packets)
        headers = chunk.headers
        bench.fill(chunk.offsets)
        results = list(map(protect_in_place, chunk.handles(count), bench.packets, bench.lengths))
        if any(results):
            self._send_around(chunk, results, count)
        else:
            self._send_places(chunk, headers, 0, viewers, count)

    def _send_around(self, chunk: Chunk, results: list[int], count: int) -> None:
        """Somebody's packet was not encrypted: it must not leave; everything else goes as ever."""
        for place in range(len(chunk.members)):
            mine = results[place * count : (place + 1) * count]
            if any(mine):
                self._counters.unsendable += sum(map(bool, mine))
                self._send_singly(chunk, place, [at for at, result in enumerate(mine) if not result])
            else:
                self._send_places(chunk, chunk.headers, place, place + 1, count)

    def _send_places(self, chunk: Chunk, headers: Headers, first: int, end: int, count: int) -> None:
        """Hand the places to the kernel until each went or failed for a reason of its own."""
        fileno, counters = self.key.sock.fileno(), self._counters
        while first < end:
            sent = self._bench.send(fileno, headers, first, end - first)
            if sent > 0:
                counters.short += sent < end - first
                counters.sent += sent * count
                first += sent
            elif -sent == errno.EINTR:
                continue
            elif -sent in (errno.EAGAIN, errno.ENOBUFS):
                counters.blocked += (end - first) * count
                return
            else:
                self._on_error(chunk, first, -sent, count)
                first += 1

    def _on_error(self, chunk: Chunk, place: int, error: int, count: int) -> None:
        """The message at `place` failed; those behind it were not tried yet."""
        if error == errno.ENOSYS:
            self.unavailable = True
        elif count == 1 or error not in REFUSALS:
            self._counters.failed += count
            return
        else:
            self._counters.refused_runs += 1
            self.refusers.append(chunk.members[place][0])
        self._send_singly(chunk, place, range(count))

    def _send_singly(self, chunk: Chunk, place: int, which: list[int] | range) -> None:
        """The encrypted packets of one place by plain sendto."""
        target = chunk.members[place][1]
        datagrams = self._bench.datagrams(place)
        for at in which:
            try:
                target.sock.sendto(datagrams[at], target.address)
            except BlockingIOError:
                self._counters.blocked += 1
            except OSError:
                self._counters.failed += 1
            else:
                self._counters.sent += 1
