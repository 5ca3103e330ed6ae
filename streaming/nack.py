"""Which packets of a publisher are missing, and when to ask for them (again). Pure.

How long an answer takes is learnt from the answers. On a long line a packet is asked for less often and waited for
longer: viewers that show a frozen picture meanwhile still gain by it, sinks do not wait (`frames.PATIENCE`).
"""

from collections import deque
from dataclasses import dataclass

FIRST_AFTER = 0.010  # s of grace for packets that merely overtook each other
AGAIN_AFTER = 0.060  # s between two requests for the same packet
LIFETIME = 1.0  # s after which nobody wants the packet any more
MAX_TRIES = 10
MAX_MISSING = 600
# Where that is longer: room for two requests and their answers, each with a quarter for what the line hesitates.
ANSWER_TRIPS = 1.25
LIFE_TRIPS = 2 * ANSWER_TRIPS
LONGEST_TRIP = 1.0  # s; a longer one is not learnt, its first answer comes when nobody wants it any more
ANSWERS = 8


@dataclass(slots=True)
class _Missing:
    since: float
    first_asked: float = 0.0
    asked: float = float("-inf")
    tries: int = 0
    hopeless: bool = False


class MissingPackets:
    """Endless packet numbers that did not come yet."""

    def __init__(self) -> None:
        self._missing: dict[int, _Missing] = {}
        self._answers: deque[float] = deque(maxlen=ANSWERS)
        self.gave_up = 0

    def __contains__(self, index: int) -> bool:
        return index in self._missing

    def __len__(self) -> int:
        return len(self._missing)

    @property
    def round_trip(self) -> float | None:
        """Seconds to the publisher and back; None before the first answer.

        Which of several requests was answered is not known, so each time is taken from the first: one that was lost
        makes it too long, none too short, and the shortest of the last ones is the line's.
        """
        return min(LONGEST_TRIP, *self._answers) if self._answers else None

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

    def answered(self, index: int, now: float) -> None:
        """The publisher sends `index` again; `arrived` is still to be called."""
        state = self._missing.get(index)
        if state is not None and state.tries:
            self._answers.append(now - state.first_asked)

    def clear(self) -> None:
        """Forget all, without counting them as given up."""
        self._missing.clear()

    def due(self, now: float) -> tuple[list[int], int]:
        """Numbers to ask for now, and for how many a key frame is the better hope from now on.

        What was asked for often enough may still come: before the first answer nobody knows how long the line is.
        """
        trip = self.round_trip or 0.0
        pause, lifetime = max(AGAIN_AFTER, ANSWER_TRIPS * trip), max(LIFETIME, LIFE_TRIPS * trip)
        asking, lost = [], 0
        for index, state in [*self._missing.items()]:
            waited = now - state.since
            if waited > lifetime or state.tries >= MAX_TRIES:
                lost += not state.hopeless
                state.hopeless = True
            elif waited >= FIRST_AFTER and now - state.asked >= pause:
                if not state.tries:
                    state.first_asked = now
                state.asked = now
                state.tries += 1
                asking.append(index)
            if waited > lifetime:
                del self._missing[index]
                self.gave_up += 1
        return asking, lost
