"""Parent side of the programme: starts the process, feeds it within bounds, restarts it, and remembers what
a fresh one needs to show a picture at once.

It is a sink of the room. When its process dies, a standby that has everything loaded takes over: it gets the
control state, the units since each speaker's last key frame, some sound and the last sender reports, and
goes on behind what the journal names. The timeline is the parent's (`t0`), so numbering and time go on.
"""

import asyncio
import contextlib
import json
import logging
import os
import time
from asyncio.subprocess import Process
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recordings import journal, units
from recordings.memory import Memory
from recordings.processes import Started, computing_time, kill, start_child
from recordings.units import Kind, Unit
from streaming.sinks import Frame, SenderReport

log = logging.getLogger(__name__)

# Bytes waiting for the child: above LOW pictures that others do not depend on go, above HIGH everything but
# control.
LOW, HIGH = 512 << 10, 2 << 20
KEY_REQUEST_EVERY = 0.3
STANDBY_AFTER = 1.0
WATCHDOG_EVERY = 0.25
WATCHDOG_LIMIT = 2.5
# Silent but computing: the machine is overloaded, and a restart would only add to it.
BUSY_LIMIT = 10.0
START_LIMIT = 30.0
STOP_LIMIT = 8.0  # a late programme still writes what it owes
STEADY = 5.0
LONGEST_PAUSE = 2.0


