"""Working days of mainland China, counted by ourselves: day 0 is the start, make-up weekends count. Pure."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
YearRows = Callable[[int], Mapping[date, bool]]
OFFICIAL_YEARS = range(2004, 2027)


class Calendar:
    """Days by year, fetched when first asked for.

    `year_rows(year)` gives every day of an officially announced year (working: True) and nothing for a year
    without
    a notice, which then counts Monday to Friday and is provisional.
    """

    def __init__(self, year_rows: YearRows) -> None:
        self._year_rows = year_rows
        self._years: dict[int, Mapping[date, bool]] = {}

    def _year(self, year: int) -> Mapping[date, bool]:
        if year not in self._years:
            self._years[year] = self._year_rows(year)
        return self._years[year]

    def is_official(self, day: date) -> bool:
        return day in self._year(day.year)

    def is_working(self, day: date) -> bool:
        return self._year(day.year).get(day, day.weekday() < 5)

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
