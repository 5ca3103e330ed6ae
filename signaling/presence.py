"""Who is here now, and which media process holds which session: expiring keys, so that a crash cleans up
after itself.

Keys live in Redis, or in memory when all is one process. Nothing here is a fact that must survive.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from redis.asyncio import Redis

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5.0
SOCKETS_TTL = 16.0
WORKER_TTL = 6.0
PEER_TTL = 6 * 3600.0
STAGE_TTL = 24 * 3600.0


class KeyStore(Protocol):
    async def put(self, key: str, value: str, seconds: float) -> None: ...

    async def get(self, key: str) -> str | None: ...

    async def claim(self, key: str, value: str, seconds: float) -> str:
        """Set unless held; returns the value that holds now."""

    async def drop(self, key: str) -> None: ...

    async def found(self, prefix: str) -> dict[str, str]:
        """All live keys that begin with `prefix`."""


class MemoryStore:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}

    async def put(self, key: str, value: str, seconds: float) -> None:
        self._kept[key] = (self._clock() + seconds, value)

    async def get(self, key: str) -> str | None:
        until, value = self._kept.get(key, (0.0, ""))
        if until > self._clock():
            return value
        self._kept.pop(key, None)
        return None

    async def claim(self, key: str, value: str, seconds: float) -> str:
        held = await self.get(key)
        if held is None:
            await self.put(key, value, seconds)
            return value
        return held

    async def drop(self, key: str) -> None:
        self._kept.pop(key, None)

    async def found(self, prefix: str) -> dict[str, str]:
        now = self._clock()
        for key in [key for key, (until, _) in self._kept.items() if until <= now]:
            del self._kept[key]
        return {key: value for key, (_, value) in self._kept.items() if key.startswith(prefix)}


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode()


class RedisStore:
    def __init__(self, redis: Redis, prefix: str = "direct-train:") -> None:
        self._redis = redis
        self._prefix = prefix

    async def put(self, key: str, value: str, seconds: float) -> None:
        await self._redis.set(self._prefix + key, value, px=int(seconds * 1000))

    async def get(self, key: str) -> str | None:
        value = await self._redis.get(self._prefix + key)
        return None if value is None else _text(value)

    async def claim(self, key: str, value: str, seconds: float) -> str:
        # SET NX GET is one step: of two processes that place a session at once, both learn the same winner.
        held = await self._redis.set(self._prefix + key, value, px=int(seconds * 1000), nx=True, get=True)
        return value if held is None or isinstance(held, bool) else _text(held)

    async def drop(self, key: str) -> None:
        await self._redis.delete(self._prefix + key)

    async def found(self, prefix: str) -> dict[str, str]:
        names = [name async for name in self._redis.scan_iter(match=f"{self._prefix}{prefix}*", count=500)]
        values = await self._redis.mget(names) if names else []
        start = len(self._prefix)
        return {_text(name)[start:]: _text(value) for name, value in zip(names, values, strict=True) if value}


@dataclass(frozen=True, slots=True)
class Sockets:
    """One process's sockets of one session. `people` counts the sockets per person id."""

    viewers: int = 0
    people: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageFacts:
    """What only the media process knows about the stage. Times are recording ms, `seat_until` epoch
    seconds.
    """

    main_present: bool = False
    guest_present: bool = False
    guest_person: int | None = None
    on_since_ms: int | None = None
    seat_until: float | None = None
    webrtc: int = 0


class Presence:
    def __init__(self, store: KeyStore, process: str) -> None:
        self._store = store
        self.process = process

    async def note_sockets(self, session_id: int, sockets: Sockets) -> None:
        await self._store.put(
            f"sockets:{session_id}:{self.process}", json.dumps(asdict(sockets)), SOCKETS_TTL
        )

    async def forget_sockets(self, session_id: int) -> None:
        await self._store.drop(f"sockets:{session_id}:{self.process}")

    async def sockets(self, session_id: int) -> Sockets:
        """Of all processes together."""
        viewers, people = 0, dict[int, int]()
        for value in (await self._store.found(f"sockets:{session_id}:")).values():
            found = json.loads(value)
            viewers += found["viewers"]
            for person, count in found["people"].items():
                people[int(person)] = people.get(int(person), 0) + count
        return Sockets(viewers, people)

    async def note_stage(self, session_id: int, facts: StageFacts) -> None:
        await self._store.put(f"stage:{session_id}", json.dumps(asdict(facts)), STAGE_TTL)

    async def stage(self, session_id: int) -> StageFacts:
        value = await self._store.get(f"stage:{session_id}")
        return StageFacts(**json.loads(value)) if value else StageFacts()

    async def own_peer(self, session_id: int, peer: str, owner: str) -> None:
        await self._store.put(f"peer:{session_id}:{peer}", owner, PEER_TTL)

    async def owner_of(self, session_id: int, peer: str) -> str | None:
        return await self._store.get(f"peer:{session_id}:{peer}")

    async def drop_peer(self, session_id: int, peer: str) -> None:
        await self._store.drop(f"peer:{session_id}:{peer}")

    # Which media process holds which session.

    async def note_worker(self, worker: str, load: int) -> None:
        await self._store.put(f"worker:{worker}", json.dumps({"load": load}), WORKER_TTL)

    async def forget_worker(self, worker: str) -> None:
        await self._store.drop(f"worker:{worker}")

    async def workers(self) -> dict[str, int]:
        """Living media processes with their load."""
        found = await self._store.found("worker:")
        loads: dict[str, Any] = {
            key.removeprefix("worker:"): json.loads(value) for key, value in found.items()
        }
        return {worker: facts["load"] for worker, facts in loads.items()}

    async def keep_placed(self, session_id: int, worker: str) -> None:
        await self._store.put(f"placed:{session_id}", worker, WORKER_TTL)

    async def placed(self, session_id: int) -> str | None:
        return await self._store.get(f"placed:{session_id}")

    async def claim_placement(self, session_id: int, worker: str) -> str:
        return await self._store.claim(f"placed:{session_id}", worker, WORKER_TTL)

    async def drop_placement(self, session_id: int) -> None:
        await self._store.drop(f"placed:{session_id}")
