"""The load generator, one process: `SERVER VIEWERS SECONDS TIMES PID`.

SERVER is the engine's control socket, or `janus:` and Janus's, or `mediarelay:` and that of `_mediarelay`. Every
viewer does its own ICE, DTLS and SRTP on a socket of its own and sends a receiver report a second and a consent check
every 2.5 s, as browsers do. Every packet of every viewer is received, its sequence number checked and its time taken
by the kernel; the first packets of each and all of one viewer in fifty are decrypted and compared byte by byte.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt

from streaming.rtcp import ReportBlock, write_receiver_report
from tests.bench._arena import Arena, Batch, ask_for_times
from tests.bench._client import Client
from tests.bench._control import Control
from tests.bench._janus import Janus
from tests.bench._judge import Log, Verdict, compare, judge
from tests.bench._report import say
from tests.bench._stream import AUDIO_PT, VIDEO_PT, send_times

CONSENT = 5.0  # s between checks while others join
TOGETHER = 16  # joins under way at once
SAMPLE = 50  # one viewer in so many is decrypted whole
FIRST = 6  # packets of each stream kept of everybody, to know its numbers
SETTLE = 3.0  # s from the first packet to the window
TAIL = 1.0  # s for what was sent in the window to arrive
SLICES = 50  # of a second, for reports
# Between two rounds over the sockets. Whoever waits in epoll is told of each packet at the sender's expense, an
# interrupt of the other core for every few; viewers across a network cost a server nothing of the kind.
ROUND = 0.004  # s


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, to the nanosecond."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


async def keep_alive(clients: list[Client]) -> None:
    """Consent for those who are in already, while the others join."""
    while True:
        await asyncio.sleep(CONSENT)
        for client in clients:
            client.check()


async def join_all(one: Callable[[int], Awaitable[Client]], count: int) -> list[Client]:
    """`TOGETHER` at a time; in the order of their numbers."""
    slots, there = asyncio.Semaphore(TOGETHER), list[Client]()

    async def in_turn(number: int) -> Client:
        async with slots:
            there.append(await one(number))
            return there[-1]

    consent = asyncio.create_task(keep_alive(there))
    found = await asyncio.gather(*(in_turn(number) for number in range(count)))
    consent.cancel()
    return found


async def join_engine(path: str, count: int) -> list[Client]:
    """Everybody into the engine's room."""
    control = await Control.open(path)

    async def one(number: int) -> Client:
        client = Client()
        offer = await control.ask("watch", viewer=f"viewer-{number}")
        client.learn(offer["sdp"])
        await control.ask("accept", peer=offer["peer"], sdp=client.answer(offer["sdp"], without="63"))
        await client.connect()
        return client

    return await join_all(one, count)


async def join_janus(path: str, count: int) -> list[Client]:
    """The same at the streaming plugin's mountpoint."""
    janus = await Janus.open(path)

    async def one(number: int) -> Client:
        client = Client()
        handle, offer = await janus.watch()
        client.learn(offer)
        await janus.start(handle, client.answer(offer))
        await client.connect()
        return client

    found = await join_all(one, count)
    janus.leave_open()
    return found


