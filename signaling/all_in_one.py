"""The embedded form: web and media on one loop with carriers in memory, scribe and clerk as child
processes.
"""

import asyncio
import contextlib
import logging

from signaling import parts
from signaling.children import Child
from signaling.heartbeat import Heartbeat
from signaling.media_link import LocalMediaLink
from signaling.media_service import MediaService, Placing
from signaling.presence import MemoryStore, Presence
from signaling.worker_config import worker_config

log = logging.getLogger(__name__)

CHILDREN = ("run_scribe", "run_clerk")


class AllInOne:
    """`begin` on the running loop, `finish` before it ends: children first, then media, then sockets."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._media: MediaService | None = None
        self._beating: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        presence = Presence(MemoryStore(), parts.process_name())
        link = LocalMediaLink()
        now = parts.make(link, presence)
        parts.use(now)
        self._media = MediaService(worker_config(), Placing(presence, shared=False), now.carrier)
        link.connect(self._media.handle)
        await self._media.start()
        self._beating = asyncio.create_task(Heartbeat(now).run())
        self._children = [Child(command, now.carrier) for command in CHILDREN]
        for child in self._children:
            child.start()

    async def finish(self) -> None:
        await asyncio.gather(*(child.stop() for child in self._children))
        if self._beating is not None:
            self._beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._beating
        if self._media is not None:
            await self._media.close()
        await parts.current().hub.close()
