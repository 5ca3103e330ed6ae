"""The scribe's end of an engine process: starts it, feeds it within bounds, and starts it again when it dies.

What was sent and has no final answer yet is kept for a while, so that a fresh process hears the sentence
that the old one died over. Sound that itself kills an engine is not sent twice.
"""

import asyncio
import json
import logging
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from transcripts.engines.frames import HEAD, EngineFrame, Kind, parse_head, unpack_result
from transcripts.engines.interface import BYTES_PER_MS, EngineSpec, Recognised

log = logging.getLogger(__name__)

# Sound that waits here for the engine, over all tracks; beyond it the oldest falls off and is counted.
QUEUE_MS = 40_000
# Sound inside the engine without an answer; more would only wait in a pipe, where it cannot be dropped.
IN_FLIGHT_MS = 1_000
# Sound that is sent again to a fresh process.
MEMORY_MS = 15_000
# No answer for so long although sound was sent: the process hangs.
HANGS_S = 15.0
LOAD_S = 60.0
PROBE_S = 60.0
BACKOFF_S = (0.0, 0.5, 1.0, 2.0)
# A process that lived so long died by accident; one that did not may have died of what it heard.
STEADY_S = 5.0


# Where `transcripts` is found, whatever directory the scribe was started in.
ROOT = Path(__file__).resolve().parents[2]


def _command(spec: EngineSpec, *more: str) -> list[str]:
    return [sys.executable, "-m", "transcripts.engines.process", json.dumps(asdict(spec)), *more]


async def usable(spec: EngineSpec) -> bool:
    """Does the engine load and listen to a second of silence, in a throw-away process?"""
    process = await asyncio.create_subprocess_exec(
        *_command(spec, "--probe"), stdin=DEVNULL, stdout=DEVNULL, cwd=ROOT
    )
    try:
        code = await asyncio.wait_for(process.wait(), PROBE_S)
    except TimeoutError:
        process.kill()
        code = await process.wait()
    if code != 0:
        log.error("speech engine %s is not usable: its probe ended with %d", spec.name, code)
    return code == 0


@dataclass(slots=True)
class EngineStatistics:
    starts: int = 0
    dropped_ms: int = 0
    results: int = 0
    bad_results: int = 0


