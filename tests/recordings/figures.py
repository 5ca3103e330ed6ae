"""The figures of the programme, for a benchmark: `python -m tests.recordings.figures`.

Prints one line of name=value. Needs a machine that is not busy with other things; the tests assert nothing
of this.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from recordings import journal
from recordings.clips import cut_clip
from recordings.supervisor import ProgrammeSupervisor
from recordings.units import Codec
from tests.recordings import measuring
from tests.recordings.synthetic import Arrival, Speaker, at, merged, packets, pictures, run_virtually

SECONDS = 30.0


def two_on_stage(begin: float, end: float) -> tuple[Speaker, Speaker]:
    lin = Speaker("leader-1", begin, end, drift_ppm=100, sound_ppm=-100, jitter=0.008, seed=3)
    alice = Speaker("guest-2", begin + 0.3, end, voice=1, shade=150, drift_ppm=-100, sound_ppm=100, seed=4)
    return lin, alice


def stage() -> list[Arrival]:
    return [
        *at(0, stage=["leader-1", "main"]),
        *at(0, stage=["guest-2", "guest"]),
        *at(1, third=["请问城东到新区的公交线什么时候开通?", "2026-000123"]),
    ]


def programme_core(directory: Path) -> dict[str, float]:
    """Share of a core with two people on stage, and the skew between sound and picture, in virtual time."""
    arrivals = list(merged(stage(), *(one.arrivals() for one in two_on_stage(0.2, SECONDS))))
    began = time.process_time()
    run_virtually(directory, arrivals, SECONDS)
    core = (time.process_time() - began) / SECONDS
    decoded = measuring.decode(measuring.epoch_bytes(directory), measuring.LEFT, measuring.RIGHT)
    late: list[float] = []
    for place, voice, ppm in ((measuring.LEFT, 0, -100), (measuring.RIGHT, 1, 100)):
        measured = measuring.skews(decoded, place, voice, ppm)
        late += [abs(skew) for when, skew in measured if when > measured[0][0] + 2]
    return {"programme_core": core, "lip_sync_p95_ms": float(np.percentile(late, 95)) * 1000}


def clip_ready(directory: Path) -> dict[str, float]:
    """Seconds for an exact clip of 20 s out of a recording."""
    began = time.monotonic()
    cut_clip(directory, 4_321, 24_321, directory / "clip.mp4")
    return {"clip_cut_s": time.monotonic() - began}


async def kill_lost(directory: Path, kills: int = 3) -> dict[str, float]:
    """Seconds of recording that `kill -9` of the programme costs (worst of several), with two on stage in
    real time."""
    messages: list[dict[str, Any]] = []
    supervisor = ProgrammeSupervisor(directory, time.monotonic(), lambda _: None, messages.append)
    running = asyncio.create_task(supervisor.run())
    feeding = asyncio.create_task(_feed(supervisor))
    for number in range(kills):
        await asyncio.sleep(7 + 0.13 * number)
        if supervisor.pid is not None:
            os.kill(supervisor.pid, signal.SIGKILL)
    await asyncio.sleep(5)
    feeding.cancel()
    await supervisor.stop()
    await running
    segments = journal.read_segments(directory)
    epochs = sorted({one.epoch for one in segments})
    last = {epoch: [one for one in segments if one.epoch == epoch][-1] for epoch in epochs}
    first = {epoch: next(one for one in segments if one.epoch == epoch) for epoch in epochs}
    gaps = [
        first[b].begin - last[a].begin - last[a].duration for a, b in zip(epochs, epochs[1:], strict=False)
    ]
    starts = [message["ms"] for message in messages if "hello" in message]
    cores = [message["statistics"]["core"] for message in messages if "statistics" in message]
    return {
        "kill_lost_s": max(gaps, default=0.0),
        "restart_ms": float(max(starts[1:], default=0)),
        "programme_core_live": max(cores, default=0.0),
    }


async def _feed(supervisor: ProgrammeSupervisor) -> None:
    now = time.monotonic()
    supervisor.on_stage("leader-1", "main")
    supervisor.on_stage("guest-2", "guest")
    supervisor.control(third=["请问城东到新区的公交线什么时候开通?", "2026-000123"])
    for arrival, unit in merged(*(one.arrivals() for one in two_on_stage(now, now + 600))):
        await asyncio.sleep(max(0.0, arrival - time.monotonic()))
        supervisor.feed(unit)


def figures() -> dict[str, float]:
    for shade, voice in ((100, 0), (150, 1)):
        pictures(Codec.H264, 1280, 720, shade)
        packets(Codec.OPUS, voice)
    with tempfile.TemporaryDirectory() as root:
        found = programme_core(Path(root) / "1")
        found |= clip_ready(Path(root) / "1")
        found |= asyncio.run(kill_lost(Path(root) / "2"))
    return found


if __name__ == "__main__":
    sys.stdout.write(
        "programme " + " ".join(f"{name}={value:.3f}" for name, value in figures().items()) + "\n"
    )
