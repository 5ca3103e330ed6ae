"""What is done to several ticked cases at once. Each is a change of its own, and one that is refused stops none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from portal.appeals.actions.triage import accept, dispatch, sign
from portal.appeals.queries.rights import find_appeal
from portal.appeals.states import State
from portal.lib.errors import DirectTrainError
from portal.people.models import Person

MOST_IN_BULK = 100


@dataclass(frozen=True, slots=True)
class Bulk:
    """Numbers that were taken, and (number, reason) of those that were not: these are as they were."""

    done: list[str]
    refused: list[tuple[str, str]]


def _each(numbers: Sequence[str], step: Callable[[str], None]) -> Bulk:
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for number in dict.fromkeys(numbers):
        try:
            step(number)
        except DirectTrainError as refusal:
            refused.append((number, refusal.message))
        else:
            done.append(number)
    return Bulk(done, refused)


@transaction.atomic
def _send_out(
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
    """The clerk's morning: accept (where that is still to be done) and dispatch each of `numbers` to one unit."""
    return _each(numbers, lambda number: _send_out(actor, number, case_type, matter, urgency, unit_id, at))


def sign_several(actor: Person, numbers: Sequence[str], at: datetime | None = None) -> Bulk:
    """The officer's morning: take each of `numbers`."""
    return _each(numbers, lambda number: sign(actor, find_appeal(number).pk, at))
