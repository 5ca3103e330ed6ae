"""Follows the journals of recordings from any process, and lets requests wait for the next part."""

import asyncio
import json
import os
import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from recordings.journal import ENDED, FULL_SEGMENT, JournalTail, Part, Segment
from recordings.withheld import Screen

BEGAN = "began.json"
POLL_EVERY = 0.02
# A journal with more unread bytes than this is read in a thread: an hour has 2 MB.
READ_AT_ONCE = 64 << 10


class TooManyWaiting(Exception):
    """More requests wait than this process holds."""


@dataclass(slots=True)
class Places:
    """How many requests may wait in this process, and how many do."""

    limit: int
    taken: int = 0


def write_began(directory: Path, wall0: float) -> None:
    """Keep the wall-clock second of recording time 0 for the lists; the first process of a recording
    decides."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / BEGAN
    if not path.exists():
        path.write_text(json.dumps({"wall0": wall0}))
        path.chmod(0o644)


def read_began(directory: Path) -> float | None:
    """Wall-clock second (Unix) of recording time 0; None where it is not written (yet)."""
    try:
        return float(json.loads((directory / BEGAN).read_text())["wall0"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Follower:
    """One rendition of one recording. `segments` grows; `shown` is what of them the public may have; `version`
    changes with every change of what lists show."""

    def __init__(self, directory: Path, rendition: str, places: Places) -> None:
        self.segments: list[Segment] = []
        self.version = 0
        self.ended = False
        self.wall0: float | None = None
        self.shown: list[Segment] = []
        self.screen = Screen(directory, rendition)
        self._directory = directory
        self._ended_file = str(directory / ENDED)
        self._tail = JournalTail(directory / rendition)
        self._places = places
        self._waiting = 0
        self._changed = asyncio.Event()
        self._polling: asyncio.Task[None] | None = None
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """Read what has been journaled since."""
        async with self._reading:
            # Before the journal: a recording seen as ended has nothing to come.
            changed = self.screen.refresh()
            over_for = None if self.ended else self._over_for()
            # What is still delayed is not over for who watches it.
            ended = self.ended or (over_for is not None and over_for >= self.screen.withheld.delay)
            waiting = self._tail.waiting()
            large = waiting > READ_AT_ONCE
            parts = (
                await asyncio.to_thread(self._tail.read) if large else self._tail.read() if waiting else []
            )
            if self.wall0 is None and parts:
                self.wall0 = read_began(self._directory)
            for part in parts:
                self._add(part)
            if ended and not self.ended and self.segments:
                self.segments[-1] = replace(self.segments[-1], complete=True)
            running_out = over_for is not None and not ended
            changed = changed or bool(parts) or ended != self.ended or running_out
            self.ended = ended
            if changed:
                self.shown = self.screen.shown(self.segments, float("inf") if ended else over_for)
        if changed:
            self.version += 1
            self._changed.set()
            self._changed = asyncio.Event()

    def _over_for(self) -> float | None:
        """Seconds since the recording ended; None while it goes on."""
        try:
            return max(0.0, time.time() - os.stat(self._ended_file).st_mtime)
        except FileNotFoundError:
            return None

    def _add(self, part: Part) -> None:
        last = self.segments[-1] if self.segments else None
        if last is not None and last.msn == part.msn:
            parts = (*last.parts, part)
            full = sum(one.duration for one in parts) >= FULL_SEGMENT
            self.segments[-1] = replace(last, parts=parts, complete=full)
            return
        if last is not None:
            # A segment that a crash cut short is closed by the next one.
            self.segments[-1] = replace(last, complete=True)
        self.segments.append(Segment(part.msn, part.epoch, (part,), part.duration >= FULL_SEGMENT))

    def segment(self, msn: int) -> Segment | None:
        """The segment of that number, if it was written and may be shown."""
        at = bisect_left(self.shown, msn, key=lambda segment: segment.msn)
        found = self.shown[at] if at < len(self.shown) else None
        return found if found is not None and found.msn == msn else None

    def has(self, msn: int, part: int | None) -> bool:
        """True when part `part` of segment `msn` (None: all of it) or anything later is there.

        A part that the segment never had is the first one of the next (8216bis section 6.2.5.2).
        """
        if not self.segments or self.segments[-1].msn != msn:
            return bool(self.segments) and self.segments[-1].msn > msn
        last = self.segments[-1]
        return last.complete if part is None else len(last.parts) > part

    async def wait(self, reached: Callable[[], bool], limit: float) -> bool:
        """Wait at most `limit` seconds until `reached`; False when it is not. TooManyWaiting when no place
        is left."""
        await self.refresh()
        if reached() or self.ended:
            return reached()
        if self._places.taken >= self._places.limit:
            raise TooManyWaiting
        self._places.taken += 1
        self._waiting += 1
        if self._polling is None or self._polling.done():
            self._polling = asyncio.create_task(self._poll())
        try:
            async with asyncio.timeout(limit):
                while not reached() and not self.ended:
                    await self._changed.wait()
        except TimeoutError:
            return False
        finally:
            self._places.taken -= 1
            self._waiting -= 1
        return reached()

    async def _poll(self) -> None:
        """Looks at the journal while somebody waits: a file works from any process, a notification would
        not."""
        while self._waiting:
            await asyncio.sleep(POLL_EVERY)
            await self.refresh()
