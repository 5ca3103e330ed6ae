"""One session in the media process that holds it: programme, tracks, slots and lower third follow the rows.

`follow` compares what is with what the rows want and does the difference. So a command that came twice, a
restart of the process or a change made over plain HTTP all end in the same state.
"""

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from signaling.orm import media as rows
from signaling.orm.media import Wanted
from signaling.presence import StageFacts
from signaling.programme import Programme
from streaming.commands import SLOTS, Assign, CloseRoom, Hold, SlotName
from streaming.worker import MediaWorker

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SEAT_SECONDS = 90.0
RAISED_HAND, PAUSED = _("举手提问"), _("直播暂停，稍后继续")


def _drawn(words: "StrOrPromise") -> str:
    """Words in the picture follow the county's language: everybody sees them, whoever pressed the button."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


def _person_as(role: str, participant: str) -> int | None:
    """The person behind `<role>-<id>`, if it is one."""
    found, _dash, number = participant.rpartition("-")
    return int(number) if found == role and number.isdecimal() else None


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
        self._slots: dict[SlotName, str | None] = dict.fromkeys(SLOTS)
        self._sharing: str | None = None
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
        await self.programme.send_onward(wanted.restreamed)
        await self._assign("main", f"leader-{wanted.host}")
        await self._assign("guest", self._guest_of(wanted))
        await self._assign("cohost", f"cohost-{wanted.cohost}" if wanted.cohost is not None else None)
        await self._hold(wanted.paused)
        self.facts = replace(self.facts, running=not wanted.paused)
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
        self._note_sharing()
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
        shown = {
            "layout": self._wish or self._usual_layout(),
            "lead": self._sharing,
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

    def _usual_layout(self) -> str:
        """A shared screen fills the picture; people stand side by side."""
        if self.facts.sharing:
            return "pip"
        return "side" if self._slots["guest"] or self._slots["cohost"] else "full"

    async def share(self, participant: str, on: bool) -> None:
        """`participant` sends a screen now or no more; the last who shares is seen."""
        if on:
            self._sharing, self._wish = participant, None
        elif self._sharing == participant:
            self._sharing = None
        await self.follow()
        self._note_sharing()
        await self.follow_layout(await rows.wanted(self.session_id))

    def _note_sharing(self) -> None:
        slot = next((slot for slot, name in self._slots.items() if name and name == self._sharing), "")
        self.facts = replace(self.facts, sharing=slot)

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
        self._slots = dict.fromkeys(SLOTS)
        self._sharing = None
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
        """The person behind `guest-<id>`; None for the leader and co-hosts."""
        return _person_as("guest", participant)

    def _seats(self) -> list[int]:
        """Persons of the co-hosts who are connected, on air or not."""
        return sorted(person for name in self.present if (person := _person_as("cohost", name)) is not None)

    def came(self, participant: str) -> None:
        self.present.add(participant)
        person = self.person_of(participant)
        self.facts = replace(self.facts, cohosts=self._seats())
        if participant.startswith("leader-"):
            self.facts = replace(self.facts, main_present=True)
        elif person is None:
            return
        else:
            self.facts = replace(self.facts, guest_present=True, guest_person=person, seat_until=None)

    def went(self, participant: str) -> None:
        self.present.discard(participant)
        person = self.person_of(participant)
        self.facts = replace(self.facts, cohosts=self._seats())
        if participant == self._sharing:
            self._sharing = None
            self._note_sharing()
        if participant.startswith("leader-"):
            self.facts = replace(self.facts, main_present=False)
        elif person is not None and person == self.facts.guest_person:
            on = self._slots["guest"] == participant
            seat_until = time.time() + SEAT_SECONDS if on else None
            self.facts = replace(self.facts, guest_present=False, seat_until=seat_until)

    def seat_is_gone(self) -> None:
        self.facts = replace(self.facts, guest_present=False, seat_until=None)
        self._slots["guest"] = None

    def viewers(self, count: int) -> None:
        self.facts = replace(self.facts, webrtc=count)
