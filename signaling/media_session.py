"""One session in the media process that holds it: programme, tracks, slots and lower third follow the rows.

`follow` compares what is with what the rows want and does the difference. So a command that came twice, a
restart of the process or a change made over plain HTTP all end in the same state.
"""

import asyncio
import contextlib
import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from recordings.restream import Restream, targets
from recordings.supervisor import ProgrammeSupervisor
from recordings.tracks import TrackWriter
from signaling.orm import media as rows
from signaling.orm.media import Wanted
from signaling.presence import StageFacts
from streaming.commands import Assign, CloseRoom, Hold, SlotName
from streaming.worker import MediaWorker

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

log = logging.getLogger(__name__)

SEAT_SECONDS = 90.0
RAISED_HAND, PAUSED = _("举手提问"), _("直播暂停，稍后继续")
SLOTS: tuple[SlotName, SlotName] = ("main", "guest")


def _drawn(words: "StrOrPromise") -> str:
    """Words in the picture follow the county's language: everybody sees them, whoever pressed the button."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


class Programme:
    """The writers of one recording: the mixed programme and each speaker's own track."""

    def __init__(self, worker: MediaWorker, session: str, place: rows.RecordingPlace) -> None:
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
        self._onward = [Restream(place.directory, one) for one in targets(settings.RESTREAM)]
        for sink in (self.supervisor, self.tracks):
            worker.add_sink(session, sink)

    def now_ms(self) -> int:
        return max(0, round((time.monotonic() - self.t0) * 1000))

    def _heard(self, message: dict[str, Any]) -> None:
        self.last_message = message

    def _detach(self) -> None:
        for sink in (self.supervisor, self.tracks):
            self._worker.remove_sink(self._session, sink)

    async def stop(self) -> None:
        """The session has ended: the last part is written and the lists are closed."""
        self._detach()
        await self.supervisor.stop()
        await self._stop_onward(ended=True)
        await asyncio.to_thread(self.tracks.close)

    async def abandon(self) -> None:
        """This process ends or has lost the session: the recording goes on elsewhere."""
        self._detach()
        await self._stop_onward(ended=False)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await asyncio.to_thread(self.tracks.close)

    async def _stop_onward(self, ended: bool) -> None:
        await asyncio.gather(*(one.stop(ended) for one in self._onward))

    def figures(self) -> dict[str, Any]:
        return {
            "restream": [one.status() for one in self._onward],
            "programme": {
                "restarts": len(self.supervisor.restarts),
                "dropped": dict(self.supervisor.dropped),
                "last": self.last_message,
            },
            "tracks": {"dropped": self.tracks.dropped, "failed": self.tracks.failed},
        }


