"""Answers reach the case of the question and of everybody who asked the same."""

from uuid import uuid4

import pytest

from portal.appeals.models import Appeal, Reply
from portal.lib.errors import BadInput, Conflict, NotAllowed
from portal.live.actions import end
from portal.questions import actions
from portal.questions.models import Question
from portal.questions.queries import being_answered, chapters, recent_answers, wall, written_answers
from portal.questions.queries import on_air as row_on_air
from tests.live.cast import Cast, asked, citizen


def replies(number: str) -> list[Reply]:
    return list(Reply.objects.filter(appeal__number=number).order_by("pk"))


def test_a_spoken_answer_is_a_span_of_the_recording_on_the_case(on_air: Cast) -> None:
    result = asked(on_air)
    actions.begin_answer(on_air.bob, result.question_id, 61_000)
    ended = actions.end_answer(on_air.bob, result.question_id, 92_500, "本月内修好。")
    assert (ended.appeal_number, ended.begin_ms, ended.end_ms) == (result.case_number, 61_000, 92_500)
    (reply,) = replies(result.case_number)
    assert reply.pk == ended.reply_id
    assert (reply.kind, reply.recording, reply.begin_ms, reply.end_ms, reply.passage) == (
        "spoken",
        str(on_air.session.pk),
        61_000,
        92_500,
        "本月内修好。",
    )
    question = Question.objects.get(pk=result.question_id)
    assert (question.stage_state, question.wall_state) == ("done", "answered")


def test_a_spoken_answer_alone_closes_nothing(on_air: Cast) -> None:
    result = asked(on_air)
    actions.begin_answer(on_air.lin, result.question_id, 0)
    actions.end_answer(on_air.lin, result.question_id, 5_000)
    assert Appeal.objects.get(number=result.case_number).state == "registered"


def test_the_begin_may_be_stamped_again_until_the_end(on_air: Cast) -> None:
    result = asked(on_air)
    for at_ms in (10_000, 12_000, 11_000):
        actions.begin_answer(on_air.bob, result.question_id, at_ms)
    assert actions.end_answer(on_air.bob, result.question_id, 20_000).begin_ms == 11_000
    assert len(replies(result.case_number)) == 1


@pytest.mark.parametrize("at_ms", [9_000, 10_000])
def test_an_answer_does_not_end_before_it_begins(on_air: Cast, at_ms: int) -> None:
    result = asked(on_air)
    actions.begin_answer(on_air.bob, result.question_id, 10_000)
    with pytest.raises(BadInput) as refusal:
        actions.end_answer(on_air.bob, result.question_id, at_ms)
    assert refusal.value.code == "ends_before_begin"
    assert not replies(result.case_number)
    assert actions.end_answer(on_air.bob, result.question_id, 10_001).end_ms == 10_001


def test_an_answer_that_never_began_does_not_end_and_none_ends_twice(on_air: Cast) -> None:
    result = asked(on_air)
    actions.move(on_air.bob, result.question_id, "on")
    with pytest.raises(Conflict) as refusal:
        actions.end_answer(on_air.bob, result.question_id, 10_000)
    assert refusal.value.code == "not_begun"
    actions.begin_answer(on_air.bob, result.question_id, 10_000)
    actions.end_answer(on_air.bob, result.question_id, 20_000)
    with pytest.raises(Conflict):
        actions.end_answer(on_air.bob, result.question_id, 30_000)
    assert len(replies(result.case_number)) == 1


def test_who_did_not_see_that_the_answer_had_begun_does_not_move_it_away(on_air: Cast) -> None:
    result = asked(on_air)
    actions.move(on_air.bob, result.question_id, "on")
    actions.begin_answer(on_air.lin, result.question_id, 10_000)
    for to in ("done", "shortlisted"):
        with pytest.raises(Conflict, match="正在回答"):
            actions.move(on_air.bob, result.question_id, to, expected="on")
    assert actions.end_answer(on_air.lin, result.question_id, 20_000).begin_ms == 10_000


def test_an_answer_off_the_stage_is_not_being_given(on_air: Cast) -> None:
    """Otherwise the console would wait for its end for ever, which no key could bring."""
    result = asked(on_air)
    actions.begin_answer(on_air.lin, result.question_id, 10_000)
    assert being_answered(on_air.session.pk) == result.question_id
    actions.move(on_air.bob, result.question_id, "done")
    assert being_answered(on_air.session.pk) is None
    assert Question.objects.get(pk=result.question_id).answer_begin_ms is None
    actions.begin_answer(on_air.lin, result.question_id, 30_000)


@pytest.mark.parametrize("at_ms", [-1, 24 * 3600 * 1000 + 1])
def test_a_clock_that_is_wrong_is_refused(on_air: Cast, at_ms: int) -> None:
    result = asked(on_air)
    with pytest.raises(BadInput):
        actions.begin_answer(on_air.bob, result.question_id, at_ms)
    assert Question.objects.get(pk=result.question_id).stage_state == "new"


def test_answers_begin_on_air_only(cast: Cast) -> None:
    result = asked(cast)
    with pytest.raises(Conflict) as refusal:
        actions.begin_answer(cast.bob, result.question_id, 0)
    assert "已预告" in refusal.value.message


def test_an_answer_that_has_begun_may_end_after_the_broadcast(on_air: Cast) -> None:
    result = asked(on_air)
    actions.begin_answer(on_air.bob, result.question_id, 10_000)
    end(on_air.lin, on_air.session.pk)
    assert actions.end_answer(on_air.bob, result.question_id, 20_000).reply_id


