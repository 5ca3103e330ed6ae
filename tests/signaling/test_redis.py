"""The same seams over a real Redis: keys, commands to media processes, announcements between processes."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from channels_redis.core import RedisChannelLayer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from signaling.carrier import LayerCarrier
from signaling.client import Client
from signaling.errors import Refusal
from signaling.hub import Hub
from signaling.media_commands import Clock, MediaCommand
from signaling.media_link import RedisMediaLink, RedisMediaServer
from signaling.parts import redis_client
from signaling.presence import Presence, RedisStore, Sockets
from streaming.commands import Watch
from streaming.errors import StreamingError
from tests.signaling.redis_server import RedisServer, running_redis

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with running_redis() as one:
        yield one


@pytest_asyncio.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    client = redis_client(server.url)
    await client.flushall()
    yield client
    await client.aclose()


def layer_of(server: RedisServer) -> Any:
    return RedisChannelLayer(hosts=[{"address": server.url, "socket_timeout": None}])


class Media:
    """A media process's end: answers with its name, refuses viewers beyond `room`, and says nothing when
    deaf.
    """

    def __init__(self, redis: Redis, name: str, room: int = 10) -> None:
        self.presence = Presence(RedisStore(redis), name)
        self.name, self.room, self.seen = name, room, 0
        self._server = RedisMediaServer(redis, name, self.handle)

    async def handle(self, command: MediaCommand) -> dict[str, Any]:
        self.seen += 1
        if isinstance(command, Clock):
            raise ZeroDivisionError("a fault of ours")
        if self.seen > self.room:
            raise StreamingError("full", "no place")
        return {"peer": self.name, "sdp": "v=0"}

    async def __aenter__(self) -> "Media":
        await self.presence.note_worker(self.name, self.seen)
        self._task = asyncio.create_task(self._server.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.presence.forget_worker(self.name)


async def test_keys_expire_and_are_claimed_once(redis: Redis) -> None:
    store = RedisStore(redis)
    await store.put("a:1", "x", 0.2)
    await store.put("a:2", "y", 60)
    await store.put("b:1", "z", 60)
    assert await store.found("a:") == {"a:1": "x", "a:2": "y"}
    claims = await asyncio.gather(*(store.claim("place", str(number), 60) for number in range(20)))
    assert len(set(claims)) == 1
    await asyncio.sleep(0.3)
    assert await store.get("a:1") is None
    presence = Presence(store, "one")
    await presence.note_sockets(12, Sockets(2, {7: 1}))
    assert await presence.sockets(12) == Sockets(2, {7: 1})


async def test_commands_are_answered_and_refusals_come_back_as_such(redis: Redis) -> None:
    async with Media(redis, "m1", room=2):
        link = RedisMediaLink(redis, Presence(RedisStore(redis), "web"), reply_seconds=5)
        for _ in range(2):
            assert (await link.call(Watch("12", "v")))["peer"] == "m1"
        with pytest.raises(StreamingError) as full:
            await link.call(Watch("12", "v"))
        assert full.value.code == "full"
        with pytest.raises(Refusal) as ours:
            await link.call(Clock("12"))
        assert ours.value.code == "ours"
        assert "fault of ours" not in ours.value.message


async def test_a_session_goes_to_the_least_loaded_process_and_stays(redis: Redis) -> None:
    link = RedisMediaLink(redis, Presence(RedisStore(redis), "web"))
    async with Media(redis, "busy") as busy, Media(redis, "idle"):
        await busy.presence.note_worker("busy", 5)
        assert (await link.call(Watch("12", "v")))["peer"] == "idle"
        await busy.presence.note_worker("idle", 50)
        assert (await link.call(Watch("12", "v")))["peer"] == "idle"
        assert (await link.call(Watch("13", "v")))["peer"] == "busy"


async def test_a_dead_process_loses_its_sessions_to_another(redis: Redis) -> None:
    presence = Presence(RedisStore(redis), "web")
    link = RedisMediaLink(redis, presence)
    async with Media(redis, "first"):
        assert (await link.call(Watch("12", "v")))["peer"] == "first"
    async with Media(redis, "second"):
        assert (await link.call(Watch("12", "v")))["peer"] == "second"
    assert await link.place_of(12) == "second"


async def test_a_process_that_is_cut_off_is_dead_at_once_and_back_at_its_next_beat(
    server: RedisServer, redis: Redis
) -> None:
    own = redis_client(server.url)
    media, web = Presence(RedisStore(own), "media"), Presence(RedisStore(redis), "web")
    await media.note_worker("media", 3)
    assert await web.workers() == {"media": 3}
    assert await web.place(12) == "media"
    await own.aclose()  # what the kernel does to a killed process; the keys still have seconds to live
    await eventually_without_workers(web)
    assert await web.placed(12) == "media" and await web.place(12) is None
    again = Presence(RedisStore(redis), "media")
    await again.note_worker("media", 0)
    assert await web.place(12) == "media"
    await redis.client_kill_filter(_type="pubsub")
    await eventually_without_workers(web)
    await again.note_worker("media", 0)
    assert await web.workers() == {"media": 0}
    await again.forget_worker("media")
    assert await web.workers() == {}


async def test_a_redis_that_was_restarted_moves_no_session() -> None:
    with running_redis() as server:
        holder, other = (Presence(RedisStore(redis_client(server.url)), name) for name in ("holder", "other"))
        await holder.note_worker("holder", 0)
        assert await other.place(12) == "holder"
        server.stop()
        await asyncio.sleep(2.0)
        server.start()
        await back(other)  # the first of them
        assert await other.place(12) is None
        await back(holder)
        await holder.keep_placed(12, "holder")
        assert await other.place(12) == "holder"
        # Who comes to know Redis only now need not wait.
        assert await Presence(RedisStore(redis_client(server.url)), "web").place(13) is not None


async def back(presence: Presence) -> None:
    """Beats as a media process does; what it asks over a connection of before fails once."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await presence.note_worker(presence.process, 0)
            except RedisError:
                await asyncio.sleep(0.02)


