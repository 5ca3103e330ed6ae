"""A house with people in it, and the parts of a process that serves sockets, on the test's own loop."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from signaling import parts
from signaling.media_link import LocalMediaLink
from signaling.media_service import MediaService, Placing
from signaling.parts import Parts
from signaling.presence import MemoryStore, Presence
from streaming.worker import WorkerConfig
from tests.signaling.people import House, build
from tests.signaling.sockets import Page

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture
def house(transactional_db: Any) -> House:
    return build()


@pytest_asyncio.fixture
async def door(house: House, settings: Any, tmp_path: Path) -> AsyncIterator[Parts]:
    """Sockets and a real media service (no browser connected to it) in this process."""
    settings.RECORDINGS_DIR = tmp_path / "recordings"
    settings.DATA_DIR = tmp_path
    presence = Presence(MemoryStore(), "test")
    link = LocalMediaLink()
    made = parts.make(link, presence)
    parts.use(made)
    service = MediaService(WorkerConfig(host="127.0.0.1"), Placing(presence, shared=False), made.carrier)
    link.connect(service.handle)
    await service.start()
    yield made
    await service.close()
    await made.hub.close()
    made.carrier.close()
    parts.use(None)


@pytest_asyncio.fixture
async def page(door: Parts, house: House) -> AsyncIterator[OpenPage]:
    """`await page("alice", "viewer")`: a tab of that person that has said hello."""
    opened: list[Page] = []

    async def open_page(name: str, role: str | None = "viewer", **more: Any) -> Page:
        cookie = house.cookies[name]
        one = Page(more.pop("session", house.session.pk), cookie, **more)
        assert await one.open()
        opened.append(one)
        if role is not None:
            welcome = await one.hello(role)
            assert welcome["type"] == "welcome", welcome
        return one

    yield open_page
    for one in opened:
        await one.close()


@pytest.fixture
def in_thread() -> Any:
    """`await in_thread(function)(…)`: touch rows from an async test."""
    return lambda function: sync_to_async(function, thread_sensitive=False)
