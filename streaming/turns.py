"""Whose turn it is, when everybody is to be served once in a while and never all at once. Pure."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Turns:
    """Spreads the members evenly over `period` seconds: a burst to a thousand viewers would delay the picture."""

    def __init__(self, period: float) -> None:
        self._period = period
        self._at: float | None = None
        self._next = 0.0  # place of who comes next; the fraction is what time has passed towards it

    def due(self, members: Sequence[T], now: float) -> list[T]:
        """Those whose turn has come since the last call. Joining and leaving shifts some turns a little."""
        elapsed = 0.0 if self._at is None else now - self._at
        self._at = now
        count = len(members)
        if not count:
            return []
        begin = self._next % count
        end = begin + min(count, count * elapsed / self._period)
        self._next = end
        return [members[place % count] for place in range(int(begin), int(end))]