class EngineClient:
    """One engine process, whatever happens to it. `on_result(track, recognised)` is called on the loop."""

    def __init__(self, spec: EngineSpec, on_result: Callable[[int, Recognised], None]) -> None:
        self.spec = spec
        self.statistics = EngineStatistics()
        self.ready = asyncio.Event()
        self._on_result = on_result
        self._waiting: deque[EngineFrame] = deque()
        self._waiting_ms = 0
        self._sent: deque[EngineFrame] = deque()
        self._memory: dict[int, deque[EngineFrame]] = {}
        self._wake = asyncio.Event()
        self._moved = asyncio.Event()
        self._process: Process | None = None
        self._heard_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def room_ms(self) -> int:
        """How much sound may be fed before the oldest falls off."""
        return QUEUE_MS - self._waiting_ms

    def idle(self) -> bool:
        """Is everything that was fed answered?"""
        return not self._waiting and not self._sent

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until `reached()`, asked again after every answer of the engine."""
        while not reached():
            self._moved.clear()
            await self._moved.wait()

    def feed(self, track: int, pcm: bytes, begin_ms: float) -> None:
        """16 kHz mono s16 sound of a track that begins at recording time `begin_ms`."""
        self._put(EngineFrame(Kind.AUDIO, track, begin_ms, pcm))
        while self._waiting_ms > QUEUE_MS:
            oldest = self._waiting.popleft()
            self._waiting_ms -= _ms(oldest)
            self.statistics.dropped_ms += _ms(oldest)

    def flush(self, track: int) -> None:
        """Nothing follows for now: the engine ends what it is in the middle of."""
        self._put(EngineFrame(Kind.FLUSH, track))

    def close_track(self, track: int) -> None:
        self._put(EngineFrame(Kind.CLOSE, track))

    def _put(self, frame: EngineFrame) -> None:
        self._waiting.append(frame)
        self._waiting_ms += _ms(frame)
        self._wake.set()

    async def run(self) -> None:
        """Keep the process alive until this task is cancelled."""
        failures = 0
        try:
            while True:
                began = time.monotonic()
                await self._live_once()
                failures = 0 if time.monotonic() - began > STEADY_S else failures + 1
                self._remember(failures)
                await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
        finally:
            if self._process is not None and self._process.returncode is None:
                self._process.kill()
                await self._process.wait()

    async def _live_once(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *_command(self.spec), stdin=PIPE, stdout=PIPE, cwd=ROOT
        )
        self._process = process
        self.statistics.starts += 1
        parts = (self._read(process), self._write(process), self._watch())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            self._heard_at = time.monotonic() + LOAD_S
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.ready.clear()
            for task in tasks:
                task.cancel()
            if process.returncode is None:
                process.kill()
            await asyncio.gather(*tasks, return_exceptions=True)
        code = await process.wait()
        log.warning("speech engine %s (pid %d) ended with %d", self.spec.name, process.pid, code)

    async def _watch(self) -> None:
        while True:
            if not self.idle() and time.monotonic() - self._heard_at > HANGS_S:
                log.error("speech engine %s answers no more", self.spec.name)
                return
            await asyncio.sleep(0.5)

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        while True:
            try:
                kind, track, begin_ms, length = parse_head(await process.stdout.readexactly(HEAD.size))
                data = await process.stdout.readexactly(length)
            except (asyncio.IncompleteReadError, ValueError):
                return
            self._heard_at = time.monotonic()
            self._take(EngineFrame(kind, track, begin_ms, data))

    def _take(self, frame: EngineFrame) -> None:
        if frame.kind == Kind.READY:
            self.ready.set()
            self._wake.set()
        elif frame.kind == Kind.TAKEN and self._sent:
            self._keep(self._sent.popleft())
            self._wake.set()
            self._moved.set()
        elif frame.kind == Kind.RESULT:
            try:
                result = unpack_result(frame)
            except (ValueError, KeyError, TypeError):
                self.statistics.bad_results += 1
                return
            self.statistics.results += 1
            if result.final and result.words:
                self._forget(frame.track, result.words[-1].end_ms)
            self._on_result(frame.track, result)

    async def _write(self, process: Process) -> None:
        assert process.stdin is not None
        await self.ready.wait()
        while True:
            while self._waiting and sum(map(_ms, self._sent)) < IN_FLIGHT_MS:
                frame = self._waiting.popleft()
                self._waiting_ms -= _ms(frame)
                if frame.kind == Kind.CLOSE:
                    self._memory.pop(frame.track, None)
                else:
                    if not self._sent:
                        self._heard_at = time.monotonic()
                    self._sent.append(frame)
                process.stdin.write(frame.pack())
            try:
                await process.stdin.drain()
            except ConnectionError:
                return
            self._wake.clear()
            await self._wake.wait()

    def _keep(self, frame: EngineFrame) -> None:
        memory = self._memory.setdefault(frame.track, deque())
        if frame.kind == Kind.FLUSH:
            memory.clear()
            return
        memory.append(frame)
        while sum(map(_ms, memory)) > MEMORY_MS:
            memory.popleft()

    def _forget(self, track: int, end_ms: int) -> None:
        """Sound before `end_ms` has its final words."""
        memory = self._memory.get(track)
        while memory and memory[0].begin_ms + _ms(memory[0]) <= end_ms:
            memory.popleft()

    def _remember(self, failures: int) -> None:
        """What the dead process left unanswered waits in front again; after a second death in a row it is
        let go.
        """
        again = [frame for memory in self._memory.values() for frame in memory] + list(self._sent)
        self._memory.clear()
        self._sent.clear()
        if failures > 1:
            self.statistics.dropped_ms += sum(map(_ms, again))
            return
        self._waiting.extendleft(reversed(again))
        self._waiting_ms += sum(map(_ms, again))


def _ms(frame: EngineFrame) -> int:
    return len(frame.data) // BYTES_PER_MS