async def eventually_without_workers(presence: Presence) -> None:
    async with asyncio.timeout(20):
        while await presence.workers():  # noqa: ASYNC110  # it is told by nothing but Redis
            await asyncio.sleep(0.02)


async def test_no_process_or_a_silent_one_is_try_later(redis: Redis) -> None:
    presence = Presence(RedisStore(redis), "web")
    link = RedisMediaLink(redis, presence, reply_seconds=0.3)
    with pytest.raises(Refusal) as none:
        await link.call(Watch("12", "v"))
    assert none.value.code == "try_later"
    await presence.note_worker("deaf", 0)
    with pytest.raises(Refusal) as deaf:
        await link.call(Watch("12", "v"))
    assert deaf.value.code == "try_later"


async def test_a_command_nobody_waits_for_is_not_done(redis: Redis) -> None:
    presence = Presence(RedisStore(redis), "web")
    await presence.note_worker("late", 0)
    with pytest.raises(Refusal):
        await RedisMediaLink(redis, presence, reply_seconds=0.2).call(Watch("12", "v"))
    async with Media(redis, "late") as media:
        assert (await RedisMediaLink(redis, presence).call(Watch("12", "v")))["peer"] == "late"
        assert media.seen == 1


async def test_announcements_cross_processes(server: RedisServer) -> None:
    here, there = Hub(layer_of(server)), Hub(layer_of(server))
    one = Client(session_id=12, session_key=None, language="en")
    two = Client(session_id=12, session_key=None, language="en")
    await here.join(one)
    await there.join(two)
    carrier = LayerCarrier(layer_of(server))
    # From another thread, as an action of a page does after its commit.
    await asyncio.to_thread(
        carrier, "session.12", {"type": "session", "session": 12, "revision": 3, "state": "live"}
    )
    for client in (one, two):
        found = json.loads(await asyncio.wait_for(client.outbox.next(), 10))
        assert found == {"type": "session", "session": 12, "revision": 3, "state": "live"}
    carrier.close()
    await here.close()
    await there.close()


async def test_a_hub_outlives_its_redis_and_says_that_something_was_missed() -> None:
    with running_redis() as server:
        hub = Hub(layer_of(server))
        client = Client(session_id=12, session_key=None, language="en")
        await hub.join(client)
        server.stop()
        await hub.announce(12, {"type": "caption"})
        await asyncio.sleep(0.5)
        server.start()
        found = json.loads(await asyncio.wait_for(client.outbox.next(), 20))
        assert found["type"] == "stale"
        await hub.announce(12, {"type": "caption"})
        assert json.loads(await asyncio.wait_for(client.outbox.next(), 20))["type"] == "caption"
        await hub.close()
