"""The scribe: follows the speakers' tracks of live sessions and turns them into captions.

One loop, one engine process, no packet of its own: it reads the track files that the recorder writes, also
what was written before it started, and keeps its place in `<recording>/scribe/`, so that it may be killed
at any time. Partial captions are only announced; a final one is first a row and then announced.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError

from recordings.units import BrokenUnits
from transcripts import queries
from transcripts.cues import CueBuilder, CueChange
from transcripts.delivery import Announce, Delivery, Reached, Said
from transcripts.engines.client import EngineClient, usable
from transcripts.engines.interface import EngineSpec, Recognised
from transcripts.engines.models import BUILT_IN, find_models
from transcripts.final_pass import FinalPasses
from transcripts.follow import Place, TrackFollower
from transcripts.notes import VoiceNotes

log = logging.getLogger(__name__)

Sessions = Callable[[], Iterable[int]]

POLL_S = 0.05
LOOK_S = 0.5
# Nothing new for so long: the speaker's sentence is over, whatever the engine still waits for.
QUIET_S = 0.8
# A track that has ended, or whose session has, is left when it has not grown for so long.
OVER_S = 2.0
# Sound is read from the files only while the engine's queue has this much room.
ROOM_MS = 10_000
# Sound without a word in it needs no second hearing after a restart, but for what the engine may still be
# busy with.
WORDLESS_MS = 75_000
UNHEARD_MS = 45_000


@dataclass(slots=True)
class Followed:
    """One track file that is being followed. `builder` is there once the file has said whose it is."""

    number: int
    session: int
    path: Path
    place: Place
    place_file: Path
    follower: TrackFollower
    grew_at: float
    builder: CueBuilder | None = None
    speaker: str = ""
    quiet: bool = True


class Scribe:
    """Everything of one scribe process."""

    def __init__(
        self, data_dir: Path, announce: Announce, live_sessions: Sessions, engine: EngineSpec
    ) -> None:
        self.client = EngineClient(engine, self._on_result)
        self.delivery = Delivery(announce, engine)
        self._recordings = data_dir / "recordings"
        self._live_sessions = live_sessions
        self._tracks: dict[int, Followed] = {}
        self._known: set[Path] = set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.client.run())
            tasks.create_task(self.delivery.run())
            tasks.create_task(self._look())
            tasks.create_task(self._read())

    def is_busy(self, session: int) -> bool:
        """Are there words of this session still to come?"""
        tracks = [track for track in self._tracks.values() if track.session == session]
        return any(not track.quiet for track in tracks) or (bool(tracks) and not self.client.idle())

    async def _look(self) -> None:
        """Which tracks there are."""
        while True:
            try:
                live = set(await database_sync_to_async(self._live_sessions)())
            except DatabaseError as error:
                log.warning("cannot ask for live sessions: %s", type(error).__name__)
            else:
                for session in live:
                    self._find_tracks(session)
                self._let_go(live)
            await asyncio.sleep(LOOK_S)

    def _find_tracks(self, session: int) -> None:
        directory = self._recordings / str(session)
        for path in sorted((directory / "tracks").glob("*.audio.units")):
            if path in self._known:
                continue
            self._known.add(path)
            place_file = directory / "scribe" / path.name.replace(".audio.units", ".json")
            place = Place.load(place_file)
            if place.done:
                continue
            place.life += 1
            number = len(self._known)
            follower = TrackFollower(path, place)
            self._tracks[number] = track = Followed(
                number, session, path, place, place_file, follower, time.monotonic()
            )
            self._keep(track)

    def _let_go(self, live: set[int]) -> None:
        for track in list(self._tracks.values()):
            ended = track.follower.ended or track.session not in live
            if ended and self.client.idle() and time.monotonic() - track.grew_at > OVER_S:
                self._leave(track)

    def _leave(self, track: Followed) -> None:
        if track.builder is not None:
            self._say(track, track.builder.give_up())
        self.client.close_track(track.number)
        del self._tracks[track.number]
        track.place.done = True
        self._keep(track)

    async def _read(self) -> None:
        """New sound of every track to the engine."""
        while True:
            for track in list(self._tracks.values()):
                if self.client.room_ms() < ROOM_MS:
                    break
                try:
                    await self._read_track(track)
                except (OSError, BrokenUnits) as error:
                    log.error("track %s of session %d is left: %s", track.path.name, track.session, error)
                    self._leave(track)
                except DatabaseError as error:  # whose voice it is; its sound waits in the file
                    log.warning("cannot ask who is speaking: %s", type(error).__name__)
                    await asyncio.sleep(LOOK_S)
            await asyncio.sleep(POLL_S)

    async def _read_track(self, track: Followed) -> None:
        chunks = track.follower.read()
        if track.builder is None:
            if track.follower.header is None:
                return
            await self._introduce(track)
        for chunk in chunks:
            self.client.feed(track.number, chunk.pcm, chunk.begin_ms)
        now = time.monotonic()
        if chunks:
            track.grew_at, track.quiet = now, False
        elif not track.quiet and now - track.grew_at > QUIET_S:
            self.client.flush(track.number)
            track.quiet = True
        self._forget_wordless(track)

    async def _introduce(self, track: Followed) -> None:
        header = track.follower.header
        assert header is not None
        place = track.place
        track.speaker = await database_sync_to_async(queries.speaker_name)(header.participant, track.session)
        track.builder = CueBuilder(
            track.session, header.participant, header.number, place.floor_ms, place.open_ms, place.life
        )
        # The engine makes itself ready for another voice now, and not when the first words wait for it.
        self.client.flush(track.number)

    def _forget_wordless(self, track: Followed) -> None:
        wordless = track.builder is not None and track.builder.open_ms is None
        if wordless and track.follower.waiting_ms() > WORDLESS_MS:
            track.follower.final_before_last(UNHEARD_MS)
            self._keep(track)

    def _on_result(self, number: int, result: Recognised) -> None:
        track = self._tracks.get(number)
        if track is None or track.builder is None:
            return
        opened = track.builder.open_ms
        self._say(track, track.builder.take(result))
        if track.builder.floor_ms > track.place.floor_ms:
            track.place.floor_ms = track.builder.floor_ms
            track.follower.final_until(track.place.floor_ms)
        if track.builder.open_ms != opened or result.final:
            track.place.open_ms = track.builder.open_ms
            self._keep(track)

    def _say(self, track: Followed, changes: Iterable[CueChange]) -> None:
        if track.builder is None:
            return
        for change in changes:
            self.delivery.put(Said(track.session, track.builder.participant, track.speaker, change))

    def _keep(self, track: Followed) -> None:
        self.delivery.put(Reached(track.place_file, copy(track.place)))


async def choose_engine(directory: Path | None) -> tuple[EngineSpec, EngineSpec | None]:
    """The engine for live captions and, when there is one, for the pass after the end; both have shown they
    load.
    """
    models = find_models(directory)
    live = BUILT_IN
    if models.live is None:
        log.warning("no Mandarin speech model is installed: English is recognised by %s", BUILT_IN.name)
    elif await usable(models.live):
        live = models.live
    final = models.final if models.final is not None and await usable(models.final) else None
    return live, final


async def run_scribe(
    data_dir: Path, announce: Announce, live_sessions: Sessions = queries.sessions_to_follow
) -> None:
    """The scribe until cancelled.

    `announce(topic, message)` is called on the loop and must not block; `live_sessions()` is called in a
    thread and may use the database.
    """
    live, final = await choose_engine(Path(settings.SPEECH_MODEL_DIR) if settings.SPEECH_MODEL_DIR else None)
    scribe = Scribe(data_dir, announce, live_sessions, live)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(scribe.run())
        tasks.create_task(VoiceNotes(final or live, lambda: not scribe.client.idle()).run())
        if final is not None:
            tasks.create_task(FinalPasses(data_dir / "recordings", final, scribe.is_busy).run())
