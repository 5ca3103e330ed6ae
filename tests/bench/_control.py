"""The wire between the bench's processes and the engine: a Unix socket with one JSON object a line."""

import asyncio
import json
from typing import Any

LINE = 1 << 20  # bytes


class Control:
    """The asking side; answers come in the order of the questions."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: str) -> "Control":
        return cls(*await asyncio.open_unix_connection(path, limit=LINE))

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Give the engine a command of session 1. Raises RuntimeError with the engine's refusal."""
        self._writer.write(json.dumps({"type": kind, "session": "1", **fields}).encode() + b"\n")
        async with self._lock:  # who asks first has the first turn, and the first answer
            found: dict[str, Any] = json.loads(await self._reader.readline())
        if "error" in found:
            raise RuntimeError(found["error"])
        return found