def test_one_question_is_on_air_at_a_time(on_air: Cast) -> None:
    first, second = asked(on_air), asked(on_air, "自来水发黄")
    actions.begin_answer(on_air.bob, first.question_id, 0)
    with pytest.raises(Conflict) as refusal:
        actions.begin_answer(on_air.bob, second.question_id, 100)
    assert str(first.question_id) in refusal.value.message
    assert Question.objects.get(pk=second.question_id).stage_state == "new"


def test_the_question_on_air_is_public_and_named(on_air: Cast) -> None:
    result = asked(on_air)
    assert row_on_air(on_air.session.pk) is None
    actions.move(on_air.bob, result.question_id, "on")
    row = row_on_air(on_air.session.pk)
    assert row is not None and row["id"] == result.question_id and row["number"] == result.case_number


def test_a_written_answer_is_on_the_wall_and_on_the_case(cast: Cast) -> None:
    result = asked(cast)
    actions.answer_in_writing(cast.bob, result.question_id, "周五前修好。", final=False)
    assert [row["written_answer"] for row in wall(cast.session.pk)] == ["周五前修好。"]
    (reply,) = replies(result.case_number)
    assert (reply.kind, reply.text, reply.final) == ("written", "周五前修好。", False)
    assert Appeal.objects.get(number=result.case_number).state == "registered"


def test_a_final_written_answer_settles_the_case(cast: Cast) -> None:
    result = asked(cast)
    actions.answer_in_writing(cast.bob, result.question_id, "已修好。", final=True)
    assert Appeal.objects.get(number=result.case_number).state == "replied"


@pytest.mark.parametrize("text", ["", "  ", "长" * 5001])
def test_a_written_answer_has_words(cast: Cast, text: str) -> None:
    result = asked(cast)
    with pytest.raises(BadInput):
        actions.answer_in_writing(cast.bob, result.question_id, text, final=False)


def test_the_answer_reaches_everybody_who_asked_the_same(on_air: Cast) -> None:
    first = asked(on_air)
    second = asked(on_air, "我们村路灯也坏了", citizen("eve", "13800000012"))
    actions.mark_same(on_air.bob, second.question_id, first.question_id)
    actions.begin_answer(on_air.bob, first.question_id, 1_000)
    ended = actions.end_answer(on_air.bob, first.question_id, 9_000, "都修。")
    (reply,) = replies(second.case_number)
    assert ended.member_reply_ids == (reply.pk,)
    assert (reply.begin_ms, reply.end_ms, reply.passage) == (1_000, 9_000, "都修。")
    assert first.case_number != second.case_number
    assert [row["id"] for row in chapters(on_air.session.pk)] == [first.question_id]
    assert [row["id"] for row in recent_answers()] == [first.question_id]


def test_who_is_joined_after_the_answer_gets_it_too(on_air: Cast) -> None:
    first, second = asked(on_air), asked(on_air, "我们村路灯也坏了")
    actions.begin_answer(on_air.bob, first.question_id, 1_000)
    actions.end_answer(on_air.bob, first.question_id, 9_000, "都修。")
    actions.mark_same(on_air.bob, second.question_id, first.question_id)
    assert [reply.passage for reply in replies(second.case_number)] == ["都修。"]
    assert Question.objects.get(pk=second.question_id).wall_state == "answered"


def test_a_hidden_question_stays_hidden_when_it_is_answered(cast: Cast) -> None:
    result = asked(cast)
    actions.hide(cast.bob, result.question_id, "含个人隐私")
    actions.answer_in_writing(cast.bob, result.question_id, "已办。", final=False)
    assert wall(cast.session.pk) == [] and written_answers(cast.session.pk) == []
    assert len(replies(result.case_number)) == 1
    actions.unhide(cast.bob, result.question_id)
    assert Question.objects.get(pk=result.question_id).wall_state == "answered"


def test_what_was_only_spoken_becomes_the_text_of_its_case(on_air: Cast) -> None:
    hand = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4(), "石桥村")
    actions.move(on_air.bob, hand.question_id, "on")
    question = Question.objects.select_related("appeal").get(pk=hand.question_id)
    assert question.appeal is not None
    assert (question.appeal.channel, question.appeal.original_text) == ("stage", "")
    actions.set_spoken_text(on_air.bob, hand.question_id, "桥上的护栏断了。")
    question.appeal.refresh_from_db()
    assert (question.appeal.original_text, question.appeal.village) == ("桥上的护栏断了。", "石桥村")


def test_a_citizens_written_words_are_not_rewritten(cast: Cast) -> None:
    result = asked(cast)
    with pytest.raises(Conflict):
        actions.set_spoken_text(cast.bob, result.question_id, "别的话")


def test_a_raised_hand_is_not_answered_in_writing(cast: Cast) -> None:
    hand = actions.raise_hand(cast.alice, cast.session.pk, uuid4())
    with pytest.raises(Conflict) as refusal:
        actions.answer_in_writing(cast.bob, hand.question_id, "已办。", final=False)
    assert refusal.value.code == "no_case"


def test_the_leader_stamps_answers_but_does_not_moderate(on_air: Cast) -> None:
    result = asked(on_air)
    actions.begin_answer(on_air.lin, result.question_id, 1_000)
    actions.end_answer(on_air.lin, result.question_id, 2_000)
    with pytest.raises(NotAllowed):
        actions.hide(on_air.lin, result.question_id, "不合适")
