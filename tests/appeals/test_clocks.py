"""Two clocks per cycle: started, paused, extended, stopped; verdicts frozen; notices of the calendar."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal.appeals import actions
from portal.appeals.actions import DayNotice, load_days, load_official_years
from portal.appeals.models import Appeal, Clock, Day
from portal.appeals.queries import clock_times
from portal.lib.errors import Conflict
from portal.notices.models import Notice
from tests.appeals.conftest import County, Register, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]


def _citizen(pk: int, cycle: int = 1) -> Clock:
    return Clock.objects.get(appeal=pk, kind="citizen", cycle=cycle)


def test_the_citizens_clock_starts_when_raised_and_survives_every_hand_over(
    county: County, register: Register
) -> None:
    pk = register(when="2026-02-10 23:59").appeal_id
    assert _citizen(pk).due_on == date(2026, 2, 26)
    actions.accept(county.clara, pk, "request", "供水", "pressing", at=at("2026-02-11 09:00"))
    actions.dispatch(county.clara, pk, county.water.pk, at=at("2026-02-11 09:10"))
    actions.return_(county.olga, pk, "非本单位职责", at=at("2026-02-11 15:00"))
    actions.dispatch(county.clara, pk, county.roads.pk, at=at("2026-02-12 09:00"))
    clock = _citizen(pk)
    assert (clock.due_on, clock.stopped_at) == (date(2026, 2, 13), None)
    units = Clock.objects.filter(appeal=pk, kind="unit").order_by("pk")
    assert [(unit.verdict, unit.due_on) for unit in units] == [
        ("void", date(2026, 2, 14)),
        ("running", date(2026, 2, 24)),
    ]
    assert Clock.objects.get(appeal=pk, kind="accept").verdict == "on_time"


def test_make_up_saturday_before_the_festival_counts(county: County, bring_to: Bring) -> None:
    assert Day.objects.get(date=date(2026, 2, 14)).working
    assert bring_to("dispatched", "2026-02-11 10:00").due_on == date(2026, 2, 14)


def test_a_pause_gives_its_days_back_and_keeps_the_start(county: County, bring_to: Bring) -> None:
    pk = bring_to("in_progress", "2026-03-02 09:00").pk
    actions.ask_suspend(county.olga, pk, "citizen_material", at=at("2026-03-03 10:00"))
    actions.suspend(county.sam, pk, at=at("2026-03-03 11:00"))
    assert Appeal.objects.get(pk=pk).due_on is None
    paused = dict((c.kind, t) for c, t in clock_times(Appeal.objects.get(pk=pk), date(2026, 3, 20)))[
        "citizen"
    ]
    assert paused.paused and paused.used == 0 and paused.left == 3
    actions.resume(county.olga, pk, at=at("2026-03-06 09:00"))
    clock = _citizen(pk)
    # Tuesday to Thursday stood still at their end; Friday, Monday and Tuesday are the three days.
    assert clock.due_on == date(2026, 3, 10) and clock.started_at == at("2026-03-02 09:00")


def test_changing_the_urgency_keeps_start_and_pauses(county: County, bring_to: Bring) -> None:
    pk = bring_to("in_progress", "2026-03-02 09:00").pk
    actions.ask_suspend(county.olga, pk, "statutory_procedure", at=at("2026-03-03 10:00"))
    actions.suspend(county.sam, pk, at=at("2026-03-03 11:00"))
    with pytest.raises(Conflict):
        actions.change_urgency(county.clara, pk, "urgent")
    actions.resume(county.sam, pk, at=at("2026-03-06 09:00"))
    actions.change_urgency(county.clara, pk, "normal", at=at("2026-03-06 10:00"))
    clock = _citizen(pk)
    assert clock.started_at == at("2026-03-02 09:00")
    assert clock.due_on == date(2026, 3, 16)
    actions.change_urgency(county.clara, pk, "pressing", at=at("2026-03-06 11:00"))
    assert _citizen(pk).due_on == date(2026, 3, 10)


def test_the_one_day_class_is_never_paused(county: County, bring_to: Bring) -> None:
    pk = bring_to("in_progress", urgency="urgent").pk
    with pytest.raises(Conflict, match="不允许挂起"):
        actions.ask_suspend(county.olga, pk, "citizen_material", at=at("2026-02-10 10:00"))


def test_an_extension_is_asked_before_expiry_and_both_dates_stay(county: County, bring_to: Bring) -> None:
    pk = bring_to("in_progress", "2026-03-02 09:00").pk
    actions.ask_extend(county.olga, pk, 2, "等配件", at=at("2026-03-05 23:59"))
    with pytest.raises(Conflict):
        actions.ask_extend(county.olga, pk, 2, "再来一次", at=at("2026-03-05 23:59"))
    actions.extend(county.sam, pk, at=at("2026-03-06 09:00"))
    clock = _citizen(pk)
    assert (clock.first_due_on, clock.due_on) == (date(2026, 3, 5), date(2026, 3, 9))
    with pytest.raises(Conflict, match="超过办理期限"):
        actions.ask_extend(county.olga, pk, 1, "还要", at=at("2026-03-10 00:00"))
    assert Notice.objects.filter(template="extended", person=county.alice).count() == 1


@pytest.mark.parametrize(("when", "verdict"), [("2026-03-05 23:59", "on_time"), ("2026-03-06 00:00", "late")])
def test_the_verdict_is_frozen_when_the_answer_goes_out(
    county: County, bring_to: Bring, when: str, verdict: str
) -> None:
    pk = bring_to("in_progress", "2026-03-02 09:00").pk
    actions.reply(county.olga, pk, "修好了", at=at(when))
    actions.approve_reply(county.uma, pk, at=at(when))
    assert _citizen(pk).verdict == verdict
    actions.reopen_as(county.sam, pk, "复查", at=at("2026-03-09 09:00"))
    assert _citizen(pk).verdict == verdict, "the old cycle's verdict stays"
    assert _citizen(pk, 2).due_on == date(2026, 3, 12)


def test_a_withdrawn_case_is_counted_apart(bring_to: Bring) -> None:
    pk = bring_to("withdrawn").pk
    assert set(Clock.objects.filter(appeal=pk).values_list("verdict", flat=True)) == {"void"}


def _notice_2027() -> DayNotice:
    holidays = {date(2027, 1, 1) + timedelta(days=n): "元旦" for n in range(3)}
    return DayNotice(2027, {**holidays, date(2027, 1, 4): "元旦"}, {date(2027, 1, 9): "元旦调休"})


def test_loading_a_notice_moves_open_deadlines_once_and_tells_people(county: County, bring_to: Bring) -> None:
    moved, still = bring_to("in_progress", "2026-12-30 09:00"), bring_to("in_progress", "2026-12-14 09:00")
    clock = _citizen(moved.pk)
    assert clock.provisional and clock.due_on == date(2027, 1, 4)
    assert load_days(_notice_2027()) == 1
    clock.refresh_from_db()
    assert clock.due_on == date(2027, 1, 6) and not clock.provisional
    assert Appeal.objects.get(pk=moved.pk).due_on == date(2027, 1, 6)
    assert moved.events.filter(kind="due_changed").count() == 1
    assert not still.events.filter(kind="due_changed").exists()
    told = set(Notice.objects.filter(template="due_changed").values_list("person__username", flat=True))
    assert told == {"alice", "olga", "uma"}
    assert load_days(_notice_2027()) == 0, "the same notice again changes nothing"
    assert moved.events.filter(kind="due_changed").count() == 1


def test_loading_known_years_again_changes_nothing(rows: None) -> None:
    before = Day.objects.count()
    assert load_official_years([2026]) == 0
    assert Day.objects.count() == before
    assert Day.objects.filter(date__year=2026).count() == 365


def test_a_notice_may_name_a_december_day_of_the_year_before(county: County, register: Register) -> None:
    pk = register(when="2026-12-25 09:00").appeal_id
    saturday = DayNotice(2027, {date(2027, 1, 1): "元旦"}, {date(2026, 12, 26): "元旦调休"})
    before = Appeal.objects.get(pk=pk).due_on
    load_days(saturday)
    assert before == date(2027, 1, 5) == Appeal.objects.get(pk=pk).due_on, "one day more, one day less"
    assert Day.objects.get(date=date(2026, 12, 26)).working
    assert Day.objects.filter(date__year=2026).count() == 365
    with pytest.raises(ValueError, match="2025-12-31"):
        load_days(DayNotice(2027, {date(2025, 12, 31): "元旦"}, {}))
