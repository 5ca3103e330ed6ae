"""What time alone does: reminders, overdue marks, closing after silence, archiving; each once."""

from collections.abc import Callable

import pytest

from portal.appeals import actions
from portal.appeals.actions.ticking import Ticked
from portal.appeals.models import Appeal
from portal.appeals.queries.integrity import chain_flaws
from portal.appeals.sealing import rating_token
from portal.notices.models import Notice
from tests.appeals.conftest import County, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]
NOTHING = Ticked()


def test_an_officer_is_reminded_once_on_the_day_before(county: County, bring_to: Bring) -> None:
    bring_to("in_progress", "2026-03-02 09:00")
    assert actions.tick(at("2026-03-03 08:00")) == NOTHING
    assert actions.tick(at("2026-03-04 08:00")) == Ticked(reminded=1)
    assert actions.tick(at("2026-03-04 09:00")) == NOTHING
    told = set(Notice.objects.filter(template="due_soon").values_list("person__username", flat=True))
    assert told == {"olga", "uma"}


def test_an_overdue_case_is_marked_once_and_the_supervisor_hears_of_it(
    county: County, bring_to: Bring
) -> None:
    appeal = bring_to("in_progress", "2026-03-02 09:00")
    assert actions.tick(at("2026-03-05 23:59")).overdue == 0
    assert actions.tick(at("2026-03-06 00:01")).overdue == 1
    assert actions.tick(at("2026-03-07 00:01")).overdue == 0
    assert appeal.events.filter(kind="overdue").count() == 1
    told = set(Notice.objects.filter(template="overdue").values_list("person__username", flat=True))
    assert told == {"olga", "uma", "sam"}
    assert not Notice.objects.filter(template="overdue", person=county.alice).exists()


def test_a_suspended_case_is_never_overdue(bring_to: Bring) -> None:
    bring_to("suspended", "2026-03-02 09:00")
    assert actions.tick(at("2026-04-20 09:00")) == NOTHING


def test_silence_closes_as_unknown_after_its_working_days(bring_to: Bring) -> None:
    appeal = bring_to("replied", "2026-03-02 09:00")
    assert actions.tick(at("2026-03-09 23:00")).closed == 0
    assert actions.tick(at("2026-03-10 09:30")).closed == 1
    appeal.refresh_from_db()
    assert (appeal.state, appeal.solved) == ("closed_solved", "unknown")
    assert appeal.evaluations.count() == 0, "no rating is made up"


def test_who_said_no_was_not_silent(bring_to: Bring) -> None:
    appeal = bring_to("replied", "2026-03-02 09:00")
    actions.evaluate(rating_token(appeal.pk, 1), 4, "partly", at=at("2026-03-03 09:00"))
    assert actions.tick(at("2026-03-30 09:30")).closed == 0


def test_a_closed_case_is_archived_after_the_window(bring_to: Bring) -> None:
    appeal = bring_to("closed_explained", "2026-03-02 09:00")
    assert actions.tick(at("2026-03-12 08:00")).archived == 0
    assert actions.tick(at("2026-03-12 09:01")).archived == 1
    appeal.refresh_from_db()
    assert appeal.state == "archived"
    assert [*chain_flaws()] == []
