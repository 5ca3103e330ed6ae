"""Who may do what from where: every privileged action by somebody who may not, and from a wrong state."""

from collections.abc import Callable

import pytest

from portal.appeals import actions
from portal.appeals.models import Appeal, CaseEvent
from portal.appeals.queries import allowed_actions, capacities, may_handle
from portal.appeals.queries.rights import WrongState
from portal.appeals.sealing import rating_token
from portal.appeals.states import STEPS, State, Who
from portal.lib.errors import DirectTrainError, NotAllowed
from portal.people.models import Person
from tests.appeals.conftest import County, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]
Act = Callable[[Person, int], object]
NOW = at("2026-02-10 12:00")
MAIN = "20260210-9999"

# Step → the call, and a state it is allowed from.
PRIVILEGED: dict[str, tuple[Act, str]] = {
    "accept": (lambda who, pk: actions.accept(who, pk, "request", "供水", "normal", at=NOW), "registered"),
    "refuse": (lambda who, pk: actions.refuse(who, pk, "not_ours", "市12345", at=NOW), "registered"),
    "dispatch": (lambda who, pk: actions.dispatch(who, pk, 1, at=NOW), "accepted"),
    "sign": (lambda who, pk: actions.sign(who, pk, at=NOW), "dispatched"),
    "return": (lambda who, pk: actions.return_(who, pk, "非本单位", at=NOW), "dispatched"),
    "reply": (lambda who, pk: actions.reply(who, pk, "修好了", at=NOW), "in_progress"),
    "approve_reply": (lambda who, pk: actions.approve_reply(who, pk, at=NOW), "in_progress"),
    "assist": (lambda who, pk: actions.assist(who, pk, "意见", at=NOW), "in_progress"),
    "joint": (lambda who, pk: actions.hold_jointly(who, pk, [1], "纪要", at=NOW), "accepted"),
    "ask_suspend": (lambda who, pk: actions.ask_suspend(who, pk, "citizen_material", at=NOW), "in_progress"),
    "suspend": (lambda who, pk: actions.suspend(who, pk, at=NOW), "in_progress"),
    "resume": (lambda who, pk: actions.resume(who, pk, at=NOW), "suspended"),
    "ask_extend": (lambda who, pk: actions.ask_extend(who, pk, 1, "等配件", at=NOW), "in_progress"),
    "extend": (lambda who, pk: actions.extend(who, pk, at=NOW), "in_progress"),
    "decline": (lambda who, pk: actions.decline(who, pk, "extend", "不批", at=NOW), "in_progress"),
    "change_urgency": (lambda who, pk: actions.change_urgency(who, pk, "normal", at=NOW), "accepted"),
    "redact": (lambda who, pk: actions.redact(who, pk, "公开", at=NOW), "accepted"),
    "promise": (lambda who, pk: actions.promise(who, pk, "修", 1, NOW.date(), at=NOW), "accepted"),
    "set_text": (lambda who, pk: actions.set_text(who, pk, "口述", at=NOW), "accepted"),
    "spoken_reply": (lambda who, pk: actions.record_spoken_reply(who, pk, 1, 0, 9, "", at=NOW), "accepted"),
    "final_reply": (lambda who, pk: actions.record_written_answer(who, pk, "答", True, at=NOW), "accepted"),
    "call_back": (lambda who, pk: actions.call_back(who, pk, "记录", at=NOW), "replied"),
    "close_explained": (lambda who, pk: actions.close_explained(who, pk, "解释", at=NOW), "replied"),
    "reopen": (lambda who, pk: actions.reopen_as(who, pk, "复查", at=NOW), "replied"),
    "withdraw": (lambda who, pk: actions.withdraw(who, pk, at=NOW), "accepted"),
    "link_same": (lambda who, pk: actions.link_same(who, pk, [], at=NOW), "accepted"),
    "merge": (lambda who, pk: actions.merge(who, pk, MAIN, at=NOW), "accepted"),
    "unmerge": (lambda who, pk: actions.unmerge(who, pk, at=NOW), "in_progress"),
    "split": (lambda who, pk: actions.split(who, pk, "另一件事", at=NOW), "accepted"),
    "view_identity": (lambda who, pk: actions.view_identity(who, pk, "核实", at=NOW), "accepted"),
}
BY_LINK_OR_TIME = {"evaluate", "evaluate_spoken", "confirm_solved", "archive"}


def test_the_table_knows_every_step() -> None:
    assert set(PRIVILEGED) - {"view_identity"} == set(STEPS) - BY_LINK_OR_TIME


