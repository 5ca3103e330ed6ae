"""What the clerk does, and how often. Every piece claims its rows by a conditional update: many clerks may
run.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from channels.db import database_sync_to_async
from django.db import DatabaseError
from django.utils import timezone

from portal.appeals.actions import tick, tidy_files
from portal.live.actions.telling import remind_due
from portal.notices.actions import deliver_due
from recordings.actions import make_due_clips
from signaling.orm.passages import refresh_passages

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Duty:
    name: str
    every: float
    do: Callable[[], object]


def duties() -> list[Duty]:
    return [
        Duty("passages", 3.0, lambda: refresh_passages(timezone.now())),
        Duty("clips", 1.0, make_due_clips),
        Duty("reminders", 20.0, lambda: remind_due(timezone.now())),
        Duty("messages", 1.0, lambda: deliver_due(timezone.now())),
        Duty("files", 60.0, lambda: tidy_files(timezone.now())),
        Duty("clocks", 30.0, lambda: tick(timezone.now())),
    ]


class Clerk:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._duties = duties()
        self._due = {duty.name: 0.0 for duty in self._duties}

    def do_all_once(self) -> None:
        for duty in self._duties:
            duty.do()

    def do_due(self) -> list[str]:
        """Does what is due by the clock; one duty that fails costs none of the others. Names what was
        done.
        """
        done = []
        for duty in self._duties:
            now = self._clock()
            if self._due[duty.name] > now:
                continue
            self._due[duty.name] = now + duty.every
            try:
                duty.do()
            except DatabaseError as error:
                log.warning("%s: the database is busy or away (%s)", duty.name, type(error).__name__)
            except Exception as error:  # noqa: BLE001 - a broken clip must not stop the clocks of cases
                log.error("%s failed", duty.name, exc_info=error)
            else:
                done.append(duty.name)
        return done

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await database_sync_to_async(self.do_due, thread_sensitive=False)()
            await asyncio.sleep(LOOK_SECONDS)
