"""The programme process: `python -m recordings.child <socket fd>`.

Started early as a warm standby (imports done, codecs loaded), it waits for one line of JSON on its standard
input, {"directory": …, "t0": …}, and then runs until the parent says the end or is gone. One thread, no
asyncio: it waits for units or for the next tick, whichever comes first.
"""

import gc
import json
import os
import select
import socket
import sys
import time
from pathlib import Path
from typing import Any

import av

from recordings.encoders import FPS
from recordings.following import write_began
from recordings.picture import DECODERS
from recordings.programme import Programme, ProgrammeEncoders, standing_slate
from recordings.units import BrokenUnits, UnitReader
from streaming.priority import run_as_usual

READ_SIZE = 1 << 18
# So far behind that most pictures are left out.
BEHIND = 0.2
# So far behind that catching up would take too long: a fresh process goes on from now.
HOPELESS = 10.0
STATISTICS_TICKS = 5 * FPS


class Child:
    """The loop around one `Programme`."""

    def __init__(
        self, connection: socket.socket, directory: Path, t0: float, encoders: ProgrammeEncoders
    ) -> None:
        self._connection = connection
        connection.setblocking(False)
        self._unsent = bytearray()
        self._reader = UnitReader()
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)
        began = time.monotonic()
        write_began(directory, time.time() - (began - t0))
        self._programme = Programme(directory, t0, self._notify, encoders=encoders)
        self._tick = max(0, int((time.monotonic() - t0) * FPS) + 1)
        self._latest = 0.0
        self._cpu, self._since = time.process_time(), time.monotonic()
        took = round((time.monotonic() - began) * 1000)
        self._notify({"hello": os.getpid(), "tick": self._tick, "ms": took, "epoch": self._programme.epoch})

    def run(self) -> None:
        """Until the parent is gone or says the end."""
        while self._take_units() and not self._programme.ended:
            wait = self._programme.time_of(self._tick) - time.monotonic()
            if wait > 0:
                self._poll.poll(max(1.0, wait * 1000))
                continue
            self._latest = max(self._latest, -wait)
            if -wait > HOPELESS:
                break
            self._programme.tick(self._tick, repeat=-wait > BEHIND)
            self._tick += 1
            if self._tick % STATISTICS_TICKS == 0:
                self._tell_statistics()
        # Without the word "end" somebody else may already be writing here.
        if self._programme.ended:
            self._catch_up()
        self._programme.close()

    def _catch_up(self) -> None:
        """A late programme still owes the last seconds before the end: the answer that was just given."""
        until = time.monotonic()
        while self._programme.time_of(self._tick) < until < self._programme.time_of(self._tick) + HOPELESS:
            self._programme.tick(self._tick, repeat=True)
            self._tick += 1

    def _take_units(self) -> bool:
        """Everything the socket holds; False when the parent is gone."""
        while True:
            try:
                data = self._connection.recv(READ_SIZE)
            except BlockingIOError:
                return True
            except ConnectionError:
                return False
            if not data:
                return False
            for unit in self._reader.feed(data):
                self._programme.feed(unit)

    def _notify(self, message: dict[str, Any]) -> None:
        """Messages are hints: a parent that does not read costs messages, never the programme."""
        self._unsent += json.dumps(message).encode() + b"\n"
        try:
            sent = self._connection.send(self._unsent)
            del self._unsent[:sent]
        except (BlockingIOError, ConnectionError):
            if len(self._unsent) > READ_SIZE:
                del self._unsent[self._unsent.find(b"\n") + 1 :]

    def _tell_statistics(self) -> None:
        now, cpu = time.monotonic(), time.process_time()
        core = (cpu - self._cpu) / max(0.001, now - self._since)
        self._notify(
            {
                "statistics": {
                    "core": round(core, 4),
                    "late_ms": round(self._latest * 1000, 1),
                    "tick": self._tick,
                    **self._programme.statistics(),
                }
            }
        )
        self._cpu, self._since, self._latest = cpu, now, 0.0


def main() -> int:
    """0: the programme ran to its end, or was never needed. 1: the parent sent what cannot be read."""
    run_as_usual()
    connection = socket.socket(fileno=int(sys.argv[1]))
    # Opening encoders, font and decoders costs a quarter of a second: pay it while waiting.
    encoders = ProgrammeEncoders()
    standing_slate()
    for codec in DECODERS.values():
        av.CodecContext.create(codec, "r")
    gc.collect()
    gc.freeze()
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    options = json.loads(line)
    child = Child(connection, Path(options["directory"]), float(options["t0"]), encoders)
    try:
        child.run()
    except BrokenUnits:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