class ProgrammeSupervisor:
    """Runs the programme of one session into `directory`.

    `t0`: monotonic second of recording time 0. `request_key(participant)` asks the room for a key frame.
    `on_message` gets what the process says, and {"restarted": exit code}. `standby=False` saves the memory
    of a warm standby (100 MB) at the price of a second at a restart.
    """

    def __init__(
        self,
        directory: Path,
        t0: float,
        request_key: Callable[[str], None],
        on_message: Callable[[dict[str, Any]], None],
        standby: bool = True,
    ) -> None:
        self.dropped = {"video": 0, "audio": 0}
        self.restarts: list[int] = []
        self.pid: int | None = None
        self._directory, self._t0 = directory, t0
        self._request_key, self._on_message = request_key, on_message
        self._keep_standby = standby
        self._memory: dict[str, Memory] = {}
        self._state: dict[str, Any] = {}
        self._skipping: set[str] = set()
        self._key_asked: dict[str, float] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._current: Started | None = None
        self._standby: Started | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._heard = 0.0
        self._stopping = asyncio.Event()
        self._finished = asyncio.Event()
        self._finished.set()

    # Sink: called from the room's loop; nothing here waits.

    def on_stage(self, participant: str, slot: str) -> None:
        self._memory.setdefault(participant, Memory()).slot = slot
        self._write(units.control(stage=[participant, slot]))

    def on_frame(self, frame: Frame) -> None:
        self.feed(units.unit_of_frame(frame))

    def on_sender_report(self, report: SenderReport) -> None:
        self.feed(units.unit_of_report(report, time.monotonic()))

    def on_leave(self, participant: str) -> None:
        self._memory.pop(participant, None)
        self._skipping.discard(participant)
        self._key_asked.pop(participant, None)
        self._write(units.control(leave=participant))

    def feed(self, unit: Unit) -> None:
        """A unit of a participant: remembered for a restart, and passed on within the bounds."""
        self._memory.setdefault(unit.participant, Memory()).add(unit)
        if self._may_pass(unit):
            self._write(unit)

    def control(self, **fields: Any) -> None:
        """`layout` full, side, pip or slate; `lead` the participant to be seen first or None; `third`
        [question, case number] or None; `slate` text or None."""
        unknown = fields.keys() - {"layout", "lead", "third", "slate"}
        if unknown:
            raise ValueError(f"the programme knows no {', '.join(sorted(unknown))}")
        self._state.update(fields)
        self._write(units.control(**fields))

    # Bounds

    def _may_pass(self, unit: Unit) -> bool:
        """False for what falls off because the child is behind: pictures early, sound late, both counted."""
        if self._writer is None:
            return False
        waiting = self._writer.transport.get_write_buffer_size()
        if unit.kind is Kind.VIDEO:
            return self._picture_may_pass(unit, waiting)
        if unit.kind is Kind.AUDIO and waiting > HIGH:
            self.dropped["audio"] += 1
            return False
        return True

    def _picture_may_pass(self, unit: Unit, waiting: int) -> bool:
        if unit.key and waiting < HIGH:
            self._skipping.discard(unit.participant)
            return True
        if waiting <= LOW and unit.participant not in self._skipping:
            return True
        # Nothing more of this GOP: it could not be decoded.
        self._skipping.add(unit.participant)
        self.dropped["video"] += 1
        if waiting <= LOW:
            self._ask_key(unit.participant)
        return False

    def _write(self, unit: Unit) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(unit.pack())

    def _ask_key(self, participant: str) -> None:
        now = time.monotonic()
        if now - self._key_asked.get(participant, float("-inf")) >= KEY_REQUEST_EVERY:
            self._key_asked[participant] = now
            self._request_key(participant)

    # Life of the process

    async def run(self) -> None:
        """Keep a programme running until `stop`. Cancelling kills it."""
        self._finished.clear()
        pause = 0.0
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                code = await self._run_one()
                if self._stopping.is_set():
                    break
                log.warning("programme in %s ended with %s", self._directory.name, code)
                self.restarts.append(code)
                self._on_message({"restarted": code})
                # One that dies again and again is not restarted in a busy loop.
                pause = 0.0 if time.monotonic() - began > STEADY else min(LONGEST_PAUSE, pause * 2 + 0.1)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause or 0.001)
        finally:
            await self._clean_up()
            self._finished.set()

    async def _run_one(self) -> int:
        try:
            started, self._standby = self._standby or await start_child(), None
            if started.process.returncode is not None:
                started = await start_child()
        except OSError as error:
            # No memory or no file left at this moment: tried again, as long as the session lasts.
            log.error("programme in %s cannot be started: %s", self._directory.name, error)
            return os.EX_OSERR
        self._current, self.pid = started, started.process.pid
        if self._stopping.is_set():
            return 0  # the end came while it was starting
        self._go(started)
        if self._keep_standby:
            self._preparing = asyncio.create_task(self._prepare())
        self._heard = time.monotonic()
        watchdog = asyncio.create_task(self._watch(started.process))
        try:
            async for line in started.reader:
                self._heard = time.monotonic()
                self._handle(line)
        except ConnectionError:
            log.info("programme in %s closed its socket", self._directory.name)
        except ValueError as error:
            log.warning("programme in %s is not understood: %s", self._directory.name, error)
            kill(started.process)
        finally:
            watchdog.cancel()
            self._writer = None
            started.writer.close()
        return await self._exit_code(started.process)

    def _go(self, started: Started) -> None:
        """The go signal and everything a fresh process needs."""
        assert started.process.stdin is not None
        options = {"directory": str(self._directory), "t0": self._t0}
        started.process.stdin.write(json.dumps(options).encode() + b"\n")
        self._writer = started.writer
        self._skipping.clear()
        self._write(units.control(**self._state))
        for participant, memory in self._memory.items():
            self._write(units.control(stage=[participant, memory.slot]))
            for unit in memory.replay():
                self._write(unit)
            if not memory.has_picture:
                self._ask_key(participant)

    def _handle(self, line: bytes) -> None:
        message = json.loads(line)
        participant = message.get("want_key")
        if isinstance(participant, str) and participant in self._memory:
            self._ask_key(participant)
        self._on_message(message)

    async def _watch(self, process: Process) -> None:
        """It tells parts five times a second: one that says nothing and computes nothing hangs, which is as
        good as dead. Before its first word it may take the time that loading takes."""
        started, computed, moved = self._heard, 0.0, time.monotonic()
        while True:
            before = time.monotonic()
            await asyncio.sleep(WATCHDOG_EVERY)
            now = time.monotonic()
            if now - before > 2 * WATCHDOG_EVERY:
                # We were the ones that stood still; what it said waits to be read.
                self._heard = max(self._heard, now - WATCHDOG_EVERY)
            computing = computing_time(process.pid)
            if computing != computed:
                computed, moved = computing, now
            limit = BUSY_LIMIT if now - moved < WATCHDOG_LIMIT / 2 else WATCHDOG_LIMIT
            if now - self._heard > (START_LIMIT if self._heard == started else limit):
                log.error("programme in %s says nothing", self._directory.name)
                kill(process)
                return

    async def _exit_code(self, process: Process) -> int:
        try:
            return await asyncio.wait_for(process.wait(), STOP_LIMIT)
        except TimeoutError:
            kill(process)
            return await process.wait()

    async def _prepare(self) -> None:
        await asyncio.sleep(STANDBY_AFTER)
        if self._standby is None and not self._stopping.is_set():
            try:
                self._standby = await start_child()
            except OSError as error:
                log.warning("no standby for the programme in %s: %s", self._directory.name, error)

    async def _clean_up(self) -> None:
        self._writer = None
        self.pid = None
        if self._preparing is not None:
            self._preparing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._preparing
        for started in (self._current, self._standby):
            if started is None:
                continue
            started.writer.close()
            if started.process.stdin is not None:
                started.process.stdin.close()
            if started.process.returncode is None:
                kill(started.process)
                await started.process.wait()
        self._current = self._standby = None

    async def stop(self) -> None:
        """End the programme: the last part is written, and the lists become VOD (marker `ended`)."""
        self._stopping.set()
        if self._writer is not None and self._current is not None:
            self._write(units.control(end=True))
            process = self._current.process
            try:
                await asyncio.wait_for(self._finished.wait(), STOP_LIMIT)
            except TimeoutError:
                log.error("programme in %s does not end", self._directory.name)
                kill(process)
        await self._finished.wait()
        journal.mark_ended(self._directory)
