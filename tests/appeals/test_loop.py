"""The closed loop, from the question to the rating and once around again."""

from collections.abc import Callable

import pytest

from portal.appeals import actions
from portal.appeals.models import Appeal, Clock, Evaluation, Reply
from portal.appeals.queries import case_story
from portal.appeals.queries.integrity import chain_flaws, missing_cases
from portal.appeals.sealing import rating_token
from portal.lib.errors import Conflict
from portal.notices.models import Notice
from tests.appeals.conftest import County, Register, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]


def test_a_case_goes_from_question_to_rating_and_once_around_again(
    county: County, register: Register
) -> None:
    pk = register(when="2026-02-10 09:30").appeal_id
    actions.accept(county.clara, pk, "request", "供水", "pressing", at=at("2026-02-10 10:00"))
    actions.dispatch(county.clara, pk, county.water.pk, at=at("2026-02-10 10:05"))
    actions.sign(county.olga, pk, at=at("2026-02-10 11:00"))
    actions.reply(county.olga, pk, "水管已修好。", at=at("2026-02-12 15:00"))
    actions.approve_reply(county.uma, pk, at=at("2026-02-12 16:00"))
    appeal = Appeal.objects.get(pk=pk)
    assert appeal.state == "replied" and appeal.due_on is None

    token = rating_token(pk, 1)
    actions.evaluate(token, 2, "no", "又停了", at=at("2026-02-13 09:00"))
    assert Appeal.objects.get(pk=pk).state == "replied"
    assert Appeal.objects.get(pk=pk).call_back_wanted
    assert actions.reopen(token, "又停水了", at=at("2026-02-13 09:05")) == 2
    with pytest.raises(Conflict):
        actions.evaluate(token, 5, "yes")

    actions.sign(county.olga, pk, at=at("2026-02-13 10:00"))
    actions.reply(county.olga, pk, "换了新泵。", at=at("2026-02-24 10:00"))
    actions.approve_reply(county.uma, pk, at=at("2026-02-25 17:00"))
    actions.evaluate(rating_token(pk, 2), 5, "yes", at=at("2026-02-25 18:00"))

    appeal.refresh_from_db()
    assert (appeal.state, appeal.cycle, appeal.solved) == ("closed_solved", 2, "yes")
    verdicts = Clock.objects.filter(appeal=pk, kind="citizen").order_by("cycle")
    assert [(c.cycle, c.verdict) for c in verdicts] == [(1, "on_time"), (2, "on_time")]
    assert list(Evaluation.objects.order_by("cycle").values_list("cycle", "level", "solved")) == [
        (1, 2, "no"),
        (2, 5, "yes"),
    ]
    kinds = list(appeal.events.order_by("sequence").values_list("kind", flat=True))
    assert kinds == [
        *("created", "accepted", "assigned", "signed", "drafted", "replied", "evaluated", "reopened"),
        *("signed", "drafted", "replied", "evaluated", "closed"),
    ]
    assert [*chain_flaws(), *missing_cases()] == []
    told = list(Notice.objects.filter(person=county.alice).order_by("pk").values_list("template", flat=True))
    assert told == ["registered", "accepted", "replied", "reopened", "replied"]


def test_the_citizen_does_not_read_drafts_and_internal_entries(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress")
    actions.reply(county.olga, appeal.pk, "草稿", at=at("2026-02-10 12:00"))
    appeal.refresh_from_db()
    citizen = case_story(appeal, "citizen", at("2026-02-10 13:00").date())
    internal = case_story(appeal, "internal", at("2026-02-10 13:00").date())
    assert [entry.reply for entry in citizen.entries if entry.reply] == []
    assert [entry.reply.text for entry in internal.entries if entry.reply] == ["草稿"]
    assert citizen.clock is not None and citizen.clock.left == 3


def test_an_answer_on_air_closes_nothing_and_can_be_rated_apart(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress")
    reply = actions.record_spoken_reply(county.bob, appeal.pk, 12, 1000, 42_000, "今晚就修。")
    appeal.refresh_from_db()
    assert appeal.state == "in_progress" and appeal.due_on is not None
    assert Reply.objects.get(pk=reply).recording == "12"
    actions.evaluate(rating_token(appeal.pk, 1), 4)
    assert Evaluation.objects.get().about == "spoken"
    assert Appeal.objects.get(pk=appeal.pk).state == "in_progress"


def test_marking_the_same_answer_again_corrects_it(county: County, bring_to: Bring) -> None:
    pk = bring_to("accepted").pk
    first = actions.record_spoken_reply(county.bob, pk, 12, 1000, 42_000, "今晚")
    again = actions.record_spoken_reply(county.bob, pk, 12, 1000, 45_000, "今晚就修。")
    assert first == again
    assert list(Reply.objects.values_list("end_ms", "passage")) == [(45_000, "今晚就修。")]


@pytest.mark.parametrize(
    "state", ["registered", "accepted", "dispatched", "returned", "in_progress", "suspended"]
)
def test_a_final_answer_on_air_settles_an_open_case(county: County, bring_to: Bring, state: str) -> None:
    pk = bring_to(state).pk
    actions.record_spoken_reply(
        county.lin, pk, 12, 1000, 42_000, "已经修好。", final=True, at=at("2026-02-10 20:00")
    )
    assert Appeal.objects.get(pk=pk).state == "replied"
    running = Clock.objects.filter(appeal=pk, stopped_at=None)
    assert not running.exists()
    assert Clock.objects.get(appeal=pk, kind="citizen").verdict == "on_time"


def test_a_case_settled_on_air_can_be_reopened_and_dispatched(county: County, register: Register) -> None:
    pk = register().appeal_id
    actions.record_written_answer(county.bob, pk, "已答复", True, at=at("2026-02-10 20:00"))
    actions.reopen(rating_token(pk, 1), "没有解决", at=at("2026-02-11 08:00"))
    actions.dispatch(county.clara, pk, county.water.pk, at=at("2026-02-11 09:00"))
    actions.sign(county.olga, pk, at=at("2026-02-11 10:00"))
    assert Appeal.objects.get(pk=pk).state == "in_progress"


def test_solved_may_be_said_after_the_level_and_counts_once(bring_to: Bring) -> None:
    appeal = bring_to("replied")
    token = rating_token(appeal.pk, 1)
    actions.evaluate(token, 5)
    assert Appeal.objects.get(pk=appeal.pk).state == "replied"
    actions.evaluate(token, 5, "yes")
    assert Appeal.objects.get(pk=appeal.pk).state == "closed_solved"
    assert Evaluation.objects.count() == 1


def test_a_call_back_never_counts_as_the_citizens_rating(county: County, bring_to: Bring) -> None:
    appeal = bring_to("replied")
    actions.call_back(county.clara, appeal.pk, "电话里说已修好", "yes")
    assert list(Evaluation.objects.values_list("source", "level")) == [("call_back", None)]
    assert Appeal.objects.get(pk=appeal.pk).state == "closed_solved"


def test_a_spoken_questions_text_is_set_once(county: County, register: Register) -> None:
    pk = register(text="", channel="stage").appeal_id
    actions.set_text(county.bob, pk, "我的电话是13812345678，路坏了")
    appeal = Appeal.objects.get(pk=pk)
    assert appeal.original_text == "我的电话是13812345678，路坏了"
    assert appeal.public_text == "我的电话是138****5678，路坏了"
    with pytest.raises(Conflict):
        actions.set_text(county.bob, pk, "别的")
