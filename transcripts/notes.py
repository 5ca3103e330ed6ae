"""Questions recorded on a telephone, written down: a proposal that the citizen reads before sending it.

What a telephone sent is decoded in a process of its own (`transcripts.decode`): a file that breaks the
decoder costs one recording, not the captions of a broadcast.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from pathlib import Path

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from portal.appeals.actions.files import claim_voice, write_down
from transcripts.captions import join
from transcripts.engines.client import ROOT, EngineClient
from transcripts.engines.interface import BYTES_PER_MS, EngineSpec, Recognised

log = logging.getLogger(__name__)

LOOK_S = 1.0
WITHIN_S = 60.0
CHUNK_MS = 500
ROOM_MS = 5_000


class VoiceNotes:
    """`busy()`: are there live captions that go first?"""

    def __init__(self, engine: EngineSpec, busy: Callable[[], bool]) -> None:
        self._engine = engine
        self._busy = busy

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                done = not self._busy() and await self._one()
            except DatabaseError as error:
                log.warning("recordings wait for the database: %s", type(error).__name__)
                done = False
            if not done:
                await asyncio.sleep(LOOK_S)

    async def _one(self) -> bool:
        claimed = await database_sync_to_async(claim_voice)(timezone.now())
        if claimed is None:
            return False
        number, path = claimed
        try:
            async with asyncio.timeout(WITHIN_S):
                words = await hear(path, self._engine)
        except TimeoutError:
            log.warning("recording %s was not heard within %d s", number, WITHIN_S)
            words = ""
        await database_sync_to_async(write_down)(number, words)
        return True


async def hear(path: Path, engine: EngineSpec) -> str:
    """What was said; empty for silence and for a file that nobody can decode."""
    pcm = await _decoded(path)
    said: list[str] = []

    def take(_: int, result: Recognised) -> None:
        if result.final:
            said.append(join(word.text for word in result.words))

    client = EngineClient(engine, take)
    running = asyncio.create_task(client.run())
    try:
        for begin_ms in range(0, len(pcm) // BYTES_PER_MS, CHUNK_MS):
            client.feed(0, pcm[begin_ms * BYTES_PER_MS : (begin_ms + CHUNK_MS) * BYTES_PER_MS], begin_ms)
            await client.until(lambda: client.room_ms() > ROOM_MS)
        client.flush(0)
        await client.until(client.idle)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    return join(said)


async def _decoded(path: Path) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "transcripts.decode",
        str(path),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=ROOT,
    )
    try:
        pcm, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        log.info("a recording cannot be decoded (%d)", process.returncode)
        return b""
    return pcm
