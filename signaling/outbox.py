"""What waits to be written to one socket. It has a length, and it counts what fell off."""

import asyncio
from collections import deque

LIMIT = 256
# One who lost this many in a row without ever catching up is not listening any more.
HOPELESS = 1024


class Outbox:
    """Texts in order. When full the oldest falls off, and `missed` says that the listener must ask again."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._texts: deque[str] = deque()
        self._filled = asyncio.Event()
        self.missed = False
        self.lost = 0
        self.lost_in_a_row = 0

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def hopeless(self) -> bool:
        return self.lost_in_a_row >= HOPELESS

    def offer(self, text: str) -> bool:
        """False when an older text had to give way."""
        fits = len(self._texts) < self._limit
        if not fits:
            self._texts.popleft()
            self.missed = True
            self.lost += 1
            self.lost_in_a_row += 1
        self._texts.append(text)
        self._filled.set()
        return fits

    async def next(self) -> str:
        while not self._texts:
            self._filled.clear()
            self.lost_in_a_row = 0
            await self._filled.wait()
        return self._texts.popleft()
