"""The story cannot be changed, shortened or mixed without being found out."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.appeals.models import Appeal, CaseEvent
from portal.appeals.queries.integrity import chain_flaws, missing_cases
from tests.appeals.conftest import County

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]


def _sql(statement: str, *values: str | int | None) -> None:
    """Past the models, as somebody with the database in hand would."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _found() -> list[tuple[int, str]]:
    return [(flaw.sequence, flaw.what) for flaw in chain_flaws()]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "别的理由"),
        ("kind", "viewed_identity"),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("payload", '{"reply": 99}'),
        ("actor_id", None),
        ("unit_id", None),
        ("audience", "internal"),
        ("previous_hash", "0" * 64),
        ("hash", "0" * 64),
    ],
)
def test_a_changed_event_is_found(bring_to: Bring, column: str, value: str | None) -> None:
    appeal = bring_to("replied")
    assert _found() == []
    _sql(
        f"UPDATE appeals_caseevent SET {column} = %s WHERE appeal_id = %s AND sequence = 4", value, appeal.pk
    )
    assert _found() == [(4, "changed")]


@pytest.mark.parametrize("sequence", [1, 3, 6])
def test_a_missing_event_is_found_also_the_first_and_the_last(bring_to: Bring, sequence: int) -> None:
    appeal = bring_to("replied")
    assert appeal.events_written == 6
    _sql("DELETE FROM appeals_caseevent WHERE appeal_id = %s AND sequence = %s", appeal.pk, sequence)
    assert _found() == [(sequence, "missing")]


def test_a_missing_case_is_found(bring_to: Bring) -> None:
    appeal = bring_to("registered")
    for table in ("appeals_caseevent", "appeals_clock"):
        _sql(f"DELETE FROM {table} WHERE appeal_id = %s", appeal.pk)
    _sql("DELETE FROM appeals_appeal WHERE id = %s", appeal.pk)
    assert [flaw.what for flaw in missing_cases()] == ["0 of 1 cases are there"]


def test_the_command_names_the_flaw_and_fails(bring_to: Bring) -> None:
    appeal = bring_to("replied")
    said = StringIO()
    call_command("verify_cases", stdout=said)
    assert "1 cases, 6 events: every chain holds" in said.getvalue()
    _sql("UPDATE appeals_caseevent SET reason = 'x' WHERE appeal_id = %s AND sequence = 2", appeal.pk)
    complaint = StringIO()
    with pytest.raises(CommandError, match="1 flaws"):
        call_command("verify_cases", stderr=complaint)
    assert f"{appeal.number} event 2: changed" in complaint.getvalue()


def test_events_are_append_only_in_code_too(county: County, bring_to: Bring) -> None:
    appeal = bring_to("accepted")
    with pytest.raises(TypeError):
        appeal.events.all().update(reason="x")
    with pytest.raises(TypeError):
        CaseEvent.objects.filter(appeal=appeal).delete()
    first = appeal.events.order_by("sequence")[0]
    with pytest.raises(TypeError):
        first.delete()
    first.reason = "x"
    with pytest.raises(TypeError):
        first.save()
