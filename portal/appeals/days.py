"""Working days of mainland China, counted by ourselves: day 0 is the start, make-up weekends count. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
QuarterRows = Callable[[date, date], Mapping[date, bool]]
OFFICIAL_YEARS = range(2004, 2027)


class Calendar:
    """Days by quarter of a year, fetched when first asked for: a citizen waits while a whole year is read.

    `quarter_rows(first, last)` gives every officially announced day of the quarter (working: True) and nothing
    for a year without a notice, which then counts Monday to Friday and is provisional.
    """

    def __init__(self, quarter_rows: QuarterRows) -> None:
        self._quarter_rows = quarter_rows
        self._quarters: dict[tuple[int, int], Mapping[date, bool]] = {}

    def _quarter(self, day: date) -> Mapping[date, bool]:
        key = day.year, (day.month - 1) // 3
        if key not in self._quarters:
            first = date(day.year, 3 * key[1] + 1, 1)
            last = date(day.year, 3 * key[1] + 3, 30 if key[1] in (1, 2) else 31)
            self._quarters[key] = self._quarter_rows(first, last)
        return self._quarters[key]

    def is_official(self, day: date) -> bool:
        return day in self._quarter(day)

    def is_working(self, day: date) -> bool:
        return self._quarter(day).get(day, day.weekday() < 5)

    def count(self, after: date, until: date) -> int:
        """Working days d with after < d ≤ until; negative when `until` lies before `after`."""
        if until < after:
            return -self.count(until, after)
        return sum(self.is_working(day) for day in days_after(after, until))

    def add(self, start: date, days: int) -> date:
        """The `days`-th working day after `start` (day 0); `start` itself for 0."""
        day = start
        while days > 0:
            day += ONE_DAY
            days -= self.is_working(day)
        return day


def days_after(after: date, until: date) -> Iterator[date]:
    """Every date d with after < d ≤ until."""
    day = after + ONE_DAY
    while day <= until:
        yield day
        day += ONE_DAY


def official_days(year: int) -> dict[date, tuple[bool, str]]:
    """Every day of `year` as (working, name of the holiday or of the make-up reason), from chinesecalendar.

    Raises `ValueError` for a year the package has no notice for.
    """
    # Only loading needs the package; counting reads our own rows.
    import chinese_calendar

    if year not in OFFICIAL_YEARS:
        raise ValueError(
            f"no official notice known for {year}: {OFFICIAL_YEARS[0]} to {OFFICIAL_YEARS[-1]} are"
        )
    rows: dict[date, tuple[bool, str]] = {}
    for day in days_after(date(year - 1, 12, 31), date(year, 12, 31)):
        _, name = chinese_calendar.get_holiday_detail(day)
        rows[day] = (bool(chinese_calendar.is_workday(day)), name or "")
    return rows
