"""Every privileged action and page, asked as everybody: the table says who may."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from portal.lib.errors import NotAllowed
from portal.live.actions import go_live
from portal.people.models import Unit
from portal.questions import actions
from portal.questions.models import Question
from tests.live.cast import Cast, asked, citizen

pytestmark = pytest.mark.slow

EVERYBODY = ("alice", "bob", "olga", "lin", "sam", "charlie")
Act = Callable[[Any, int], Any]

# name of the action: who may, how it is called
ACTIONS: dict[str, tuple[set[str], Act]] = {
    "move": ({"bob"}, lambda actor, pk: actions.move(actor, pk, "shortlisted")),
    "claim": ({"bob"}, actions.claim),
    "release": ({"bob"}, actions.release),
    "mark_same_many": ({"bob"}, lambda actor, pk: actions.mark_same_many(actor, [pk], pk - 1)),
    "part": ({"bob"}, lambda actor, pk: actions.part(actor, [pk])),
    "block": ({"bob"}, lambda actor, pk: actions.block(actor, pk, "反复刷屏")),
    "set_public_text": ({"bob"}, lambda actor, pk: actions.set_public_text(actor, pk, "路灯坏了")),
    "note_promise_at": (
        {"bob", "lin"},
        lambda actor, pk: actions.note_promise_at(
            actor, pk, 1_000, actions.Wish("装好路灯", Unit.objects.get().pk)
        ),
    ),
    "hide": ({"bob"}, lambda actor, pk: actions.hide(actor, pk, "重复提交")),
    "unhide": ({"bob"}, actions.unhide),
    "mark_same": ({"bob"}, lambda actor, pk: actions.mark_same(actor, pk, pk - 1)),
    "answer_in_writing": ({"bob"}, lambda actor, pk: actions.answer_in_writing(actor, pk, "已办。", False)),
    "set_spoken_text": ({"bob"}, lambda actor, pk: actions.set_spoken_text(actor, pk - 1, "路灯坏了")),
    "begin_answer": ({"bob", "lin"}, lambda actor, pk: actions.begin_answer(actor, pk, 1_000)),
    "end_answer": ({"bob", "lin"}, lambda actor, pk: actions.end_answer(actor, pk, 2_000)),
}


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize("action", list(ACTIONS))
def test_actions_are_refused_to_all_but_those_of_the_table(on_air: Cast, action: str, name: str) -> None:
    may, act = ACTIONS[action]
    actions.raise_hand(citizen("eve", "13800000012"), on_air.session.pk, uuid4())
    pk = asked(on_air).question_id
    if action == "end_answer":
        actions.begin_answer(on_air.bob, pk, 1_000)
    if action == "part":
        actions.mark_same(on_air.bob, pk, pk - 1)
    before = Question.objects.values().get(pk=pk)
    if name in may:
        act(on_air.person(name), pk)
        return
    with pytest.raises(NotAllowed):
        act(on_air.person(name), pk)
    assert Question.objects.values().get(pk=pk) == before


def test_a_moderator_who_left_the_house_may_do_nothing(on_air: Cast) -> None:
    on_air.bob.is_active = False
    on_air.bob.save()
    with pytest.raises(NotAllowed):
        actions.move(on_air.bob, asked(on_air).question_id, "shortlisted")


def test_the_role_alone_does_not_open_somebody_elses_broadcast(on_air: Cast) -> None:
    on_air.session.moderators.clear()
    with pytest.raises(NotAllowed):
        actions.move(on_air.bob, asked(on_air).question_id, "shortlisted")


NOBODY = "nobody"
ALL = {*EVERYBODY, NOBODY}
# address: who gets the page; everybody else gets 403
PAGES: dict[str, set[str]] = {
    "/": ALL,
    "/live/{id}/": ALL,
    "/live/{id}/replay/": ALL,
    "/live/{id}/ask/": ALL,
    "/live/{id}/questions/": ALL,
    "/live/{id}/questions/similar/?text=灯": ALL,
    "/live/{id}/questions/mine/": ALL,
    "/live/{id}/studio/": {"lin"},
    "/live/{id}/console/": {"bob"},
    "/live/{id}/stage/": set(),
    "/live/plan/": {"sam"},
}


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    if name != NOBODY:
        client.force_login(cast.person(name))
    return client


@pytest.mark.parametrize("name", [*EVERYBODY, NOBODY])
@pytest.mark.parametrize("page", list(PAGES))
def test_pages_open_for_those_of_the_table(on_air: Cast, page: str, name: str) -> None:
    asked(on_air)
    found = client_of(on_air, name).get(page.format(id=on_air.session.pk))
    assert found.status_code == (200 if name in PAGES[page] else 403)


POSTS: dict[str, set[str]] = {
    "/live/{id}/questions/{question}/vote/": {"alice"},
    "/live/{id}/cancel/": {"sam"},
}


@pytest.mark.parametrize("name", [*EVERYBODY, NOBODY])
@pytest.mark.parametrize("address", list(POSTS))
def test_posts_are_taken_from_those_of_the_table(cast: Cast, address: str, name: str) -> None:
    pk = asked(cast).question_id
    actions.move(cast.bob, pk, "shortlisted")
    found = client_of(cast, name).post(address.format(id=cast.session.pk, question=pk))
    assert found.status_code == (302 if name in POSTS[address] else 403)


def test_posts_without_the_pages_token_are_refused(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.alice)
    for address in ("/live/{id}/questions/", "/live/{id}/ask/"):
        assert strict.post(address.format(id=cast.session.pk), {"text": "灯"}).status_code == 403
    assert not Question.objects.exists()


def test_pages_of_an_unknown_broadcast_are_not_found(cast: Cast) -> None:
    for page in ("", "replay/", "ask/", "studio/", "console/", "stage/", "questions/"):
        assert client_of(cast, "lin").get(f"/live/999999/{page}").status_code == 404


def test_the_stage_opens_for_who_raised_a_hand(cast: Cast) -> None:
    go_live(cast.lin, cast.session.pk)
    actions.raise_hand(cast.alice, cast.session.pk, uuid4())
    assert client_of(cast, "alice").get(f"/live/{cast.session.pk}/stage/").status_code == 200
