"""The calendar as iCalendar (RFC 5545) for telephones and offices that subscribe to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

ALARM_BEFORE = timedelta(minutes=30)
# The house's time has no summer since 1991; older changes would only make the feed longer.
ZONE_SINCE = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One broadcast: `key` never changes, `sequence` grows with every change; `starts_at` is aware."""

    key: str
    sequence: int
    title: str
    words: str
    starts_at: datetime
    minutes: int
    changed_at: datetime
    address: str
    cancelled: bool


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.key)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("duration", timedelta(minutes=entry.minutes))
    event.add("summary", entry.title)
    event.add("description", entry.words)
    event.add("url", entry.address)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if not entry.cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.title)
        alarm.add("trigger", -ALARM_BEFORE)
        event.add_component(alarm)
    return event


def feed(name: str, entries: list[Entry]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Direct Train//broadcasts//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    # Every TZID needs its VTIMEZONE (RFC 5545, 3.2.19), else some calendars show another hour.
    calendar.add_missing_timezones(first_date=ZONE_SINCE)
    ical: bytes = calendar.to_ical()
    return ical
