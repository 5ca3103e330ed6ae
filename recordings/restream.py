"""The programme of a session, on to named engines that others run: a CDN, nginx-rtmp, SRS, an ingress.

Each target has a child process of its own (`recordings.restream_child`), tried again for as long as the session
lasts; nothing of it can hold up the programme, whose files it only reads.
"""

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from recordings.processes import ROOT, kill

log = logging.getLogger(__name__)

# A rehearsal is never sent on; a channel takes one programme at a time, and "taken" waits for its turn.
Turn = Literal["never", "taken", "ours"]
SCHEMES = ("rtmp", "rtmps", "whip+http", "whip+https")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
# A child that says nothing for so long hangs: it tells once a second what it has sent.
SILENT_LIMIT = 12.0
STOP_LIMIT = 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """`name` is shown to people; `url` holds the key of the channel and is shown to nobody."""

    name: str
    url: str


def targets(words: Sequence[str]) -> list[Target]:
    """`name=url` each. ValueError says which entry cannot be meant, without its address."""
    found: list[Target] = []
    for number, word in enumerate(words, 1):
        name, sign, url = (part.strip() for part in word.partition("="))
        parts = urlsplit(url)
        if not sign:
            raise ValueError(f"entry {number}: expected name=url")
        if not name or parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError(f"entry {number} ({name}): expected name=url with {', '.join(SCHEMES)}")
        if name in {one.name for one in found}:
            raise ValueError(f"entry {number} ({name}): the name is there twice")
        found.append(Target(name, url))
    return found


class Restream:
    """One session to one target. `status()` is what people may know of it."""

    def __init__(self, directory: Path, target: Target) -> None:
        self.target = target
        self.failures = 0
        self._directory = directory
        self._state = "connecting"
        self._error = ""
        self._sent_ms: int | None = None
        self._process: Process | None = None
        self._task = asyncio.create_task(self._keep_pushing())

    def status(self) -> dict[str, Any]:
        """`state` connecting (never sent yet), live, retrying or ended; `error` the kind of the last failure."""
        return {
            "name": self.target.name,
            "state": self._state,
            "failures": self.failures,
            "error": self._error,
            "sent_ms": self._sent_ms,
        }

    async def _keep_pushing(self) -> None:
        pause = 0.0
        while True:
            began = time.monotonic()
            code = await self._push_once()
            if code == 0:
                self._state = "ended"
                return
            self.failures += 1
            self._state = "retrying"
            log.warning("restream %s of %s ended with %s", self.target.name, self._directory.name, code)
            # Doubling, from the beginning again after a connection that held.
            held = time.monotonic() - began > LONGEST_PAUSE
            pause = FIRST_PAUSE if held else min(LONGEST_PAUSE, max(FIRST_PAUSE, pause * 2))
            await asyncio.sleep(pause)

    async def _push_once(self) -> int:
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "recordings.restream_child",
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                cwd=ROOT,
            )
        except OSError as error:  # no memory or no file left at this moment
            self._error = type(error).__name__
            return os.EX_OSERR
        assert process.stdin is not None and process.stdout is not None
        # By the pipe and not by an argument: everybody on the machine can read those.
        options = {"directory": str(self._directory), "url": self.target.url}
        try:
            process.stdin.write(json.dumps(options).encode() + b"\n")
            while line := await asyncio.wait_for(process.stdout.readline(), SILENT_LIMIT):
                self._hear(line)
        except TimeoutError:
            self._error = "Silent"
            kill(process)
        except (OSError, ValueError) as error:
            self._error = type(error).__name__
            kill(process)
        return await process.wait()

    def _hear(self, line: bytes) -> None:
        message = json.loads(line)
        if "sent_ms" in message:
            self._state, self._sent_ms, self._error = "live", int(message["sent_ms"]), ""
        elif "error" in message:
            self._error = str(message["error"])[:60]

    async def stop(self, ended: bool) -> None:
        """`ended`: the recording is complete, and the last of it may still be sent."""
        if ended and self._state == "live":
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._task), STOP_LIMIT)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if self._process is not None and self._process.returncode is None:
            kill(self._process)
            await self._process.wait()
        self._state = "ended"


class Onward:
    """One session to all targets, while it is its turn."""

    def __init__(self, directory: Path, engines: Sequence[Target]) -> None:
        self.turn: Turn = "never"
        self._directory, self._engines = directory, engines
        self._sending: list[Restream] = []

    async def take(self, turn: Turn) -> None:
        await self.stop(ended=False)
        self.turn = turn
        mine = self._engines if turn == "ours" else ()
        self._sending = [Restream(self._directory, one) for one in mine]

    def status(self) -> list[dict[str, Any]]:
        """Of each target; empty for a rehearsal."""
        if self.turn == "taken":
            waiting = {"state": "taken", "failures": 0, "error": "", "sent_ms": None}
            return [{"name": one.name} | waiting for one in self._engines]
        return [one.status() for one in self._sending]

    async def stop(self, ended: bool) -> None:
        """`ended` as in `Restream.stop`."""
        await asyncio.gather(*(one.stop(ended) for one in self._sending))
