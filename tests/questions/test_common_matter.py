"""Questions that are the same: their cases become members of one common matter, and stay cases of their own."""

from uuid import uuid4

import pytest

from portal.appeals.models import Appeal, CaseEvent, CommonMatter
from portal.lib.errors import Conflict
from portal.questions import actions
from portal.questions.models import Question
from tests.live.cast import Cast, asked


def _linked() -> list[str]:
    return list(CaseEvent.objects.filter(kind="linked").values_list("appeal__number", flat=True))


def test_joined_questions_make_one_common_matter_with_an_event_on_both(cast: Cast) -> None:
    one, two, three = (asked(cast, f"路灯坏了{place}") for place in range(3))
    actions.mark_same(cast.bob, two.question_id, one.question_id)
    actions.mark_same(cast.bob, three.question_id, two.question_id)
    assert CommonMatter.objects.count() == 1
    assert Appeal.objects.filter(common_matter=CommonMatter.objects.get()).count() == 3
    assert sorted(_linked()) == sorted([one.case_number, two.case_number, three.case_number])
    assert set(Appeal.objects.values_list("state", flat=True)) == {"registered"}


def test_a_refused_joining_links_nothing(on_air: Cast) -> None:
    one, two = asked(on_air), asked(on_air, "路灯坏了")
    actions.move(on_air.bob, two.question_id, "on")
    with pytest.raises(Conflict):
        actions.mark_same(on_air.bob, two.question_id, one.question_id)
    assert not CommonMatter.objects.exists() and _linked() == []


def test_a_raised_hand_is_linked_when_it_gets_its_case(on_air: Cast) -> None:
    written = asked(on_air)
    hand = actions.raise_hand(on_air.alice, on_air.session.pk, uuid4())
    actions.mark_same(on_air.bob, written.question_id, hand.question_id)
    assert not CommonMatter.objects.exists(), "there is only one case yet"
    actions.move(on_air.bob, hand.question_id, "on")
    spoken = Question.objects.get(pk=hand.question_id).appeal
    assert spoken is not None and spoken.common_matter is not None
    assert Appeal.objects.get(number=written.case_number).common_matter == spoken.common_matter
