"""After the end of a session its tracks are heard once more, by an offline model that knows the whole
sentence.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from channels.db import database_sync_to_async
from django.db import DatabaseError

from recordings.units import BrokenUnits
from transcripts import actions, queries
from transcripts.actions import Spoken
from transcripts.cues import CueBuilder, CueChange
from transcripts.delivery import Said, spoken
from transcripts.engines.client import EngineClient
from transcripts.engines.interface import EngineSpec, Recognised
from transcripts.follow import Place, TrackFollower

log = logging.getLogger(__name__)

LOOK_S = 5.0
# One read of a track file fits into what is left of the engine's queue.
ROOM_MS = 15_000


class FinalPasses:
    """`busy(session)`: are live captions of it still to come?"""

    def __init__(self, recordings: Path, engine: EngineSpec, busy: Callable[[int], bool]) -> None:
        self._recordings = recordings
        self._engine = engine
        self._busy = busy

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                for session in await database_sync_to_async(queries.awaiting_final_pass)():
                    if not self._busy(session):
                        await self._claim(session)
            except DatabaseError as error:
                log.warning("the final pass waits for the database: %s", type(error).__name__)
            await asyncio.sleep(LOOK_S)

    async def _claim(self, session: int) -> None:
        if await database_sync_to_async(actions.claim_final_pass)(session, self._engine.name):
            words = await hear_again(self._recordings / str(session), session, self._engine)
            count = await database_sync_to_async(actions.finish_final_pass)(session, words)
            log.info("final pass of session %d: %d captions", session, count)


async def hear_again(directory: Path, session: int, engine: EngineSpec) -> dict[str, list[Spoken]]:
    """The captions of all tracks of a recording, by participant, in order of time."""
    words: dict[str, list[Spoken]] = {}
    for path in sorted((directory / "tracks").glob("*.audio.units")):
        try:
            heard = await _hear_track(path, session, engine)
        except (OSError, BrokenUnits) as error:
            log.error("track %s of session %d is left out: %s", path.name, session, error)
            continue
        for row in heard:
            words.setdefault(row.participant, []).append(row)
    return {who: sorted(rows, key=lambda row: row.begin_ms) for who, rows in words.items()}


async def _hear_track(path: Path, session: int, engine: EngineSpec) -> list[Spoken]:
    follower = TrackFollower(path, Place())
    while follower.header is None:
        if not follower.read() and follower.header is None:
            return []
    header = follower.header
    builder = CueBuilder(session, header.participant, header.number)
    changes: list[CueChange] = []

    def hear(_: int, result: Recognised) -> None:
        changes.extend(change for change in builder.take(result) if change.final)

    client = EngineClient(engine, hear)
    running = asyncio.create_task(client.run())
    try:
        await _feed(follower, client)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    changes.extend(builder.give_up())
    speaker = await database_sync_to_async(queries.speaker_name)(header.participant, session)
    return [
        spoken(Said(session, header.participant, speaker, change), engine)
        for change in changes
        if change.text
    ]


async def _feed(follower: TrackFollower, client: EngineClient) -> None:
    while not follower.at_end():
        for chunk in follower.read():
            client.feed(0, chunk.pcm, chunk.begin_ms)
        await client.until(lambda: client.room_ms() > ROOM_MS)
    client.flush(0)
    await client.until(client.idle)
