"""One epoch of a rendition as a file that grows: the init segment, then every part as soon as it may go out."""

import io
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from recordings.cmaf import MEDIA_START
from recordings.journal import ENDED, JournalTail, Part
from recordings.withheld import Screen

POLL_EVERY = 0.02


class LiveParts:
    """The parts of a recording from the newest segment on, across its epochs, as far as the public may have them:
    later by its delay, and without what is cut. Blocking, for a process of its own; `idle` is called while nothing
    comes."""

    def __init__(self, directory: Path, idle: Callable[[], None], rendition: str = "v0") -> None:
        self.directory = directory / rendition
        self._recording, self._idle = directory, idle
        self._tail = JournalTail(self.directory)
        self._screen = Screen(directory, rendition)
        self._waiting: deque[Part] = deque()
        self._edge = 0.0
        self._began = False
        # After a hole in the pictures nothing can be decoded before the next key frame.
        self._broken = False

    def next(self, epoch: int | None = None) -> Part | None:
        """The next part, waited for; None when the recording has ended, or the next part is not of `epoch`."""
        while True:
            over_for = self._over_for()
            self._take(self._tail.read())
            self._screen.refresh()
            self._leave_out_cuts()
            if self._waiting and self._is_out(self._waiting[0], over_for or 0.0):
                break
            if over_for is not None and not self._waiting:
                return None
            self._idle()
            time.sleep(POLL_EVERY)
        if epoch is not None and self._waiting[0].epoch != epoch:
            return None
        return self._waiting.popleft()

    def _over_for(self) -> float | None:
        """Seconds since the recording ended; None while it goes on."""
        try:
            return max(0.0, time.time() - (self._recording / ENDED).stat().st_mtime)
        except FileNotFoundError:
            return None

    def _is_out(self, part: Part, over_for: float = 0.0) -> bool:
        behind = max(0.0, self._screen.withheld.delay - over_for)
        return part.begin + part.duration + behind <= self._edge

    def _leave_out_cuts(self) -> None:
        while self._waiting:
            part = self._waiting[0]
            begin = (part.begin - MEDIA_START) * 1000
            cut = self._screen.withheld.hides(begin, begin + part.duration * 1000)
            if not cut and (part.independent or not self._broken):
                self._broken = False
                return
            self._broken = True
            self._waiting.popleft()

    def _take(self, parts: list[Part]) -> None:
        if parts and not self._began:
            # The past is not news: begin with the key frame of the newest segment.
            parts = [part for part in parts if part.msn == parts[-1].msn]
            self._began = True
        self._waiting += parts
        if parts:
            self._edge = parts[-1].begin + parts[-1].duration

    @property
    def late(self) -> int:
        """How many parts wait to be taken that might have been."""
        return sum(map(self._is_out, self._waiting))

    def data(self, part: Part) -> bytes:
        with (self.directory / f"{part.msn}.m4s").open("rb") as file:
            file.seek(part.offset)
            return file.read(part.length)


class LiveBytes(io.RawIOBase):
    """What libavformat reads of one epoch, from `first` on. `tell` hears of each part that was taken."""

    def __init__(self, parts: LiveParts, first: Part, tell: Callable[[Part], None]) -> None:
        super().__init__()
        self._parts, self._epoch, self._tell = parts, first.epoch, tell
        init = (parts.directory / f"init-{first.epoch}.mp4").read_bytes()
        self._buffer = bytearray(init + parts.data(first))

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._buffer:
            part = self._parts.next(self._epoch)
            if part is None:
                return b""
            self._buffer += self._parts.data(part)
            self._tell(part)
        piece = bytes(self._buffer[:size] if size >= 0 else self._buffer)
        del self._buffer[: len(piece)]
        return piece
