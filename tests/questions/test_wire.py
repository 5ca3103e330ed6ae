"""Asking and voting for programs: the same actions, refusals as JSON with code and sentence."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from portal.appeals.models import Appeal
from portal.live.actions import plan
from portal.questions.actions import answer_in_writing, move
from tests.live.cast import Cast, asked, citizen

JSON = {"Accept": "application/json"}


def post(client: Client, address: str, body: Any) -> Any:
    return client.post(address, body, content_type="application/json", headers=JSON)


@pytest.fixture
def alice(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.alice)
    return client


def address(cast: Cast) -> str:
    return f"/live/{cast.session.pk}/questions/"


def test_a_new_question_is_created_and_a_repeat_is_the_same(cast: Cast, alice: Client) -> None:
    body = {"uuid": str(uuid4()), "text": "路灯坏了", "village": "石桥村"}
    first, again = (post(alice, address(cast), body) for _each in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() | {"created": True}
    appeal = Appeal.objects.get()
    assert first.json()["number"] == appeal.number and appeal.due_on is not None
    assert first.json()["next"]["settle_by"] == appeal.due_on.isoformat()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{not json", 400, "bad_message"),
        ("[1, 2]", 400, "bad_message"),
        ({"uuid": 7, "text": "路灯坏了"}, 400, "bad_message"),
        ({"uuid": "x", "text": "路灯坏了"}, 400, "bad_input"),
        ({"uuid": str(uuid4()), "text": "长" * 2001}, 400, "too_long"),
        ({"uuid": str(uuid4())}, 400, "bad_input"),
    ],
)
def test_bad_input_has_its_code_and_sentence(
    cast: Cast, alice: Client, body: Any, status: int, code: str
) -> None:
    answer = post(alice, address(cast), body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"]
    assert not Appeal.objects.exists()


def test_visitors_are_refused_as_json(cast: Cast) -> None:
    answer = post(Client(), address(cast), {"uuid": str(uuid4()), "text": "路灯坏了"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")


def test_too_many_questions_say_when_to_come_back(cast: Cast, alice: Client) -> None:
    for _each in range(10):
        asked(cast)
    answer = post(alice, address(cast), {"uuid": str(uuid4()), "text": "路灯坏了"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "try_later")
    assert 500 < int(answer.headers["Retry-After"]) <= 601


def test_a_vote_twice_is_a_conflict(cast: Cast) -> None:
    pk = asked(cast).question_id
    move(cast.bob, pk, "shortlisted")
    eve = Client()
    eve.force_login(citizen("eve", "13800000012"))
    first, again = (post(eve, f"{address(cast)}{pk}/vote/", {}) for _each in range(2))
    assert (first.status_code, first.json()["votes"]) == (200, 1)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "voted")


def test_a_vote_under_another_broadcasts_address_is_not_found(cast: Cast, alice: Client) -> None:
    pk = asked(cast).question_id
    move(cast.bob, pk, "shortlisted")
    other = plan(cast.sam, "另一场", cast.lin, cast.session.starts_at)
    assert post(alice, f"/live/{other.pk}/questions/{pk}/vote/", {}).status_code == 404


def test_the_wall_is_public_and_says_which_revision_it_is(cast: Cast) -> None:
    pk = asked(cast).question_id
    move(cast.bob, pk, "shortlisted")
    shown = Client().get(address(cast)).json()
    assert shown["revision"] == shown["session"]["revision"] == 3
    assert [row["id"] for row in shown["wall"]] == [pk]


def test_similar_questions_come_with_their_answers_and_unseen_ones_do_not_come(cast: Cast) -> None:
    answered, unseen = asked(cast, "柳湾村的路灯坏了").question_id, asked(cast, "我家路灯坏了").question_id
    answer_in_writing(cast.bob, answered, "周五前修好。", final=False)
    found = Client().get(f"{address(cast)}similar/", {"text": "我们村路灯坏了怎么办"}).json()["similar"]
    assert [row["id"] for row in found] == [answered] and unseen
    assert found[0]["written_answer"] == "周五前修好。"
    assert Client().get(f"{address(cast)}similar/", {"text": "公交车"}).json() == {"similar": []}
