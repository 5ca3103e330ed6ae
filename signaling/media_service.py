"""The media process: the packet engine, and for every session it holds the programme and the speakers'
tracks.

Commands come from `media_link` (a call, or a list in Redis); events of the engine go to the rows and to
everybody in the session. The rows say what should be: every few seconds, and at the start, each live session
is compared with them.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from portal.lib.errors import DirectTrainError
from signaling.announcements import with_facts
from signaling.answers import PictureIs, Replaced, Stage, as_message
from signaling.errors import Refusal
from signaling.hub import topic_of
from signaling.media_commands import Clock, Figures, Lead, MediaCommand, Picture, ProgrammeCommand, Sync
from signaling.media_session import MediaSession
from signaling.orm import live
from signaling.orm import media as rows
from signaling.presence import Presence
from streaming.commands import Publish, Watch
from streaming.errors import StreamingError
from streaming.events import MediaEvent
from streaming.worker import MediaWorker, WorkerConfig

log = logging.getLogger(__name__)

Tell = Callable[[str, dict[str, Any]], None]

BEAT_SECONDS = 1.0  # also how long the sessions of a dead process may wait until another looks for them
EVENTS_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Placing:
    """How sessions find their process. `shared` is False in the all-in-one process, which holds them all."""

    presence: Presence
    shared: bool


class MediaService:
    def __init__(self, config: WorkerConfig, placing: Placing, tell: Tell) -> None:
        self.worker = MediaWorker(config, self._on_event)
        self.name = placing.presence.process
        self._presence, self._shared = placing.presence, placing.shared
        self._tell = tell
        self._sessions: dict[int, MediaSession] = {}
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue(EVENTS_WAITING)
        self._tasks: list[asyncio.Task[None]] = []
        self.events_lost = 0

    async def start(self) -> None:
        await self.worker.start()
        self._tasks = [asyncio.create_task(self._beat_for_ever()), asyncio.create_task(self._hear_events())]

    async def close(self) -> None:
        """Leaves live sessions live: the next process goes on with the recording."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for session in list(self._sessions.values()):
            await self._let_go(session)
        if self._shared:
            with contextlib.suppress(RedisError, OSError):
                await self._presence.forget_worker(self.name)
        await self.worker.close()

    # Commands

    async def handle(self, command: MediaCommand) -> dict[str, Any]:
        """The answer as JSON-able values. Raises StreamingError or Refusal."""
        session = await self._hold(int(command.session))
        if isinstance(command, ProgrammeCommand):
            return await self._handle_programme(session, command)
        if session.over and isinstance(command, Publish | Watch):
            raise Refusal("conflict", _("直播已经结束，可以观看回放"))
        return await self.worker.handle(command)

    async def _handle_programme(self, session: MediaSession, command: ProgrammeCommand) -> dict[str, Any]:
        if isinstance(command, Sync):
            await session.follow()
            await self._note(session)
        elif isinstance(command, Picture):
            await session.wish_layout(command.layout)
        elif isinstance(command, Lead):
            await session.share(command.participant, command.state == "on")
            await self._note(session)
        elif isinstance(command, Clock):
            if session.programme is None:
                raise Refusal("conflict", _("直播还没有开始录制"))
            return {"ms": session.programme.now_ms(), "since": session.facts.on_since_ms}
        elif isinstance(command, Figures):
            figures = session.programme.figures() if session.programme else {"programme": {}, "tracks": {}}
            return figures | {"layout": session.layout}
        return {}

    async def _hold(self, session_id: int) -> MediaSession:
        session = self._sessions.get(session_id)
        if session is None:
            session = self._sessions[session_id] = MediaSession(self.worker, session_id)
            if self._shared:
                await self._presence.keep_placed(session_id, self.name)
            # A session that was live in a process that died is live here from its first command on.
            await session.follow()
        return session

    async def _let_go(self, session: MediaSession) -> None:
        self._sessions.pop(session.session_id, None)
        await session.abandon()
        if self._shared:
            with contextlib.suppress(RedisError, OSError):
                await self._presence.drop_placement(session.session_id, self.name)

    # The beat

    async def _beat_for_ever(self) -> None:
        while True:
            try:
                await self.beat()
            except (RedisError, OSError, DatabaseError) as error:
                log.warning("media beat: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - without a beat the keys expire and everybody is moved
                log.error("media beat: %r", error, exc_info=error)
            await asyncio.sleep(BEAT_SECONDS)

    async def beat(self) -> None:
        """Renew the keys, take up live sessions that nobody holds, give up what another process took, follow
        the rows.
        """
        if self._shared:
            viewers = sum(session.facts.webrtc for session in self._sessions.values())
            await self._presence.note_worker(self.name, viewers)
            await self._keep_places()
        await self._presence.note_figures(self.name, self.worker.figures())
        for session_id in await rows.live_sessions():
            if session_id not in self._sessions and await self._is_ours(session_id):
                await self._hold(session_id)
        for session in list(self._sessions.values()):
            await self._follow(session)

    async def _keep_places(self) -> None:
        for session in list(self._sessions.values()):
            placed = await self._presence.placed(session.session_id)
            if placed not in (None, self.name):
                log.warning("session %s was taken over by %s", session.session_id, placed)
                await self._let_go(session)
                continue
            await self._presence.keep_placed(session.session_id, self.name)
            if placed is None:
                # Redis has begun anew: pages that asked meanwhile were told that nobody is on stage.
                await self._note(session)

    async def _is_ours(self, session_id: int) -> bool:
        return not self._shared or await self._presence.place(session_id) == self.name

    async def _follow(self, session: MediaSession) -> None:
        try:
            await session.follow()
        except (DirectTrainError, StreamingError, OSError) as error:
            log.error("session %s does not follow: %s", session.session_id, error)
        except DatabaseError as error:  # its words may hold what stands in a row
            log.error("session %s does not follow: %s", session.session_id, type(error).__name__)
        if session.over:
            await self._let_go(session)

    # Events of the engine

    def _on_event(self, event: MediaEvent) -> None:
        try:
            self._events.put_nowait(event)
        except asyncio.QueueFull:
            self.events_lost += 1

    async def _hear_events(self) -> None:
        while True:
            event = await self._events.get()
            try:
                await self._hear(event)
            except Exception as error:  # noqa: BLE001 - one event must not end the hearing of all later ones
                log.error("event %s of session %s: %r", event.kind, event.session, error, exc_info=error)

    async def _hear(self, event: MediaEvent) -> None:
        session = self._sessions.get(int(event.session))
        if session is None or event.kind in ("key_needed", "sink_failed"):
            log.info("media event %s of session %s", event.kind, event.session)
            return
        if event.kind == "replaced":
            message = as_message(Replaced(event.peer)) | {"to": {"peer": event.peer}}
            self._tell(topic_of(session.session_id), message)
            return
        if event.kind == "picture":
            message = as_message(PictureIs(event.peer, event.detail["picture"])) | {
                "to": {"peer": event.peer}
            }
            self._tell(topic_of(session.session_id), message)
            return
        if event.kind == "viewers":
            session.viewers(int(event.detail.get("count", 0)))
            await self._presence.note_stage(session.session_id, session.facts)
            return
        await self._hear_of_stage(session, event)

    async def _hear_of_stage(self, session: MediaSession, event: MediaEvent) -> None:
        person = session.person_of(event.participant)
        if event.kind in ("connected", "returned"):
            session.came(event.participant)
        elif event.kind == "lost":
            session.went(event.participant)
            if person is not None:
                await rows.guest_is(session.session_id, person, "dropped")
        elif event.kind == "slot_expired":
            session.seat_is_gone()
            if person is not None:
                await rows.guest_is(session.session_id, person, "left")
        await self._follow(session)
        await self._note(session)

    async def _note(self, session: MediaSession) -> None:
        """Write down who is here, and show everybody the stage."""
        await self._presence.note_stage(session.session_id, session.facts)
        stage = with_facts(await live.stage(session.session_id), session.facts)
        self._tell(topic_of(session.session_id), as_message(Stage(**stage)))
