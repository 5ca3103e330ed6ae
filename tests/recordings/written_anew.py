"""A recording that is live once more, for players and engines that know nothing of us."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import zip_longest
from pathlib import Path

from recordings import journal


@asynccontextmanager
async def broadcast(recorded: Path, root: Path, begin: asyncio.Event | None = None) -> AsyncIterator[Path]:
    """The recording (8 s with a restart inside) written anew, line by line, in its own time; from `begin` on."""
    directory = root / "9"
    shutil.copytree(recorded, directory)
    (directory / journal.ENDED).unlink()
    journals = [directory / rendition / journal.NAME for rendition in journal.RENDITIONS]
    written = [path.read_bytes().splitlines(keepends=True) for path in journals]
    for path in journals:
        path.write_bytes(b"")

    async def write() -> None:
        if begin is not None:
            await begin.wait()
        for lines in zip_longest(*written, fillvalue=b""):
            for path, line in zip(journals, lines, strict=True):
                with path.open("ab") as file:
                    file.write(line)
            await asyncio.sleep(0.2)
        journal.mark_ended(directory)

    writing = asyncio.create_task(write())
    try:
        yield directory
    finally:
        writing.cancel()
