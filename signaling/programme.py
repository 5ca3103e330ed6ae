"""What writes the programme of one session down, and sends it on: for as long as its media process holds it."""

import asyncio
import contextlib
import logging
import time
from typing import Any

from django.conf import settings

from recordings.restream import Onward, Turn, targets
from recordings.supervisor import ProgrammeSupervisor
from recordings.tracks import TrackWriter
from signaling.orm.media import RecordingPlace
from streaming.worker import MediaWorker

log = logging.getLogger(__name__)


class Programme:
    """The writers of one recording: the mixed programme and each speaker's own track."""

    def __init__(self, worker: MediaWorker, session: str, place: RecordingPlace) -> None:
        self.t0 = time.monotonic() - (time.time() - place.began)
        self.last_message: dict[str, Any] = {}
        self.supervisor = ProgrammeSupervisor(
            place.directory,
            self.t0,
            lambda participant: worker.request_key(session, participant),
            self._heard,
        )
        self.tracks = TrackWriter(place.directory, self.t0, place.began)
        self._worker, self._session = worker, session
        self._task = asyncio.create_task(self.supervisor.run())
        self._onward = Onward(place.directory, targets(settings.RESTREAM))
        for sink in (self.supervisor, self.tracks):
            worker.add_sink(session, sink)

    def now_ms(self) -> int:
        return max(0, round((time.monotonic() - self.t0) * 1000))

    async def send_onward(self, restreamed: int | None) -> None:
        """`restreamed`: whose programme the engines of others get now; None when ours is for none of them."""
        turn: Turn = (
            "never" if restreamed is None else "ours" if str(restreamed) == self._session else "taken"
        )
        if turn == self._onward.turn:
            return
        if turn == "taken":
            log.warning("session %s is not restreamed, session %s is", self._session, restreamed)
        await self._onward.take(turn)

    def _heard(self, message: dict[str, Any]) -> None:
        self.last_message = message

    def _detach(self) -> None:
        for sink in (self.supervisor, self.tracks):
            self._worker.remove_sink(self._session, sink)

    async def stop(self) -> None:
        """The session has ended: the last part is written and the lists are closed."""
        self._detach()
        await self.supervisor.stop()
        await self._onward.stop(ended=True)
        await asyncio.to_thread(self.tracks.close)

    async def abandon(self) -> None:
        """This process ends or has lost the session: the recording goes on elsewhere."""
        self._detach()
        await self._onward.stop(ended=False)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await asyncio.to_thread(self.tracks.close)

    def figures(self) -> dict[str, Any]:
        return {
            "restream": self._onward.status(),
            "programme": {
                "restarts": len(self.supervisor.restarts),
                "dropped": dict(self.supervisor.dropped),
                "last": self.last_message,
            },
            "tracks": {"dropped": self.tracks.dropped, "failed": self.tracks.failed},
        }
