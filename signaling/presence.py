"""Who is here now, and which media process holds which session: expiring keys, so that a crash cleans up
after itself.

Keys live in Redis, or in memory when all is one process. Nothing here is a fact that must survive.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from signaling.redis_anew import has_begun_anew
from signaling.watched import Villages, added

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

    async def drop_if(self, key: str, value: str) -> None:
        """Drop unless it holds another value by now."""

    async def show_life(self, name: str) -> None:
        """`name` lives until this process ends or `end_life`; to be called again and again."""

    async def end_life(self, name: str) -> None: ...

    async def living(self, names: list[str]) -> set[str]:
        """Those whose process has not ended. A machine that lost its power is not noticed here."""

    async def found(self, prefix: str) -> dict[str, str]:
        """All live keys that begin with `prefix`."""

    async def is_forgetful(self) -> bool:
        """Whether the keys were lost a moment ago: who is missing may only not have spoken up again yet."""


class MemoryStore:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}
        self._living: set[str] = set()

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

    async def drop_if(self, key: str, value: str) -> None:
        if await self.get(key) == value:
            del self._kept[key]

    async def show_life(self, name: str) -> None:
        self._living.add(name)

    async def end_life(self, name: str) -> None:
        self._living.discard(name)

    async def living(self, names: list[str]) -> set[str]:
        return self._living.intersection(names)

    async def found(self, prefix: str) -> dict[str, str]:
        now = self._clock()
        for key in [key for key, (until, _) in self._kept.items() if until <= now]:
            del self._kept[key]
        return {key: value for key, (_, value) in self._kept.items() if key.startswith(prefix)}

    async def is_forgetful(self) -> bool:
        return False


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode()


# One step in Redis, so that a key claimed anew in between is left alone.
_DROP_IF = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end"


class RedisStore:
    """Life is shown by a subscription that nobody publishes to: however a process ends, its connection is
    closed by the kernel at that moment, seconds before any key expires.
    """

    def __init__(self, redis: Redis, prefix: str = "direct-train:") -> None:
        self._redis = redis
        self._prefix = prefix
        self._lives: dict[str, PubSub] = {}
        self._since = time.monotonic()

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

    async def drop_if(self, key: str, value: str) -> None:
        await self._redis.eval(_DROP_IF, 1, self._prefix + key, value)

    async def show_life(self, name: str) -> None:
        if await self.living([name]):
            return
        await self.end_life(name)  # Redis was away: the old subscription is gone with its connection
        life = self._lives[name] = self._redis.pubsub()
        await life.subscribe(self._channel(name))

    async def end_life(self, name: str) -> None:
        life = self._lives.pop(name, None)
        if life is not None:
            await life.aclose()  # type: ignore[no-untyped-call]  # redis left it without types

    async def living(self, names: list[str]) -> set[str]:
        if not names:
            return set()
        counts = await self._redis.pubsub_numsub(*map(self._channel, names))
        return {name for name, (_, count) in zip(names, counts, strict=True) if count}

    def _channel(self, name: str) -> str:
        return f"{self._prefix}alive:{name}"

    async def found(self, prefix: str) -> dict[str, str]:
        names = [name async for name in self._redis.scan_iter(match=f"{self._prefix}{prefix}*", count=500)]
        values = await self._redis.mget(names) if names else []
        start = len(self._prefix)
        return {_text(name)[start:]: _text(value) for name, value in zip(names, values, strict=True) if value}

    async def is_forgetful(self) -> bool:
        return await has_begun_anew(self._redis, self._since)


@dataclass(frozen=True, slots=True)
class Sockets:
    """One process's sockets of one session. `people` counts the sockets per person id; `hls` and `sound` the
    viewers whose page plays the programme over HLS, with picture or without, and `watched` for how long."""

    viewers: int = 0
    people: dict[int, int] = field(default_factory=dict)
    hls: int = 0
    sound: int = 0
    watched: Villages = field(default_factory=dict)


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
    cohosts: list[int] = field(default_factory=list)  # persons
    sharing: str = ""  # the slot whose picture holds a screen
    running: bool = False  # the broadcast has begun, is not over and not paused


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
        viewers, people, hls, sound, watched = 0, dict[int, int](), 0, 0, Villages()
        for value in (await self._store.found(f"sockets:{session_id}:")).values():
            found = json.loads(value)
            viewers += found["viewers"]
            hls += found.get("hls", 0)
            sound += found.get("sound", 0)
            watched = added(watched, found.get("watched", {}))
            for person, count in found["people"].items():
                people[int(person)] = people.get(int(person), 0) + count
        return Sockets(viewers, people, hls, sound, watched)

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

    # Figures of the media processes, for whoever measures.

    async def note_figures(self, worker: str, figures: dict[str, Any]) -> None:
        await self._store.put(f"figures:{worker}", json.dumps(figures), SOCKETS_TTL)

    async def figures(self) -> dict[str, dict[str, Any]]:
        """By media process: session → its figures (`streaming.statistics.figures`)."""
        found = await self._store.found("figures:")
        return {key.removeprefix("figures:"): json.loads(value) for key, value in found.items()}

    # Which media process holds which session.

    async def note_worker(self, worker: str, viewers: int) -> None:
        await self._store.show_life(f"worker:{worker}")
        await self._store.put(f"worker:{worker}", json.dumps({"viewers": viewers}), WORKER_TTL)

    async def forget_worker(self, worker: str) -> None:
        await self._store.drop(f"worker:{worker}")
        await self._store.end_life(f"worker:{worker}")

    async def workers(self) -> dict[str, int]:
        """Living media processes with their viewers."""
        found = await self._store.found("worker:")
        living = await self._store.living([*found])
        loads: dict[str, Any] = {
            key.removeprefix("worker:"): json.loads(value) for key, value in found.items() if key in living
        }
        return {worker: facts["viewers"] for worker, facts in loads.items()}

    async def keep_placed(self, session_id: int, worker: str) -> None:
        await self._store.put(f"placed:{session_id}", worker, WORKER_TTL)

    async def placed(self, session_id: int) -> str | None:
        return await self._store.get(f"placed:{session_id}")

    async def drop_placement(self, session_id: int, worker: str) -> None:
        """It is not `worker` any more that holds the session."""
        await self._store.drop_if(f"placed:{session_id}", worker)

    async def place(self, session_id: int) -> str | None:
        """The living process that holds the session; if there is none, the least loaded gets it now, and with
        nobody alive, or nobody known yet, None.
        """
        workers = await self.workers()
        held = await self.placed(session_id)
        if held in workers:
            return held
        if await self._store.is_forgetful():
            return None  # the first to be back would take the sessions of all others, who still record them
        if held is not None:
            await self.drop_placement(session_id, held)
        if not workers:
            return None
        # Sessions count beside viewers: those of a dead process are placed before anybody watches them.
        sessions = Counter((await self._store.found("placed:")).values())
        least = min(sorted(workers), key=lambda worker: workers[worker] + sessions[worker])
        return await self._store.claim(f"placed:{session_id}", least, WORKER_TTL)