@pytest.mark.parametrize("name", PRIVILEGED)
def test_charlie_and_the_wrong_unit_are_refused_and_nothing_is_written(
    county: County, bring_to: Bring, name: str
) -> None:
    act, state = PRIVILEGED[name]
    appeal = bring_to(state)
    events = CaseEvent.objects.count()
    for stranger in (county.charlie, county.otto):
        with pytest.raises(NotAllowed):
            act(stranger, appeal.pk)
    again = Appeal.objects.get(pk=appeal.pk)
    assert (again.state, again.events_head) == (appeal.state, appeal.events_head)
    assert CaseEvent.objects.count() == events


def _holder(county: County, who: frozenset[Who]) -> Person:
    people = {
        Who.CLERK: county.clara,
        Who.UNIT: county.olga,
        Who.UNIT_HEAD: county.uma,
        Who.SUPERVISOR: county.sam,
        Who.STAGE: county.bob,
        Who.CITIZEN: county.alice,
    }
    return next(people[one] for one in Who if one in who and one in people)


@pytest.mark.parametrize("name", [name for name in PRIVILEGED if name not in ("view_identity", "assist")])
def test_a_wrong_state_is_refused_with_the_state_found_and_the_states_needed(
    county: County, bring_to: Bring, name: str
) -> None:
    step = STEPS[name]
    wrong = [state for state in State if state not in step.sources and state != State.ARCHIVED]
    # "final_reply" is never taken by itself: an answer from the stage settles only what is open.
    if not wrong or name == "final_reply":
        return
    # A state in which the lead unit still holds the case, so that it is the state that refuses.
    held = [state for state in wrong if state in ("replied", "in_progress", "suspended", "dispatched")]
    state = (held or wrong)[0]
    appeal = bring_to(state)
    with pytest.raises(WrongState) as refusal:
        PRIVILEGED[name][0](_holder(county, step.who), appeal.pk)
    assert str(State(state).label) in refusal.value.message
    assert all(str(source.label) in refusal.value.message for source in step.sources)


def test_a_former_officer_loses_every_right_at_once(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress")
    assert may_handle(county.olga, appeal)
    county.olga.is_active = False
    county.olga.save()
    assert not capacities(Person.objects.get(pk=county.olga.pk), appeal)
    with pytest.raises(NotAllowed):
        actions.reply(Person.objects.get(pk=county.olga.pk), appeal.pk, "话")


def test_an_assisting_unit_gives_its_opinion_and_no_more(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress")
    actions.hold_jointly(county.sam, appeal.pk, [county.roads.pk], "会商纪要：交通局协办")
    appeal.refresh_from_db()
    assert appeal.joint and may_handle(county.otto, appeal)
    actions.assist(county.otto, appeal.pk, "路面由我局恢复。")
    with pytest.raises(NotAllowed):
        actions.reply(county.otto, appeal.pk, "越权")
    names = {option.name for option in allowed_actions(county.otto, appeal) if option.allowed}
    assert names == {"assist"}


def test_the_return_limit_is_kept(county: County, bring_to: Bring) -> None:
    pk = bring_to("dispatched", "2026-02-10 09:00").pk
    with pytest.raises(DirectTrainError, match="退回期限"):
        actions.return_(county.olga, pk, "非本单位", at=at("2026-02-12 09:00"))
    actions.return_(county.olga, pk, "非本单位", at=at("2026-02-11 23:00"))


def test_the_citizen_reopens_within_the_window_only(
    county: County, bring_to: Bring, settings: pytest.FixtureRequest
) -> None:
    settings.REOPEN_WINDOW_DAYS = 10  # type: ignore[attr-defined]
    pk = bring_to("replied", "2026-02-10 09:00").pk
    token = rating_token(pk, 1)
    with pytest.raises(DirectTrainError, match="期限"):
        actions.reopen(token, "晚了", at=at("2026-02-20 09:01"))
    assert actions.reopen(token, "没解决", at=at("2026-02-20 08:59")) == 2


def test_allowed_actions_and_the_actions_themselves_agree(county: County, bring_to: Bring) -> None:
    appeal = bring_to("dispatched")
    offered = {option.name: option.allowed for option in allowed_actions(county.olga, appeal)}
    assert offered["sign"] and offered["return"] and not offered["reply"]
    assert allowed_actions(county.charlie, appeal) == []
    assert allowed_actions(None, appeal) == []
