"""Several cases of one matter: nobody's number, clock, rating or answer is lost."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

from portal.appeals import actions
from portal.appeals.models import Appeal, CaseEvent, Clock, CommonMatter, Reply
from portal.appeals.queries import allowed_actions, case_story
from portal.appeals.sealing import rating_token
from portal.lib.errors import BadInput, Conflict
from portal.notices.models import Notice
from tests.appeals.conftest import County, Register, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]
NOW = at("2026-02-10 15:00")


def _events(pk: int, kind: str) -> list[CaseEvent]:
    return list(CaseEvent.objects.filter(appeal=pk, kind=kind))


def test_cases_of_one_matter_are_linked_once_and_both_tell_it(county: County, register: Register) -> None:
    main, two, three = (register().appeal_id for _ in range(3))
    matter = actions.link_same(county.bob, main, [two], at=NOW)
    assert actions.link_same(county.bob, main, [two, three], at=NOW) == matter
    assert CommonMatter.objects.get().title == "自来水三天没来了"
    assert set(Appeal.objects.values_list("common_matter", flat=True)) == {matter}
    assert [len(_events(pk, "linked")) for pk in (main, two, three)] == [1, 1, 1]
    assert _events(two, "linked")[0].payload["with"] == Appeal.objects.get(pk=main).number
    call_command("verify_cases")


def test_a_member_of_another_matter_moves_and_the_event_says_from_where(
    county: County, register: Register
) -> None:
    one, two, three = (register().appeal_id for _ in range(3))
    old = actions.link_same(county.clara, one, [two])
    new = actions.link_same(county.clara, three, [two])
    assert Appeal.objects.get(pk=two).common_matter_id == new != old
    assert _events(two, "linked")[-1].payload["before"] == old


def test_a_duplicate_keeps_its_number_and_gets_the_answer_of_the_main_case(
    county: County, bring_to: Bring, register: Register
) -> None:
    main, second = bring_to("in_progress"), register(when="2026-02-10 14:00")
    actions.merge(county.clara, second.appeal_id, main.number, "同一处漏水", at=NOW)
    merged = Appeal.objects.get(pk=second.appeal_id)
    assert (merged.number, merged.state, merged.merged_into) == (second.number, "in_progress", main)
    assert Clock.objects.get(appeal=merged, stopped_at=None).kind == "citizen"
    assert [len(_events(pk, "merged")) for pk in (main.pk, merged.pk)] == [1, 1]
    actions.reply(county.olga, main.pk, "水管已修好。", at=NOW)
    actions.approve_reply(county.uma, main.pk, at=NOW)
    merged.refresh_from_db()
    assert merged.state == "replied" and not Clock.objects.filter(appeal=merged, stopped_at=None)
    told = [entry.reply.text for entry in case_story(merged, "citizen").entries if entry.reply]
    assert told == ["水管已修好。"]
    assert Notice.objects.filter(template="replied", payload__number=second.number).count() == 1
    assert actions.evaluate(rating_token(merged.pk, 1), 5, "yes").appeal == merged
    assert Appeal.objects.get(pk=main.pk).state == "replied", "one citizen's rating is not the other's"
    call_command("verify_cases")


def test_two_cases_joined_crosswise_at_once_are_not_both_given_away(
    county: County, bring_to: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = bring_to("accepted"), bring_to("accepted")
    actions.merge(county.clara, one.pk, two.number, at=NOW)
    # The other clerk had looked up the main case before the first one's transaction ended.
    monkeypatch.setattr("portal.appeals.actions.joining._main_case", lambda number, duplicate: one.pk)
    with pytest.raises(Conflict):
        actions.merge(county.clara, two.pk, one.number, at=NOW)
    assert Appeal.objects.get(pk=two.pk).state == "accepted"


def test_a_duplicate_of_an_answered_case_is_answered_at_once(
    county: County, bring_to: Bring, register: Register
) -> None:
    main, second = bring_to("replied"), register()
    actions.merge(county.clara, second.appeal_id, main.number, at=NOW)
    assert Appeal.objects.get(pk=second.appeal_id).state == "replied"
    assert Reply.objects.get(appeal=second.appeal_id).author == county.olga


def test_merging_again_goes_to_the_main_case_and_takes_members_along(
    county: County, bring_to: Bring, register: Register
) -> None:
    main, two, three = bring_to("in_progress"), bring_to("accepted"), register()
    actions.merge(county.clara, three.appeal_id, two.number, at=NOW)
    actions.merge(county.clara, two.pk, main.number, at=NOW)
    assert set(Appeal.objects.filter(merged_into=main).values_list("pk", flat=True)) == {
        two.pk,
        three.appeal_id,
    }
    four = register()
    actions.merge(county.clara, four.appeal_id, two.number, at=NOW)
    assert Appeal.objects.get(pk=four.appeal_id).merged_into == main


def test_what_cannot_lead_is_refused(county: County, bring_to: Bring, register: Register) -> None:
    one, fresh = bring_to("accepted"), register()
    for number in ("20260210-9999", one.number):
        with pytest.raises(BadInput):
            actions.merge(county.clara, one.pk, number)
    with pytest.raises(Conflict):
        actions.merge(county.clara, one.pk, fresh.number)
    with pytest.raises(Conflict):
        actions.unmerge(county.clara, bring_to("in_progress").pk)


def test_a_main_case_that_is_withdrawn_leaves_nobody_behind(
    county: County, bring_to: Bring, register: Register
) -> None:
    main, second, third = bring_to("in_progress"), register(), register()
    for one in (second, third):
        actions.merge(county.clara, one.appeal_id, main.number, at=NOW)
    actions.unmerge(county.clara, third.appeal_id, at=NOW)
    actions.withdraw(county.alice, main.pk, at=NOW)
    states = Appeal.objects.filter(pk__in=[second.appeal_id, third.appeal_id])
    assert set(states.values_list("state", "merged_into")) == {("accepted", None)}
    actions.dispatch(county.clara, second.appeal_id, county.roads.pk, at=NOW)


def test_who_reopens_a_merged_case_gets_a_handling_of_their_own(
    county: County, bring_to: Bring, register: Register
) -> None:
    main, second = bring_to("replied"), register()
    actions.merge(county.clara, second.appeal_id, main.number, at=NOW)
    actions.reopen(rating_token(second.appeal_id, 1), "我家还没有水", at=NOW)
    again = Appeal.objects.get(pk=second.appeal_id)
    assert (again.state, again.merged_into) == ("reopened", None)
    offered = {option.name for option in allowed_actions(county.clara, again) if option.allowed}
    assert "dispatch" in offered and "unmerge" not in offered


def test_a_split_case_counts_from_the_day_the_whole_was_raised(county: County, bring_to: Bring) -> None:
    whole = bring_to("in_progress")
    part = actions.split(county.clara, whole.pk, "还有路灯不亮", "两件事", at=NOW)
    assert actions.split(county.clara, whole.pk, "还有路灯不亮", at=NOW).number == part.number
    made = Appeal.objects.get(pk=part.appeal_id)
    assert (made.person, made.raised_at, made.state) == (county.alice, whole.raised_at, "registered")
    assert [len(_events(pk, "split")) for pk in (whole.pk, made.pk)] == [1, 1]
    assert Notice.objects.filter(template="registered", payload__number=part.number).exists()
    assert Appeal.objects.get(pk=whole.pk).original_text == "自来水三天没来了"
    call_command("verify_cases")
