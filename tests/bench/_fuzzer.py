"""One target of the fuzzer in a process of its own: `TARGET INPUTS SEED [FOLDER]`; prints one JSON line.

FOLDER holds atheris: inputs are then guided by coverage. Without it, and for targets that keep state on an event
loop, inputs are mutations of the seeds.
"""

import asyncio
import atexit
import json
import random
import resource
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench._report import say

WARM = 0.2  # share of the inputs after which memory is taken for the first time
SHOWN = 3
_NUMBERS = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\x00\x00", b"\xff\xff", b"\x80\x00", b"\xff\xff\xff\xff")


def resident() -> float:
    """MiB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


@dataclass(slots=True)
class Tally:
    """What a target's inputs came to."""

    engine: str
    inputs: int = 0
    refused: int = 0
    exceptions: int = 0
    amplified: int = 0  # bytes sent to somebody who proved nothing
    warm_mb: float = 0.0

    def note(self, planned: int, take: Callable[[bytes], bool], data: bytes) -> None:
        self.inputs += 1
        try:
            self.refused += take(data)
        except Exception:  # noqa: BLE001 - that is what is looked for
            self.exceptions += 1
            if self.exceptions <= SHOWN:
                sys.stderr.write(f"{data[:300]!r}\n{traceback.format_exc(limit=-4)}\n")
        if self.inputs == int(planned * WARM):
            self.warm_mb = resident()

    def tell(self) -> None:
        facts = {
            name: getattr(self, name) for name in ("engine", "inputs", "refused", "exceptions", "amplified")
        }
        say(json.dumps(facts | {"growth_mb": max(0.0, resident() - self.warm_mb)}))


class Mutator:
    """Nearly right inputs: a seed with a few changes, or two seeds grown together."""

    def __init__(self, seeds: list[bytes], seed: int) -> None:
        self._seeds, self._random = seeds, random.Random(seed)

    def next(self) -> bytes:
        chance = self._random
        data = bytearray(chance.choice(self._seeds))
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            self._change(data)
        return bytes(data)

    def _change(self, data: bytearray) -> None:
        chance = self._random
        at = chance.randrange(len(data) + 1)
        way = chance.randrange(6)
        if way == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            piece = chance.choice(_NUMBERS)
            data[at : at + len(piece)] = piece
        elif way == 2:
            del data[at : at + chance.randrange(1, 9)]
        elif way == 3:
            data[at:at] = chance.randbytes(chance.randrange(1, 9))
        elif way == 4:
            other = chance.choice(self._seeds)
            data[at:] = other[chance.randrange(len(other) + 1) :]
        else:
            data[at : at + 4] = chance.randbytes(4)


def by_coverage(folder: str, target: str, inputs: int, seed: int) -> None:
    """atheris ends the process; the tally is told on the way out."""
    sys.path.insert(0, folder)
    import atheris  # type: ignore[import-untyped]  # installed by the bench

    with atheris.instrument_imports(include=["streaming"]):
        from tests.bench._parsers import TARGETS, refused
    found, tally = TARGETS[target], Tally("atheris")
    corpus = tempfile.mkdtemp()
    for number, data in enumerate(found.seeds):
        (Path(corpus) / str(number)).write_bytes(data)
    atexit.register(tally.tell)
    options = [f"-atheris_runs={inputs}", f"-seed={seed}", "-max_len=2048", "-rss_limit_mb=0", "-verbosity=0"]
    atheris.Setup(
        [sys.argv[0], *options, corpus],
        lambda data: tally.note(inputs, lambda one: refused(found, one), data),
    )
    atheris.Fuzz()


def by_mutation(target: str, inputs: int, seed: int) -> None:
    from tests.bench._parsers import TARGETS, refused

    found, tally = TARGETS[target], Tally("mutation")
    mutator = Mutator(found.seeds, seed)
    for _ in range(inputs):
        tally.note(inputs, lambda one: refused(found, one), mutator.next())
    tally.tell()


async def in_the_engine(target: str, inputs: int, seed: int) -> None:
    """A running room; its loop gets a turn now and then, so that timers and tasks go on."""
    from tests.bench._rooms import ROOMS

    room = ROOMS[target]()
    await room.begin()
    tally, mutator = Tally("mutation"), Mutator(room.seeds, seed)
    for number in range(inputs):
        tally.note(inputs, room.take, mutator.next())
        if number % 100 == 0:
            await room.turn()
    tally.amplified = room.amplified
    tally.tell()


def main(target: str, inputs: str, seed: str, folder: str = "") -> None:
    if target in ("datagram", "publisher", "viewer"):
        asyncio.run(in_the_engine(target, int(inputs), int(seed)))
    elif folder:
        by_coverage(folder, target, int(inputs), int(seed))
    else:
        by_mutation(target, int(inputs), int(seed))


if __name__ == "__main__":
    main(*sys.argv[1:])
