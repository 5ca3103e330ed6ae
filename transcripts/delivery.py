"""The way out of the scribe: captions become rows and announcements, places are kept, in the order they
came.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError, IntegrityError

from recordings import withheld
from recordings.queries import directory_of
from transcripts import actions
from transcripts.actions import Spoken
from transcripts.cues import CueChange
from transcripts.engines.interface import EngineSpec
from transcripts.follow import Place
from transcripts.queries import CueRow

log = logging.getLogger(__name__)

Announce = Callable[[str, dict[str, Any]], None]
LENGTH = 2_000
# The database is asked again after this time; meanwhile partial captions fall off.
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """A caption on its way out."""

    session: int
    participant: str
    speaker: str
    change: CueChange

    def message(self) -> dict[str, Any]:
        change = self.change
        row = CueRow(
            change.uid,
            change.revision,
            change.final,
            self.participant,
            self.speaker,
            change.begin_ms,
            change.end_ms,
            change.text,
        )
        return {"type": "caption", "session": self.session, "cue": row.message()}


@dataclass(frozen=True, slots=True)
class Reached:
    """A place to keep once every caption before it is kept."""

    path: Path
    place: Place


def spoken(said: Said, engine: EngineSpec) -> Spoken:
    """The row of a final caption."""
    change = said.change
    return Spoken(
        said.session,
        change.uid,
        said.participant,
        said.speaker,
        change.begin_ms,
        change.end_ms,
        change.text,
        engine.name,
        engine.language,
        change.revision,
    )


class Delivery:
    """`announce` is called on the loop and must not block. `dropped` counts what a slow database cost."""

    def __init__(self, announce: Announce, engine: EngineSpec) -> None:
        self.dropped = 0
        self._announce = announce
        self._engine = engine
        self._waiting: asyncio.Queue[Said | Reached] = asyncio.Queue(LENGTH)

    def put(self, item: Said | Reached) -> None:
        try:
            self._waiting.put_nowait(item)
        except asyncio.QueueFull:
            self.dropped += 1

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            item = await self._waiting.get()
            if isinstance(item, Reached):
                await asyncio.to_thread(_keep, item)
                continue
            if item.change.final and item.change.text:
                await self._store(spoken(item, self._engine))
            if not await asyncio.to_thread(_is_cut, item):
                self._announce(f"session.{item.session}", item.message())

    async def _store(self, row: Spoken) -> None:
        while True:
            try:
                await database_sync_to_async(actions.store_cue)(row)
            except IntegrityError:
                log.warning("caption %s belongs to no session any more", row.uid)
            except DatabaseError as error:
                log.warning("caption %s waits for the database: %s", row.uid, type(error).__name__)
                await asyncio.sleep(AGAIN_S)
                continue
            return


def _is_cut(said: Said) -> bool:
    """What is said in a passage that is being cut is kept and not told."""
    kept = withheld.read(directory_of(said.session))
    return kept.hides(said.change.begin_ms, said.change.end_ms)


def _keep(reached: Reached) -> None:
    try:
        reached.place.keep(reached.path)
    except OSError as error:
        log.warning("the place of %s cannot be kept: %s", reached.path.stem, error)
