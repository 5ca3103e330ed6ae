"""The engine's clock, put forward by a test: minutes pass while the wire goes on in real time."""

import time

import pytest

ENGINE = tuple(f"streaming.{name}.time" for name in ("mux", "peer", "room", "statistics", "worker"))


class MovedClock:
    """In place of the module `time` where it is read; `ahead` is how many seconds it is put forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *places: str) -> None:
        self.ahead = 0.0
        for place in places:
            monkeypatch.setattr(place, self)

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def time(self) -> float:
        return time.time() + self.ahead
