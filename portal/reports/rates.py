"""Rates as a pure rule: what is counted, and what is divided by what."""

from dataclasses import dataclass

# A unit with a case or two a month is listed, not ranked: one case would make it the best or the worst.
FEWEST_RANKED = 5


@dataclass(frozen=True, slots=True)
class OnTime:
    """How the citizens' limits of one unit ended in one month. `overdue`: past their last day and not settled
    when the month was over (or now).
    """

    on_time: int = 0
    late: int = 0
    overdue: int = 0

    @property
    def settled(self) -> int:
        return self.on_time + self.late

    @property
    def counted(self) -> int:
        """Dividing by what is settled alone would hide the old open ones."""
        return self.settled + self.overdue

    @property
    def percent(self) -> float | None:
        return round(100 * self.on_time / self.counted, 1) if self.counted else None

    @property
    def ranked(self) -> bool:
        return self.counted >= FEWEST_RANKED

    def __add__(self, other: "OnTime") -> "OnTime":
        return OnTime(self.on_time + other.on_time, self.late + other.late, self.overdue + other.overdue)
