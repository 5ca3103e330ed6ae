"""Random walks through the state machine: whatever people try, the story holds and no clock is lost."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.appeals import actions
from portal.appeals.models import Appeal, Clock, Pause
from portal.appeals.queries import clock_times, stored_calendar
from portal.appeals.queries.integrity import chain_flaws, missing_cases
from portal.appeals.sealing import rating_token
from portal.appeals.states import OPEN, State
from portal.lib.errors import DirectTrainError
from tests.appeals.conftest import County, at

pytestmark = pytest.mark.slow

TRIES: dict[str, Callable[..., object]] = {
    "accept": lambda c, who, a, t: actions.accept(who, a.pk, "request", "供水", "pressing", at=t),
    "accept_urgent": lambda c, who, a, t: actions.accept(who, a.pk, "request", "供水", "urgent", at=t),
    "refuse": lambda c, who, a, t: actions.refuse(who, a.pk, "not_ours", "市12345", at=t),
    "dispatch": lambda c, who, a, t: actions.dispatch(who, a.pk, c.water.pk, at=t),
    "dispatch_roads": lambda c, who, a, t: actions.dispatch(who, a.pk, c.roads.pk, at=t),
    "sign": lambda c, who, a, t: actions.sign(who, a.pk, at=t),
    "return": lambda c, who, a, t: actions.return_(who, a.pk, "非本单位", at=t),
    "reply": lambda c, who, a, t: actions.reply(who, a.pk, "修好了", at=t),
    "approve": lambda c, who, a, t: actions.approve_reply(who, a.pk, at=t),
    "joint": lambda c, who, a, t: actions.hold_jointly(who, a.pk, [c.roads.pk], "纪要", at=t),
    "ask_suspend": lambda c, who, a, t: actions.ask_suspend(who, a.pk, "citizen_material", at=t),
    "suspend": lambda c, who, a, t: actions.suspend(who, a.pk, at=t),
    "resume": lambda c, who, a, t: actions.resume(who, a.pk, at=t),
    "ask_extend": lambda c, who, a, t: actions.ask_extend(who, a.pk, 2, "等配件", at=t),
    "extend": lambda c, who, a, t: actions.extend(who, a.pk, at=t),
    "urgency": lambda c, who, a, t: actions.change_urgency(who, a.pk, "normal", at=t),
    "spoken": lambda c, who, a, t: actions.record_spoken_reply(who, a.pk, 1, 0, 9, "", at=t),
    "final": lambda c, who, a, t: actions.record_written_answer(who, a.pk, "答复", True, at=t),
    "rate": lambda c, who, a, t: actions.evaluate(rating_token(a.pk, a.cycle), 5, "yes", at=t),
    "rate_badly": lambda c, who, a, t: actions.evaluate(rating_token(a.pk, a.cycle), 1, "no", at=t),
    "reopen": lambda c, who, a, t: actions.reopen(rating_token(a.pk, a.cycle), "没解决", at=t),
    "reopen_as": lambda c, who, a, t: actions.reopen_as(who, a.pk, "复查", at=t),
    "explain": lambda c, who, a, t: actions.close_explained(who, a.pk, "已解释", at=t),
    "call_back": lambda c, who, a, t: actions.call_back(who, a.pk, "电话", "yes", at=t),
    "withdraw": lambda c, who, a, t: actions.withdraw(who, a.pk, at=t),
    "tick": lambda c, who, a, t: actions.tick(t),
}
# The likely holder first, so that walks get far; anybody else now and then.
HOLDERS = {
    **dict.fromkeys(["accept", "accept_urgent", "refuse", "dispatch", "dispatch_roads", "joint"], "clara"),
    **dict.fromkeys(["urgency", "explain", "call_back"], "clara"),
    **dict.fromkeys(["suspend", "resume", "extend", "reopen_as"], "sam"),
    **dict.fromkeys(["spoken", "final"], "bob"),
    "withdraw": "alice",
}
STEP = st.tuples(
    st.sampled_from([name for name in TRIES if name != "withdraw"] * 4 + ["withdraw"]),
    st.sampled_from(["holder"] * 7 + ["charlie", "otto"]),
    st.integers(0, 30),
)


def _holds_together(appeal: Appeal) -> None:
    running = Clock.objects.filter(appeal=appeal, stopped_at=None)
    citizens = Clock.objects.filter(appeal=appeal, kind="citizen").order_by("cycle")
    assert [clock.cycle for clock in citizens] == list(range(1, appeal.cycle + 1)), "one clock per cycle"
    if appeal.state in OPEN:
        clock = running.get(kind="citizen")
        assert clock.cycle == appeal.cycle and clock.due_on == appeal.due_on
        assert (clock.due_on is None) == (appeal.state == State.SUSPENDED)
        assert not citizens.filter(verdict="running").exclude(pk=clock.pk).exists()
    else:
        assert not running.exists() and appeal.due_on is None
        assert not citizens.filter(verdict="running").exists()
    assert Pause.objects.filter(appeal=appeal, ended_at=None).exists() == (appeal.state == State.SUSPENDED)


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=5, max_size=30))
def test_no_walk_breaks_the_story_or_loses_a_clock(county: County, steps: list[tuple[str, str, int]]) -> None:
    now = at("2026-02-10 08:00")
    with transaction.atomic():
        pk = actions.register("live", county.alice, "停水", "柳河村", uuid.uuid4(), now).appeal_id
    frozen: dict[int, str] = {}
    appeal = Appeal.objects.get(pk=pk)
    for name, who, hours in steps:
        now += timedelta(hours=hours)
        before = appeal
        unit = "otto" if before.lead_unit == county.roads else "uma"
        actor = getattr(county, HOLDERS.get(name, unit) if who == "holder" else who)
        try:
            TRIES[name](county, actor, before, now)
        except DirectTrainError:
            assert Appeal.objects.get(pk=pk).events_head == before.events_head, "a refusal writes nothing"
        appeal = Appeal.objects.get(pk=pk)
        _holds_together(appeal)
        for clock in Clock.objects.filter(appeal=pk).exclude(verdict="running"):
            assert frozen.setdefault(clock.pk, clock.verdict) == clock.verdict, "a verdict never changes"
    for _clock, time in clock_times(appeal, now.date(), stored_calendar()):
        assert time.used >= 0 and time.used + time.left == time.limit
    assert [*chain_flaws()] == []
    assert [flaw for flaw in missing_cases() if flaw.number == "20260210"] == []
