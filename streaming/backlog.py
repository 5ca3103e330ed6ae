"""Handshake records wait while packets flow.

A step of a handshake takes half a millisecond, a packet a hundredth of it. When a thousand viewers come at once (a
broadcast begins, a media process was lost) their handshakes would stand before the publisher's packets, and everybody
who watches already would see the picture stop.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable

SPELL = 0.002  # s of handshakes before packets are looked after again
MAX_WAITING = 4_096  # records; a browser repeats what was dropped


class Backlog:
    """First come, first served, a spell at a time. Use it on one loop."""

    def __init__(self) -> None:
        self.dropped = 0
        self._waiting: deque[Callable[[], None]] = deque()
        self._goes_on = False

    def put(self, step: Callable[[], None]) -> None:
        """`step` is done by `serve`, sooner or later."""
        if len(self._waiting) < MAX_WAITING:
            self._waiting.append(step)
        else:
            self.dropped += 1

    def serve(self) -> None:
        """Do what a spell is enough for; the rest follows by itself, between packets."""
        if self._waiting and not self._goes_on:
            self._go_on()

    def _go_on(self) -> None:
        until = time.monotonic() + SPELL
        try:
            while self._waiting and time.monotonic() < until:
                self._waiting.popleft()()
        finally:  # whatever one of them does, the others are served
            self._goes_on = bool(self._waiting)
            if self._goes_on:
                asyncio.get_running_loop().call_soon(self._go_on)
