"""Which packets of a publisher are missing, and when to ask for them (again). Pure."""

from dataclasses import dataclass

FIRST_AFTER = 0.010  # s of grace for packets that merely overtook each other
AGAIN_AFTER = 0.060  # s between two requests for the same packet
LIFETIME = 1.0  # s after which nobody wants the packet any more
MAX_TRIES = 10
MAX_MISSING = 600


@dataclass(slots=True)
class _Missing:
    since: float
    asked: float = float("-inf")
    tries: int = 0


class MissingPackets:
    """Endless packet numbers that did not come yet."""

    def __init__(self) -> None:
        self._missing: dict[int, _Missing] = {}
        self.gave_up = 0

    def __contains__(self, index: int) -> bool:
        return index in self._missing

    def __len__(self) -> int:
        return len(self._missing)

    def add(self, first: int, end: int, now: float) -> None:
        """Numbers from `first` up to, not including, `end` were jumped over."""
        for index in range(first, end):
            self._missing[index] = _Missing(now)
        while len(self._missing) > MAX_MISSING:
            del self._missing[next(iter(self._missing))]
            self.gave_up += 1

    def arrived(self, index: int) -> bool:
        """True if `index` was being missed; it is not any more."""
        return self._missing.pop(index, None) is not None

    def clear(self) -> None:
        """Forget all, without counting them as given up."""
        self._missing.clear()

    def due(self, now: float) -> tuple[list[int], int]:
        """Numbers to ask for now, and how many were given up just now."""
        asking, lost = [], 0
        for index, state in [*self._missing.items()]:
            if now - state.since > LIFETIME or state.tries >= MAX_TRIES:
                del self._missing[index]
                lost += 1
            elif now - state.since >= FIRST_AFTER and now - state.asked >= AGAIN_AFTER:
                state.asked = now
                state.tries += 1
                asking.append(index)
        self.gave_up += lost
        return asking, lost
