"""What a web process does every few seconds for the rooms it has sockets in.

It renews its keys in `presence` and tells its own sockets the number of viewers when that changed. Every
second it looks whether a session has moved to another media process, and tells its sockets to join again.
"""

import asyncio
import json
import logging
import time
from collections import Counter

from redis.exceptions import RedisError

from signaling.answers import MediaMoved, Viewers, as_message
from signaling.client import Client
from signaling.parts import Parts
from signaling.presence import HEARTBEAT_SECONDS, Sockets
from signaling.watched import Watched

log = logging.getLogger(__name__)

MOVES_SECONDS = 1.0


class Heartbeat:
    def __init__(self, parts: Parts, seconds: float = HEARTBEAT_SECONDS) -> None:
        self._parts = parts
        self._seconds = seconds
        self._noted: set[int] = set()
        self._places: dict[int, str] = {}
        self._watched: dict[int, Watched] = {}
        self._beaten = time.monotonic()

    async def run(self) -> None:
        """Until cancelled."""
        due = 0.0
        while True:
            try:
                await self.look_for_moves()
                if time.monotonic() >= due:
                    due = time.monotonic() + self._seconds
                    await self.beat()
            except (RedisError, OSError) as error:
                log.warning("heartbeat: Redis is away (%s)", type(error).__name__)
            await asyncio.sleep(min(self._seconds, MOVES_SECONDS))

    async def look_for_moves(self) -> None:
        for session_id in self._parts.hub.sessions():
            await self._tell_move(session_id)

    async def beat(self) -> None:
        sessions = self._parts.hub.sessions()
        before, self._beaten = self._beaten, time.monotonic()
        for session_id in self._noted - set(sessions):
            self._noted.discard(session_id)
            self._watched.pop(session_id, None)
            self._places.pop(session_id, None)
            await self._parts.presence.forget_sockets(session_id)
        for session_id in sessions:
            self._noted.add(session_id)
            stage = await self._parts.presence.stage(session_id)
            here = self._here(session_id, self._beaten - before, stage.running and stage.main_present)
            await self._parts.presence.note_sockets(session_id, here)
            await self._tell_viewers(session_id)

    def _here(self, session_id: int, elapsed: float, on_air: bool) -> Sockets:
        clients = self._clients(session_id)
        people = Counter(client.person_id for client in clients if client.person_id is not None)
        viewers = [client for client in clients if client.role == "viewer"]
        lines = Counter(client.line for client in viewers)
        watched = self._watched.setdefault(session_id, Watched())
        lines_of = [(one.joined.village if one.joined else "", one.line) for one in viewers]
        watched.book(lines_of, elapsed, on_air)
        return Sockets(len(viewers), dict(people), lines["hls"], lines["sound"], watched.villages)

    def _clients(self, session_id: int) -> list[Client]:
        return [member for member in self._parts.hub.members(session_id) if isinstance(member, Client)]

    async def _tell_viewers(self, session_id: int) -> None:
        everywhere = await self._parts.presence.sockets(session_id)
        webrtc = (await self._parts.presence.stage(session_id)).webrtc
        now = Viewers(webrtc=webrtc, hls=everywhere.hls, sound=everywhere.sound)
        text = json.dumps(as_message(now))
        for client in self._clients(session_id):
            # Also to whom has come since the number last changed.
            if client.viewers_told != text:
                client.viewers_told = text
                client.offer(text)

    async def _tell_move(self, session_id: int) -> None:
        place = await self._parts.link.place_of(session_id)
        if place is None:
            # Nobody holds it at this moment: whoever is asked first decides, and then it is known where.
            return
        before = self._places.get(session_id)
        self._places[session_id] = place
        if before is not None and before != place:
            self._parts.hub.deliver(session_id, as_message(MediaMoved()))
