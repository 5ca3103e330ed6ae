"""What a process that serves sockets is joined from. The main sets it; without a main it is made at the
first socket.
"""

import asyncio
import os
import secrets
from dataclasses import dataclass

from channels.layers import get_channel_layer
from django.conf import settings
from redis.asyncio import Redis

from portal import events
from signaling.carrier import LayerCarrier
from signaling.hub import Hub
from signaling.media_link import MediaLink, NoMediaLink, RedisMediaLink
from signaling.presence import KeyStore, MemoryStore, Presence, RedisStore


@dataclass(eq=False)
class Parts:
    hub: Hub
    presence: Presence
    link: MediaLink
    carrier: LayerCarrier
    loop: asyncio.AbstractEventLoop


_current: Parts | None = None


def process_name() -> str:
    return f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(3)}"


def redis_client(url: str) -> Redis:
    # A blocking pop waits longer than any read time-out would allow.
    client: Redis = Redis.from_url(url, socket_timeout=None, socket_connect_timeout=3)
    return client


def make(link: MediaLink | None = None, presence: Presence | None = None) -> Parts:
    """The parts for the running loop, from settings; `link` and `presence` where the main has its own."""
    layer = get_channel_layer()
    redis = redis_client(settings.REDIS_URL) if settings.REDIS_URL else None
    if presence is None:
        store: KeyStore = RedisStore(redis) if redis is not None else MemoryStore()
        presence = Presence(store, process_name())
    if link is None:
        link = RedisMediaLink(redis, presence) if redis is not None else NoMediaLink()
    carrier = LayerCarrier(layer)
    return Parts(Hub(layer), presence, link, carrier, asyncio.get_running_loop())


def use(parts: Parts | None) -> None:
    """From now on this process's parts; announcements of the civic rooms leave through their carrier."""
    global _current
    _current = parts
    events.set_carrier(parts.carrier if parts is not None else None)


def current() -> Parts:
    """The parts of the running loop (a test has a loop of its own for each case)."""
    if _current is None or _current.loop is not asyncio.get_running_loop():
        use(make())
    assert _current is not None
    return _current
