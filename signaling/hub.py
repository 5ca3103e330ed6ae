"""One channel-layer subscription per process and room, then a local loop over the sockets.

A subscription per socket costs the layer a queue and a JSON round per listener (2000 sockets: 2 s and
everything else on the loop stands still). Here a message is received once, made into a string once, and put
into each socket's own bounded outbox; who reads slowly loses from that outbox and nobody else notices.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from redis.exceptions import RedisError

log = logging.getLogger(__name__)

Message = dict[str, Any]
# The layer forgets a group member after a day; a broadcast process lives longer than that.
RENEW_SECONDS = 1800.0
RETRY_SECONDS = 1.0
STALE: Message = {"type": "stale"}
# What concerns a person in whatever room: {"type": "logged_out", "person": id} of `people.actions`.
PEOPLE = "people"


class Member(Protocol):
    """One socket as the hub sees it."""

    @property
    def session_id(self) -> int: ...

    def offer(self, text: str) -> None: ...

    def logged_out(self, person_id: int) -> None:
        """`person_id` has logged out everywhere; this socket ends if it is theirs."""

    def is_meant(self, to: dict[str, Any]) -> bool:
        """Whether a message directed at `to` ({person: id}, {role: name} or {peer: id}) is for this
        socket.
        """


class Layer(Protocol):
    """The part of a Django Channels layer that the hub uses."""

    async def new_channel(self) -> str: ...

    async def group_add(self, group: str, channel: str) -> None: ...

    async def group_discard(self, group: str, channel: str) -> None: ...

    async def group_send(self, group: str, message: Message) -> None: ...

    async def receive(self, channel: str) -> Message: ...


def topic_of(session_id: int) -> str:
    return f"session.{session_id}"


def envelope(message: Message) -> Message:
    """What travels through the layer: the message as clients get it, and whom it is meant for (None:
    everybody).
    """
    plain = dict(message)
    return {"type": "room.message", "to": plain.pop("to", None), "message": plain}


@dataclass(eq=False)
class _Room:
    session_id: int
    channel: str
    members: set[Member] = field(default_factory=set)
    listening: asyncio.Task[None] | None = None
    # The newest that was delivered.
    stage: Message = field(default_factory=lambda: {"revision": 0})


def _groups(room: _Room) -> tuple[str, str]:
    return topic_of(room.session_id), PEOPLE


class Hub:
    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._rooms: dict[int, _Room] = {}
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self.delivered = 0

    def sessions(self) -> list[int]:
        return list(self._rooms)

    def members(self, session_id: int) -> frozenset[Member]:
        room = self._rooms.get(session_id)
        return frozenset(room.members) if room else frozenset()

    async def join(self, member: Member) -> None:
        async with self._lock:
            room = self._rooms.get(member.session_id)
            if room is None:
                room = _Room(member.session_id, await self._layer.new_channel())
                for group in _groups(room):
                    await self._layer.group_add(group, room.channel)
                room.listening = asyncio.create_task(self._listen(room))
                self._rooms[member.session_id] = room
            if self._renewing is None:
                self._renewing = asyncio.create_task(self._renew())
            room.members.add(member)

    async def leave(self, member: Member) -> None:
        async with self._lock:
            room = self._rooms.get(member.session_id)
            if room is None:
                return
            room.members.discard(member)
            if not room.members:
                del self._rooms[member.session_id]
                await self._close(room)

    async def close(self) -> None:
        async with self._lock:
            if self._renewing is not None:
                await _ended(self._renewing)
                self._renewing = None
            for room in self._rooms.values():
                await self._close(room)
            self._rooms.clear()

    async def announce(self, session_id: int, message: Message) -> None:
        """To every process; a layer that is away costs the message, not the caller."""
        try:
            await self._layer.group_send(topic_of(session_id), envelope(message))
        except (RedisError, OSError) as error:
            log.warning("announcement for session %s lost: %s", session_id, type(error).__name__)

    def deliver(self, session_id: int, message: Message, to: dict[str, Any] | None = None) -> int:
        """Into the outboxes of this process's sockets; returns how many."""
        room = self._rooms.get(session_id)
        if room is None:
            return 0
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        chosen: Iterable[Member] = room.members
        if to is not None:
            chosen = [member for member in room.members if member.is_meant(to)]
        count = 0
        for member in chosen:
            member.offer(text)
            count += 1
        self.delivered += count
        return count

    def newest(self, session_id: int, stage: Message) -> Message:
        """`stage`, or the one that was delivered here while `stage` was being read."""
        room = self._rooms.get(session_id)
        if room is None or room.stage["revision"] <= stage["revision"]:
            return stage
        return {name: value for name, value in room.stage.items() if name != "type"}

    async def _listen(self, room: _Room) -> None:
        while True:
            try:
                carried = await self._layer.receive(room.channel)
            except (RedisError, OSError) as error:
                log.warning(
                    "session %s: the channel layer is away (%s)", room.session_id, type(error).__name__
                )
                await self._subscribe_again(room)
                continue
            self._take(room, carried["message"], carried["to"])

    def _take(self, room: _Room, message: Message, to: dict[str, Any] | None) -> None:
        if message.get("type") == "stage":
            # Several tasks and processes read the stage and announce it. One that was overtaken must not be heard last:
            # a guest on the air would be told to wait.
            # A process of an older version tells no revision: what it says is taken as it comes.
            message.setdefault("revision", room.stage["revision"])
            if message["revision"] < room.stage["revision"]:
                return
            room.stage = message
        if message.get("type") != "logged_out":
            self.deliver(room.session_id, message, to)
            return
        for member in room.members:
            member.logged_out(int(message["person"]))

    async def _subscribe_again(self, room: _Room) -> None:
        while True:
            await asyncio.sleep(RETRY_SECONDS)
            try:
                for group in _groups(room):
                    await self._layer.group_add(group, room.channel)
            except (RedisError, OSError):
                continue
            # What was said meanwhile is gone: everybody asks for the changes since the revision they know.
            self.deliver(room.session_id, STALE)
            return

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            for room in list(self._rooms.values()):
                with contextlib.suppress(RedisError, OSError):
                    for group in _groups(room):
                        await self._layer.group_add(group, room.channel)

    async def _close(self, room: _Room) -> None:
        if room.listening is not None:
            await _ended(room.listening)
        with contextlib.suppress(RedisError, OSError):
            for group in _groups(room):
                await self._layer.group_discard(group, room.channel)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