class MediaSession:
    """State of one held session. All changes go through `follow`, one at a time."""

    def __init__(self, worker: MediaWorker, session_id: int) -> None:
        self.session_id = session_id
        self.name = str(session_id)
        self.facts = StageFacts()
        self.programme: Programme | None = None
        self.over = False
        self.present: set[str] = set()
        self._worker = worker
        self._lock = asyncio.Lock()
        self._slots: dict[SlotName, str | None] = {"main": None, "guest": None}
        self._held = False
        self._question: int | None = None
        self._wish: str | None = None
        self._shown: dict[str, Any] = {}

    async def follow(self) -> None:
        """Raises DirectTrainError or StreamingError when a step fails; the next call tries again."""
        async with self._lock:
            wanted = await rows.wanted(self.session_id)
            if wanted is None or (wanted.over and self.over):
                return
            if wanted.over:
                await self._end()
            elif wanted.on_air:
                await self._run(wanted)

    async def _run(self, wanted: Wanted) -> None:
        if self.programme is None:
            self.programme = Programme(self._worker, self.name, await rows.open_place(self.session_id))
            self._shown = {}
        await self._assign("main", f"leader-{wanted.host}")
        await self._assign("guest", self._guest_of(wanted))
        await self._hold(wanted.paused)
        self._show(wanted)

    def _guest_of(self, wanted: Wanted) -> str | None:
        """Who holds the guest's place: the person of the question on air, if here or gone for a moment only.

        A question read out by the host belongs to somebody who is not here; the place stays free then.
        """
        if wanted.question is None or wanted.question.person is None:
            return None
        guest = f"guest-{wanted.question.person}"
        kept = self._slots["guest"] == guest and self.facts.seat_until is not None
        return guest if guest in self.present or kept else None

    async def _assign(self, slot: SlotName, participant: str | None) -> None:
        if self._slots[slot] == participant:
            return
        await self._worker.handle(Assign(self.name, slot, participant))
        self._slots[slot] = participant
        if slot == "guest":
            self._wish = None
            since = self.programme.now_ms() if participant and self.programme else None
            self.facts = replace(self.facts, on_since_ms=since, seat_until=None)

    async def _hold(self, on: bool) -> None:
        if self._held == on:
            return
        for slot in SLOTS:
            await self._worker.handle(Hold(self.name, slot, on))
        self._held = on

    def _show(self, wanted: Wanted) -> None:
        """Layout, lower third and slate; only what changed is sent, the supervisor remembers it for a
        restart.
        """
        question = wanted.question
        if question is None or question.question != self._question:
            self._wish, self._question = None, question.question if question else None
        guest = self._slots["guest"] is not None
        shown = {
            "layout": self._wish or ("side" if guest else "full"),
            "third": [question.text or _drawn(RAISED_HAND), question.number] if question else None,
            "slate": (wanted.slate or _drawn(PAUSED)) if wanted.paused else None,
        }
        changed = {name: value for name, value in shown.items() if self._shown.get(name, ...) != value}
        if changed and self.programme is not None:
            self.programme.supervisor.control(**changed)
            self._shown = shown

    @property
    def layout(self) -> str | None:
        """What the programme lays out now; None before it runs."""
        return self._shown.get("layout")

    async def wish_layout(self, layout: str) -> None:
        wanted = await rows.wanted(self.session_id)
        self._question = wanted.question.question if wanted and wanted.question else None
        self._wish = layout
        await self.follow_layout(wanted)

    async def follow_layout(self, wanted: Wanted | None) -> None:
        async with self._lock:
            if wanted is not None and wanted.on_air:
                self._show(wanted)

    async def _end(self) -> None:
        if self.programme is not None:
            await self.programme.stop()
            self.programme = None
        await rows.finish(self.session_id)
        await self._worker.handle(CloseRoom(self.name))
        self._slots = {"main": None, "guest": None}
        self.facts = StageFacts()
        self.over = True

    async def abandon(self) -> None:
        async with self._lock:
            if self.programme is not None:
                await self.programme.abandon()
                self.programme = None
            await self._worker.handle(CloseRoom(self.name))

    # What the engine reports.

    def person_of(self, participant: str) -> int | None:
        """The person behind `guest-<id>`; None for the leader."""
        role, _dash, number = participant.rpartition("-")
        return int(number) if role == "guest" and number.isdecimal() else None

    def came(self, participant: str) -> None:
        self.present.add(participant)
        person = self.person_of(participant)
        if person is None:
            self.facts = replace(self.facts, main_present=True)
        else:
            self.facts = replace(self.facts, guest_present=True, guest_person=person, seat_until=None)

    def went(self, participant: str) -> None:
        self.present.discard(participant)
        person = self.person_of(participant)
        if person is None:
            self.facts = replace(self.facts, main_present=False)
        elif person == self.facts.guest_person:
            on = self._slots["guest"] == participant
            seat_until = time.time() + SEAT_SECONDS if on else None
            self.facts = replace(self.facts, guest_present=False, seat_until=seat_until)

    def seat_is_gone(self) -> None:
        self.facts = replace(self.facts, guest_present=False, seat_until=None)
        self._slots["guest"] = None

    def viewers(self, count: int) -> None:
        self.facts = replace(self.facts, webrtc=count)
