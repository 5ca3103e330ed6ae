"""Child processes of the all-in-one: started, listened to, restarted, and ended with their parent.

A child announces by lines on its standard output. Its standard input is a pipe that nobody writes to: when
the parent dies, however it dies, the pipe ends and the child leaves by itself.
"""

import asyncio
import contextlib
import logging
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from typing import Any

from signaling.carrier import read_line

log = logging.getLogger(__name__)

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
# One that lived this long gets its first pause again.
STEADY_SECONDS = 20.0
STOP_SECONDS = 6.0
LINE_LIMIT = 1 << 20


def next_pause(pause: float, lived: float) -> float:
    """Seconds to wait before the next start, after a child that lived `lived` seconds."""
    return FIRST_PAUSE if lived >= STEADY_SECONDS else min(LONGEST_PAUSE, max(FIRST_PAUSE, pause * 2))


class Child:
    """`manage.py <command>`, kept running. What it announces goes to `tell(topic, message)`."""

    def __init__(self, command: str, tell: Callable[[str, dict[str, Any]], None]) -> None:
        self.command = command
        self.restarts = 0
        self._tell = tell
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            log.error("%s does not end and is killed", self.command)
            process.kill()
            await process.wait()

    async def _keep_running(self) -> None:
        pause = 0.0
        while True:
            began = time.monotonic()
            code = await self._run_once()
            pause = next_pause(pause, time.monotonic() - began)
            log.error("%s ended with %s; again in %.1f s", self.command, code, pause)
            await asyncio.sleep(pause)
            self.restarts += 1

    async def _run_once(self) -> int:
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable, str(MANAGE), self.command, "--child", stdin=PIPE, stdout=PIPE, limit=LINE_LIMIT
        )
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:
                log.warning("%s wrote a line that is too long", self.command)
                continue
            if not line:
                return await process.wait()
            found = read_line(line)
            if found is not None:
                self._tell(*found)


async def parent_is_gone() -> None:
    """Returns when the standard input, held open by the parent, has ended."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        while await reader.read(4096):
            pass
    finally:
        transport.close()
