"""The way from the sockets to the media process that holds a session.

In the all-in-one process it is a function call. Across processes it is a command list per media process in
Redis and a reply key per call; media itself never crosses Redis. A session is placed on the least loaded
living process by its first command; when that process dies, the next command or the beat of another process
places it anew.
"""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from django.utils.translation import gettext as _
from redis.asyncio import Redis
from redis.exceptions import RedisError

from signaling.errors import Refusal, translate
from signaling.media_commands import MediaCommand, from_wire, to_wire
from signaling.presence import Presence
from streaming.errors import StreamingError

log = logging.getLogger(__name__)

Handle = Callable[[MediaCommand], Awaitable[dict[str, Any]]]

REPLY_SECONDS = 5.0
REPLY_TTL = 30
COMMANDS_TTL = 60
# Commands of one media process that are worked on at the same time; the rest wait in the list.
AT_ONCE = 64


def away() -> Refusal:
    return Refusal("try_later", _("媒体服务正在重启或繁忙，请几秒后再试"))


class MediaLink(Protocol):
    webrtc: bool

    async def call(self, command: MediaCommand) -> dict[str, Any]:
        """The media process's answer. Raises StreamingError (its refusal) or Refusal("try_later")."""

    async def place_of(self, session_id: int) -> str | None:
        """The media process that holds the session now, or none; a change tells the clients to join again."""


class NoMediaLink:
    """A web process without Redis and without media of its own: pages and segments only."""

    webrtc = False

    async def call(self, command: MediaCommand) -> dict[str, Any]:
        raise away()

    async def place_of(self, session_id: int) -> str | None:
        return None


class LocalMediaLink:
    """A call in the same process. `connect` comes after the parts exist, since the service announces through
    them.
    """

    webrtc = True

    def __init__(self, handle: Handle | None = None) -> None:
        self._handle = handle

    def connect(self, handle: Handle) -> None:
        self._handle = handle

    async def call(self, command: MediaCommand) -> dict[str, Any]:
        if self._handle is None:
            raise away()
        return await self._handle(command)

    async def place_of(self, session_id: int) -> str | None:
        return "local"


def commands_key(worker: str) -> str:
    return f"direct-train:media:commands:{worker}"


class RedisMediaLink:
    webrtc = True

    def __init__(self, redis: Redis, presence: Presence, reply_seconds: float = REPLY_SECONDS) -> None:
        self._redis = redis
        self._presence = presence
        self._reply_seconds = reply_seconds

    async def place_of(self, session_id: int) -> str | None:
        try:
            return await self._presence.placed(session_id)
        except (RedisError, OSError):
            return None

    async def call(self, command: MediaCommand) -> dict[str, Any]:
        try:
            worker = await self._presence.place(int(command.session))
            if worker is None:
                raise away()
            return await self._ask(worker, command)
        except (RedisError, OSError) as error:
            log.warning("no way to the media processes: %s", type(error).__name__)
            raise away() from None

    async def _ask(self, worker: str, command: MediaCommand) -> dict[str, Any]:
        reply_key = f"direct-train:media:reply:{secrets.token_hex(12)}"
        request = {
            "reply": reply_key,
            "until": time.time() + self._reply_seconds,
            "command": to_wire(command),
        }
        key = commands_key(worker)
        await self._redis.rpush(key, json.dumps(request))
        await self._redis.expire(key, COMMANDS_TTL)
        found = await self._redis.blpop([reply_key], timeout=self._reply_seconds)
        if found is None:
            raise away()
        reply: dict[str, Any] = json.loads(found[1])
        if "refused" in reply:
            raise StreamingError(reply["refused"]["code"], reply["refused"]["message"])
        if "error" in reply:
            raise Refusal(reply["error"]["code"], reply["error"]["message"])
        answer: dict[str, Any] = reply["ok"]
        return answer


class RedisMediaServer:
    """The media process's end: takes commands from its list, answers each on its reply key."""

    def __init__(self, redis: Redis, worker: str, handle: Handle) -> None:
        self._redis = redis
        self._worker = worker
        self._handle = handle
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; outlives a Redis that goes and comes back."""
        while True:
            await self._places.acquire()
            try:
                found = await self._redis.blpop([commands_key(self._worker)], timeout=1)
            except (RedisError, OSError) as error:
                log.warning("Redis is away: %s", type(error).__name__)
                found = None
                await asyncio.sleep(1)
            if found is None:
                self._places.release()
                continue
            task = asyncio.create_task(self._answer(found[1]))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._places.release()

    async def _answer(self, text: bytes | str) -> None:
        request = json.loads(text)
        if request["until"] < time.time():
            # Nobody waits any more; doing it now would surprise them.
            return
        reply: dict[str, Any]
        try:
            reply = {"ok": await self._handle(from_wire(request["command"]))}
        except StreamingError as error:
            reply = {"refused": {"code": error.code, "message": str(error)}}
        except Exception as error:  # noqa: BLE001 - logged here, translated for the caller elsewhere
            reply = {"error": translate(error)}
        try:
            await self._redis.rpush(request["reply"], json.dumps(reply))
            await self._redis.expire(request["reply"], REPLY_TTL)
        except (RedisError, OSError) as error:
            log.warning("a reply is lost: %s", type(error).__name__)
