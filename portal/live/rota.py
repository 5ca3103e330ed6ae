"""When broadcasts usually are: Tuesday and Thursday evenings at 19:30 local time."""

from datetime import datetime, time, timedelta

EVENINGS = (1, 3)  # Tuesday, Thursday, as datetime.weekday() counts
AT = time(19, 30)


def is_evening(day: datetime) -> bool:
    return day.weekday() in EVENINGS


def evenings_after(now: datetime, count: int) -> list[datetime]:
    """The next `count` broadcast evenings strictly after `now` (aware, local), in its time zone."""
    found: list[datetime] = []
    day = now.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    while len(found) < count:
        if is_evening(day) and day > now:
            found.append(day)
        day += timedelta(days=1)
    return found


def evenings_before(now: datetime, count: int) -> list[datetime]:
    """The last `count` broadcast evenings that were over an hour and a half before `now`, the latest
    first."""
    found: list[datetime] = []
    day = now.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    while len(found) < count:
        if is_evening(day) and day < now - timedelta(minutes=90):
            found.append(day)
        day -= timedelta(days=1)
    return found
