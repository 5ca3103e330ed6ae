"""What a web process does every few seconds for the rooms it has sockets in.

It renews its keys in `presence`, tells its own sockets the number of viewers when that changed, and tells
them to join again when their session has moved to another media process.
"""

import asyncio
import logging
from collections import Counter

from redis.exceptions import RedisError

from signaling.answers import MediaMoved, Viewers, as_message
from signaling.client import Client
from signaling.parts import Parts
from signaling.presence import HEARTBEAT_SECONDS, Sockets

log = logging.getLogger(__name__)


class Heartbeat:
    def __init__(self, parts: Parts, seconds: float = HEARTBEAT_SECONDS) -> None:
        self._parts = parts
        self._seconds = seconds
        self._told: dict[int, Viewers] = {}
        self._places: dict[int, str] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.beat()
            except (RedisError, OSError) as error:
                log.warning("heartbeat: Redis is away (%s)", type(error).__name__)
            await asyncio.sleep(self._seconds)

    async def beat(self) -> None:
        sessions = self._parts.hub.sessions()
        for session_id in set(self._told) - set(sessions):
            self._told.pop(session_id)
            self._places.pop(session_id, None)
            await self._parts.presence.forget_sockets(session_id)
        for session_id in sessions:
            await self._parts.presence.note_sockets(session_id, self._here(session_id))
            await self._tell_viewers(session_id)
            await self._tell_move(session_id)

    def _here(self, session_id: int) -> Sockets:
        clients = [member for member in self._parts.hub.members(session_id) if isinstance(member, Client)]
        people = Counter(client.person_id for client in clients if client.person_id is not None)
        return Sockets(sum(client.role == "viewer" for client in clients), dict(people))

    async def _tell_viewers(self, session_id: int) -> None:
        everywhere = await self._parts.presence.sockets(session_id)
        webrtc = (await self._parts.presence.stage(session_id)).webrtc
        now = Viewers(webrtc=webrtc, hls=max(0, everywhere.viewers - webrtc))
        if self._told.get(session_id) != now:
            self._told[session_id] = now
            self._parts.hub.deliver(session_id, as_message(now))

    async def _tell_move(self, session_id: int) -> None:
        place = await self._parts.link.place_of(session_id)
        if place is None:
            # Nobody holds it at this moment: whoever is asked first decides, and then it is known where.
            return
        before = self._places.get(session_id)
        self._places[session_id] = place
        if before is not None and before != place:
            self._parts.hub.deliver(session_id, as_message(MediaMoved()))
