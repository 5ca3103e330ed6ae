"""The clerk's morning: several cases of one kind accepted and sent to one unit. Each is a change of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from portal.appeals.actions.triage import accept, dispatch
from portal.appeals.queries.rights import find_appeal
from portal.appeals.states import State
from portal.lib.errors import DirectTrainError
from portal.people.models import Person

MOST_IN_BULK = 100


@dataclass(frozen=True, slots=True)
class Bulk:
    """Numbers that were sent out, and (number, reason) of those that were not: these are as they were."""

    sent: list[str]
    refused: list[tuple[str, str]]


@transaction.atomic
def _one(
    actor: Person, number: str, case_type: str, matter: str, urgency: str, unit_id: int, at: datetime | None
) -> None:
    appeal = find_appeal(number)
    if appeal.state == State.REGISTERED:
        accept(actor, appeal.pk, case_type, matter, urgency, at)
    dispatch(actor, appeal.pk, unit_id, at)


def accept_and_dispatch(
    actor: Person,
    numbers: Sequence[str],
    case_type: str,
    matter: str,
    urgency: str,
    unit_id: int,
    at: datetime | None = None,
) -> Bulk:
    """Accept (where that is still to be done) and dispatch each of `numbers`; one that is refused stops none."""
    sent: list[str] = []
    refused: list[tuple[str, str]] = []
    for number in dict.fromkeys(numbers):
        try:
            _one(actor, number, case_type, matter, urgency, unit_id, at)
        except DirectTrainError as refusal:
            refused.append((number, refusal.message))
        else:
            sent.append(number)
    return Bulk(sent, refused)