class Crowd:
    """All viewers, received by one loop."""

    def __init__(self, clients: list[Client]) -> None:
        self._clients = clients
        self._arena = Arena()
        self._viewer_of = {client.sock.fileno(): number for number, client in enumerate(clients)}
        for client in clients:
            ask_for_times(client.sock)
        self._batches: list[Batch] = []
        self._need = np.full((len(clients), 2), FIRST)
        self._need[::SAMPLE] = 1 << 30
        self.raw: list[list[bytes]] = [[] for _ in clients]
        self._slice = 0
        self._slice_at = time.monotonic()
        self._report = write_receiver_report(9, [ReportBlock(9, 0, 0, 0, 0, 0, 0)])

    def run(self, until: float) -> None:
        """Receive until the monotonic clock says so."""
        arena, viewer_of = self._arena, self._viewer_of
        while time.monotonic() < until:
            time.sleep(ROUND)
            for fileno, viewer in viewer_of.items():
                if arena.is_full:
                    self._keep(arena.drain())
                arena.receive(fileno, viewer)
            self._keep(arena.drain())
            self._speak()

    def _keep(self, batch: Batch) -> None:
        media = (batch.first >= 128) & (batch.first < 192) & ((batch.second < 192) | (batch.second > 223))
        stream = (batch.second & 0x7F == AUDIO_PT).astype(np.int64)
        wanted = np.nonzero(media & (self._need[batch.viewer, stream] > 0))[0]
        for at in wanted:
            viewer = int(batch.viewer[at])
            self._need[viewer, stream[at]] -= 1
            self.raw[viewer].append(batch.data[at, : batch.size[at]].tobytes())
        for at in np.nonzero(batch.first == 0)[0]:
            self._clients[int(batch.viewer[at])].respond(batch.data[at, :20].tobytes())
        self._batches.append(batch.only(media))

    def _speak(self) -> None:
        """Reports and consent of the slice of viewers whose turn it is."""
        if time.monotonic() - self._slice_at < 1 / SLICES:
            return
        self._slice_at = time.monotonic()
        self._slice += 1
        for client in self._clients[self._slice % SLICES :: SLICES]:
            client.send_rtcp(self._report)
        for client in self._clients[self._slice % (5 * SLICES // 2) :: 5 * SLICES // 2]:
            client.check()

    def arrived(self, window: tuple[int, int]) -> int:
        """How many media packets came in the window (ns), whatever they carry."""
        return sum(int(((one.time >= window[0]) & (one.time <= window[1])).sum()) for one in self._batches)

    def log(self) -> Log:
        """Everything that was received as one table."""
        second = np.concatenate([batch.second for batch in self._batches]) & 0x7F
        known = (second == AUDIO_PT) | (second == VIDEO_PT)
        return Log(
            np.concatenate([batch.viewer for batch in self._batches])[known],
            (second[known] == AUDIO_PT).astype(np.uint8),
            np.concatenate([batch.sequence for batch in self._batches])[known],
            np.concatenate([batch.time for batch in self._batches])[known],
        )


def verdict_on(
    crowd: Crowd,
    clients: list[Client],
    times: npt.NDArray[np.int64],
    window: tuple[int, int],
    verdict: Verdict,
) -> None:
    """Compare what came with what was sent."""
    deltas = np.zeros((len(clients), 2), np.int64)
    for number, client in enumerate(clients):
        assert client.receive is not None
        deltas[number] = compare(crowd.raw[number], client.receive, verdict, times)
    verdict.silent = int((deltas < 0).any(axis=1).sum())
    judge(crowd.log(), np.maximum(deltas, 0), times, window, verdict)


def main(server: str, count: int, seconds: float, times_path: Path, pid: int) -> None:
    before, began = cpu_seconds(pid), time.monotonic()
    peer, _, path = server.rpartition(":")
    clients = asyncio.run((join_janus if peer == "janus" else join_engine)(path, count))
    joined = {"join_s": time.monotonic() - began, "join_cpu_s": cpu_seconds(pid) - before}
    crowd = Crowd(clients)
    say("joined")
    os.set_blocking(sys.stdin.fileno(), False)
    while not sys.stdin.readline():
        crowd.run(time.monotonic() + 0.05)
    crowd.run(time.monotonic() + SETTLE)
    mine, theirs, start, wall = time.process_time(), cpu_seconds(pid), time.time_ns(), time.monotonic()
    crowd.run(wall + seconds)
    end, taken = time.time_ns(), time.monotonic() - wall
    cpu, own = cpu_seconds(pid) - theirs, time.process_time() - mine
    crowd.run(time.monotonic() + TAIL)
    times, verdict = send_times(times_path), Verdict()
    if peer == "mediarelay":  # it sends what it encoded itself
        verdict.arrived = crowd.arrived((start, end))
    else:
        verdict_on(crowd, clients, times, (start, end), verdict)
    facts = {"cpu_s": cpu, "wall_s": taken, "generator_core": own / taken}
    say(
        json.dumps(
            {**joined, **facts, "lost": verdict.lost, **asdict(verdict), "profile": clients[0].profile}
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
