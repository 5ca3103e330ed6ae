"""When broadcasts are held (Tuesday and Thursday, 19:30 local time, as a recurrence rule) and whose turn it
is."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from dateutil.rrule import TH, TU, WEEKLY, rrule

AT = time(19, 30)
# How long a broadcast is counted as not yet over.
HELD = timedelta(minutes=90)


def _rule(since: datetime) -> rrule:
    """The evenings from `since` (naive, local) on."""
    return rrule(WEEKLY, byweekday=(TU, TH), byhour=AT.hour, byminute=AT.minute, bysecond=0, dtstart=since)


def evenings_after(now: datetime, count: int) -> list[datetime]:
    """The next `count` broadcast evenings strictly after `now` (aware, local), in its time zone."""
    local = now.replace(tzinfo=None)
    # A rule counts in whole seconds from its start.
    found = _rule(local.replace(microsecond=0)).xafter(local, count=count)
    return [evening.replace(tzinfo=now.tzinfo) for evening in found]


def evenings_before(now: datetime, count: int) -> list[datetime]:
    """The last `count` broadcast evenings that were over an hour and a half before `now`, the latest
    first."""
    over = now.replace(tzinfo=None) - HELD
    found = _rule((over - timedelta(weeks=count + 1)).replace(microsecond=0)).between(
        over - timedelta(weeks=count + 1), over
    )
    return [evening.replace(tzinfo=now.tzinfo) for evening in found[::-1][:count]]


def evenings_until(now: datetime, weeks: int) -> list[datetime]:
    """The broadcast evenings of the next `weeks` weeks: two each."""
    return evenings_after(now, 2 * weeks)


def turns(leaders: Sequence[int], last: int | None, count: int) -> list[int]:
    """Who answers at the next `count` broadcasts: one after the other, beginning behind `last`."""
    begin = leaders.index(last) + 1 if last in leaders else 0
    return [leaders[(begin + place) % len(leaders)] for place in range(count)]
