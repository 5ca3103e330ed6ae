"""From one packet to every viewer.

All members of a feed get the very same plaintext, in groups (`streaming.groups`) that are encrypted and sent a
frame at a time. Three ways lead out, the best that works: `gso` (UDP segmentation and sendmmsg), `sendmmsg`
alone, and `plain`, one sendto per packet, which also serves viewers over ICE-TCP.
"""

import asyncio
from typing import Literal
from weakref import WeakSet

from streaming.gathering import MAX_PLAIN, Gathering
from streaming.groups import FanoutCounters, Group, GroupKey, Receiver, Target
from streaming.gso import can_segment
from streaming.outgoing import Feed
from streaming.rtp import shift_sequence
from streaming.sendmmsg import open_library
from streaming.workbench import Workbench

Engine = Literal["gso", "sendmmsg", "plain"]
HOLD = 0.003  # s a packet may wait for the end of its frame


class Audience:
    """Who gets one feed, and the packets that wait for it."""

    def __init__(self) -> None:
        self.gathering = Gathering()
        self.timer: asyncio.TimerHandle | None = None
        self.members: dict[Receiver, tuple[int, Group | None]] = {}  # offset; None: the plain path
        self.groups: dict[GroupKey, Group] = {}
        self.alone: dict[Receiver, int] = {}  # members without a group, served one by one; offset

    def disarm(self) -> list[bytes]:
        """Everything that waits; nothing waits and no timer runs afterwards."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        return self.gathering.take()


class Fanout:
    """The feeds of a room. `engine` is the best way that may be used; the kernel decides what it can be."""

    def __init__(self, engine: Engine = "gso") -> None:
        self.counters = FanoutCounters()
        self._segmenting = engine == "gso"
        self._library = open_library() if engine != "plain" else None
        self._bench: Workbench | None = None
        self._audiences: dict[Feed, Audience] = {}
        self._unsegmented: WeakSet[Receiver] = WeakSet()  # their path refused segments once

    # -- who

    def join(self, feed: Feed, receiver: Receiver, offset: int = 0) -> None:
        """From the next packet on `receiver` gets `feed`, its sequence numbers moved by `offset`."""
        audience = self._audiences.setdefault(feed, Audience())
        if receiver not in audience.members:
            self.flush(feed)  # what waits was for those before
            self._seat(audience, receiver, offset)

    def leave(self, feed: Feed, receiver: Receiver) -> None:
        """No further packet of `feed` for `receiver`, and its keys are let go; unknown ones are ignored."""
        audience = self._audiences.get(feed)
        if audience is None or receiver not in audience.members:
            return
        self._unseat(audience, receiver)
        if not audience.members:
            audience.disarm()
            del self._audiences[feed]

    def moved(self, receiver: Receiver) -> None:
        """The receiver's address or kind of route changed."""
        for audience in self._audiences.values():
            if receiver in audience.members:
                self._seat(audience, receiver, self._unseat(audience, receiver))

    def members(self, feed: Feed) -> list[Receiver]:
        """Who gets `feed` now."""
        audience = self._audiences.get(feed)
        return [*audience.members] if audience is not None else []

    def ways(self) -> dict[str, int]:
        """How many receivers are served by each way now."""
        found: dict[str, set[Receiver]] = {"gso": set(), "sendmmsg": set(), "plain": set()}
        for audience in self._audiences.values():
            for receiver, (_, group) in audience.members.items():
                batch = "gso" if group is not None and group.key.segmented else "sendmmsg"
                found[batch if group is not None else "plain"].add(receiver)
        return {way: len(receivers) for way, receivers in found.items()}

    @property
    def engine(self) -> Engine:
        """The best way that is still in use."""
        if self._library is None:
            return "plain"
        return "gso" if self._segmenting else "sendmmsg"

    # -- what

    def send(self, feed: Feed, packet: bytes, ends: bool) -> None:
        """Hand in one packet. `ends`: its frame is whole, or it stands alone, and all goes out now."""
        audience = self._audiences.get(feed)
        if audience is None:
            return
        if len(packet) > MAX_PLAIN:
            self.counters.too_long += len(audience.members)
        elif audience.gathering.add(packet):
            ends = True
        if ends:
            self.flush(feed)
        elif audience.timer is None and len(audience.gathering):
            audience.timer = asyncio.get_running_loop().call_later(HOLD, self.flush, feed)

    def send_to(self, receiver: Receiver, packets: list[bytes], offset: int = 0) -> None:
        """Catch one receiver up, in order and at once."""
        fitting = [packet for packet in packets if len(packet) <= MAX_PLAIN]
        self.counters.too_long += len(packets) - len(fitting)
        ready = _moved(fitting, offset)
        target = self._target(receiver)
        if target is None or self._bench is None:
            self._send_plain(receiver, ready)
            return
        alone = Group(self._key(receiver, target), self._bench, self.counters)
        alone.add(receiver, target, 0)
        alone.send(ready)
        self._learn(alone)

    def flush(self, feed: Feed) -> None:
        """Send what waits for `feed`."""
        audience = self._audiences.get(feed)
        packets = audience.disarm() if audience is not None else []
        if audience is None or not packets:
            return
        groups = [*audience.groups.values()]
        for group in groups:
            group.send(packets)
        for receiver, offset in [*audience.alone.items()]:
            self._send_plain(receiver, _moved(packets, offset))
        for group in groups:  # only now: who changes its group must not be served twice
            self._learn(group)

    def _send_plain(self, receiver: Receiver, packets: list[bytes]) -> None:
        for packet in packets:
            receiver.send_packet(packet)
        self.counters.sent += len(packets)

    # -- how

    def _target(self, receiver: Receiver) -> Target | None:
        target = receiver.target() if self._library is not None else None
        if target is not None and self._bench is None:
            self._bench = Workbench(self._library)
        return target

    def _key(self, receiver: Receiver, target: Target) -> GroupKey:
        self._segmenting = self._segmenting and can_segment(target.sock)
        segmented = self._segmenting and receiver not in self._unsegmented
        return GroupKey(target.sock, target.keys.tag, segmented)

    def _seat(self, audience: Audience, receiver: Receiver, offset: int) -> None:
        target = self._target(receiver)
        if target is None or self._bench is None:
            audience.members[receiver] = offset, None
            audience.alone[receiver] = offset
            return
        key = self._key(receiver, target)
        group = audience.groups.get(key)
        if group is None:
            group = audience.groups[key] = Group(key, self._bench, self.counters)
        group.add(receiver, target, offset)
        audience.members[receiver] = offset, group

    def _unseat(self, audience: Audience, receiver: Receiver) -> int:
        """Take a member out of its group; the offset of its numbers."""
        offset, group = audience.members.pop(receiver)
        audience.alone.pop(receiver, None)
        if group is not None:
            group.remove(receiver)
            if not len(group):
                del audience.groups[group.key]
        return offset

    def _learn(self, group: Group) -> None:
        """Fall back where the kernel refused: one receiver to unsegmented messages, or all to plain sendto."""
        if group.unavailable and self._library is not None:
            self._library = None
            for receiver in {one for audience in self._audiences.values() for one in audience.members}:
                self.moved(receiver)
        refusers, group.refusers = group.refusers, []
        for receiver in refusers:
            self._unsegmented.add(receiver)
            self.moved(receiver)


def _moved(packets: list[bytes], offset: int) -> list[bytes]:
    return [shift_sequence(packet, offset) for packet in packets] if offset else packets
