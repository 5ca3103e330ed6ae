"""Is the story whole? Finds changed, missing, cut-off and foreign events, and numbers without a case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.db.models import Count
from django.db.models.functions import Substr

from portal.appeals.chain import FIRST, link
from portal.appeals.models import Appeal, CaseEvent, NumberSeries
from portal.appeals.sealing import chain_key


@dataclass(frozen=True, slots=True)
class Flaw:
    """`sequence` is the event at which the story breaks; 0 for a missing case."""

    number: str
    sequence: int
    what: str


def event_fields(event: CaseEvent) -> dict[str, object]:
    """What the hash of an event covers: everything it says."""
    return {
        "appeal": event.appeal_id,
        "sequence": event.sequence,
        "kind": event.kind,
        "actor": event.actor_id,
        "unit": event.unit_id,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "payload": event.payload,
        "reason": event.reason,
        "audience": event.audience,
    }


def chain_flaws() -> Iterator[Flaw]:
    """Walks every event of every case in order; the first flaw of each case."""
    key = chain_key()
    heads = Appeal.objects.order_by("pk").values_list("pk", "number", "events_written", "events_head")
    for pk, number, written, head in heads.iterator():
        flaw = _walk(key, pk, number, written, head)
        if flaw is not None:
            yield flaw


def _walk(key: bytes, pk: int, number: str, written: int, head: str) -> Flaw | None:
    previous, expected = FIRST, 1
    for event in CaseEvent.objects.filter(appeal=pk).order_by("sequence"):
        if event.sequence != expected:
            return Flaw(number, expected, "missing")
        if event.previous_hash != previous or event.hash != link(key, previous, event_fields(event)):
            return Flaw(number, event.sequence, "changed")
        previous, expected = event.hash, expected + 1
    if expected - 1 < written:
        return Flaw(number, expected, "missing")
    return None if (expected - 1, previous) == (written, head) else Flaw(number, expected - 1, "foreign")


def missing_cases() -> Iterator[Flaw]:
    """Numbers that were given out and have no case any more."""
    days = Appeal.objects.annotate(day=Substr("number", 1, 8)).order_by().values("day")
    there = dict(days.annotate(found=Count("pk")).values_list("day", "found"))
    for series in NumberSeries.objects.order_by("day"):
        found = there.get(f"{series.day:%Y%m%d}", 0)
        if found != series.last:
            yield Flaw(f"{series.day:%Y%m%d}", 0, f"{found} of {series.last} cases are there")
