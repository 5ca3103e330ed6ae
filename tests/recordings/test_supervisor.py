"""The real programme process: fed in real time, killed, hung, ended."""

import asyncio
import errno
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from recordings import journal, supervisor
from recordings.processes import Started, start_child
from recordings.supervisor import LOW, ProgrammeSupervisor
from recordings.units import Codec, Flags, Kind, Unit
from tests.recordings import measuring
from tests.recordings.synthetic import Speaker, packets, pictures

pytestmark = pytest.mark.slow


class Evening:
    """A supervisor that is fed with one speaker in real time."""

    def __init__(self, directory: Path, standby: bool = True) -> None:
        self.directory = directory
        self.messages: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.changed = asyncio.Event()
        self.t0 = time.monotonic()
        self.supervisor = ProgrammeSupervisor(
            directory, self.t0, self.keys.append, self._hear, standby=standby
        )
        self.running = asyncio.create_task(self.supervisor.run())
        self.feeding: asyncio.Task[None] | None = None

    def _hear(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        self.changed.set()

    def speak(self) -> None:
        self.feeding = asyncio.create_task(self._speak())

    async def _speak(self) -> None:
        now = time.monotonic()
        self.supervisor.on_stage("leader-1", "main")
        for arrival, unit in Speaker("leader-1", now, now + 60).arrivals():
            await asyncio.sleep(max(0.0, arrival - time.monotonic()))
            self.supervisor.feed(unit)

    def count(self, kind: str) -> int:
        return sum(kind in message for message in self.messages)

    async def until(self, reached: Callable[[], bool], limit: float = 90.0) -> None:
        async with asyncio.timeout(limit):
            while not reached():
                self.changed.clear()
                await self.changed.wait()

    async def end(self) -> None:
        if self.feeding is not None:
            self.feeding.cancel()
        await self.supervisor.stop()
        await asyncio.wait_for(self.running, 10)


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    pictures(Codec.H264, 1280, 720, 100), packets(Codec.OPUS, 0)
    one = Evening(tmp_path / "1")
    yield one
    await one.end()


async def test_killing_the_programme_costs_little_and_the_timeline_goes_on(evening: Evening) -> None:
    evening.speak()
    await evening.until(lambda: evening.count("part") > 30)
    # The standby is what makes the difference; wait for the second process to be there and loaded.
    await asyncio.sleep(2.5)
    first = evening.supervisor.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await evening.until(lambda: evening.count("restarted") == 1 and evening.count("hello") == 2)
    parts = evening.count("part")
    await evening.until(lambda: evening.count("part") > parts + 30)
    await evening.end()
    segments = journal.read_segments(evening.directory)
    assert [segment.msn for segment in segments] == list(range(len(segments)))
    assert {segment.epoch for segment in segments} == {0, 1}
    before = [segment for segment in segments if segment.epoch == 0][-1]
    after = next(segment for segment in segments if segment.epoch == 1)
    lost = after.begin - before.begin - before.duration
    # How much is lost depends on the machine and is measured by the benchmark; here only that time goes on.
    assert lost >= 0
    for epoch in (0, 1):
        decoded = measuring.decode(measuring.epoch_bytes(evening.directory, epoch=epoch), measuring.FULL)
        assert decoded.first_code(measuring.FULL) is not None
    assert journal.is_ended(evening.directory)


async def test_a_hung_programme_is_replaced(evening: Evening) -> None:
    await evening.until(lambda: evening.count("part") > 3)
    assert evening.supervisor.pid is not None
    os.kill(evening.supervisor.pid, signal.SIGSTOP)
    await evening.until(lambda: evening.count("restarted") == 1)
    parts = evening.count("part")
    await evening.until(lambda: evening.count("part") > parts + 3)


async def test_a_programme_without_input_runs_and_ends_as_vod(evening: Evening) -> None:
    await evening.until(lambda: evening.count("part") > 12)
    await evening.end()
    assert evening.supervisor.restarts == []
    assert journal.is_ended(evening.directory)
    assert journal.read_segments(evening.directory)[-1].complete


async def test_a_restarted_programme_shows_what_was_asked_for_before(evening: Evening) -> None:
    evening.supervisor.control(slate="中场休息", layout="full")
    evening.speak()
    await evening.until(lambda: evening.count("part") > 6)
    await asyncio.sleep(2)
    assert evening.supervisor.pid is not None
    os.kill(evening.supervisor.pid, signal.SIGKILL)
    await evening.until(lambda: evening.count("hello") == 2)
    parts = evening.count("part")
    await evening.until(lambda: evening.count("part") > parts + 6)
    await evening.end()
    decoded = measuring.decode(measuring.epoch_bytes(evening.directory, epoch=1), measuring.FULL)
    assert decoded.first_code(measuring.FULL) is None, "still the slate"


async def test_a_child_that_does_not_read_costs_pictures_first_and_keeps_the_sound(evening: Evening) -> None:
    await evening.until(lambda: evening.count("part") > 1)
    assert evening.supervisor.pid is not None
    os.kill(evening.supervisor.pid, signal.SIGSTOP)
    now = time.monotonic()
    large = bytes(100_000)

    def picture(flags: Flags) -> Unit:
        return Unit(Kind.VIDEO, "leader-1", Codec.H264, flags, 0, now, large)

    for _ in range(30):
        evening.supervisor.feed(picture(Flags.NONE))
    assert evening.supervisor.dropped["video"] > 0
    dropped = evening.supervisor.dropped["video"]
    evening.supervisor.feed(Unit(Kind.AUDIO, "leader-1", Codec.OPUS, Flags.NONE, 0, now, b"x" * 80))
    assert evening.supervisor.dropped["audio"] == 0
    evening.supervisor.feed(picture(Flags.NONE))
    assert evening.supervisor.dropped["video"] == dropped + 1
    assert LOW < 30 * len(large)
    os.kill(evening.supervisor.pid, signal.SIGCONT)


async def test_unknown_wishes_are_refused(evening: Evening) -> None:
    with pytest.raises(ValueError, match="colour"):
        evening.supervisor.control(colour="red")


async def test_stopping_before_anything_started_leaves_an_ended_recording(tmp_path: Path) -> None:
    supervisor = ProgrammeSupervisor(tmp_path / "1", time.monotonic(), lambda _: None, lambda _: None)
    await supervisor.stop()
    await asyncio.wait_for(supervisor.run(), 5)
    assert journal.is_ended(tmp_path / "1")


@pytest.mark.parametrize("refused", [1, 2], ids=["programme", "standby"])
async def test_a_machine_that_cannot_start_a_process_for_a_moment_costs_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    calls = 0

    async def sometimes() -> Started:
        nonlocal calls
        calls += 1
        if calls == refused:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return await start_child()

    monkeypatch.setattr(supervisor, "start_child", sometimes)
    monkeypatch.setattr(supervisor, "STANDBY_AFTER", 0.0)
    one = Evening(tmp_path / "1")
    await one.until(lambda: calls >= refused and one.count("part") > 5)
    await asyncio.wait_for(one.end(), 30)
    assert journal.is_ended(one.directory) and journal.read_segments(one.directory)
