"""Past broadcasts as cards, and a search that leads to the second."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from portal.live.actions import end
from portal.questions.actions import answer_in_writing, begin_answer, end_answer
from portal.questions.models import Question
from tests.live.cast import Cast, asked, make_cast, on_air
from transcripts import actions
from transcripts.actions import Spoken
from transcripts.replays import marked

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """An evening with a spoken and a written answer, and one telephone number that nobody may find."""
    made = on_air(make_cast())
    spoken = asked(made, "村口的<b>路灯</b>坏了，打13812345678找我")
    begin_answer(made.bob, spoken.question_id, 10_000)
    end_answer(made.bob, spoken.question_id, 60_000)
    written = asked(made, "自来水什么时候通？")
    answer_in_writing(made.bob, written.question_id, "路灯和自来水都在周五前修好。", final=False)
    asked(made, "没有回答的路灯问题")
    for begin_ms, text in ((12_300, "路灯周五修好"), (16_000, "下一个问题")):
        said = (made.session.pk, str(uuid4()), "leader-1", "林县长", begin_ms, begin_ms + 2000, text)
        actions.store_cue(Spoken(*said, engine="test", language="zh"))
    end(made.lin, made.session.pk)
    return made


def test_broadcasts_are_cards_with_their_chapters(cast: Cast, client: Client) -> None:
    page = client.get("/replays/").content.decode()
    question = Question.objects.get(text__contains="13812345678")
    assert f"/live/{cast.session.pk}/replay/#q{question.pk}" in page
    assert "回答了 1 个问题" in page and "没有回答的路灯问题" not in page


def test_a_search_finds_questions_answers_and_what_was_said(cast: Cast, client: Client) -> None:
    page = client.get("/replays/", {"q": "路灯"}).content.decode()
    assert "<mark>路灯</mark>周五修好" in page and f"/live/{cast.session.pk}/replay/#t=" in page
    assert "&lt;b&gt;<mark>路灯</mark>&lt;/b&gt;" in page and "<mark>路灯</mark>和自来水都在" in page
    assert "没有回答的路灯问题" not in page and "下一个问题" not in page
    both = client.get("/replays/", {"q": "路灯 自来水"}).content.decode()
    assert "都在周五前修好" in both and "打138" not in both


def test_a_written_answer_is_found_at_its_place(cast: Cast, client: Client) -> None:
    question = Question.objects.get(text="自来水什么时候通？")
    place = f"/live/{cast.session.pk}/replay/#w{question.pk}"
    assert place in client.get("/replays/?q=自来水").content.decode()
    assert place in client.get("/").content.decode()
    assert f'id="w{question.pk}"' in client.get(f"/live/{cast.session.pk}/replay/").content.decode()


@pytest.mark.parametrize("wish", ["13812345678", "1234", "不存在的词", "%", "'\"", "<script>"])
def test_a_search_tells_nothing_that_is_not_public(cast: Cast, client: Client, wish: str) -> None:
    response = client.get("/replays/", {"q": wish})
    page = response.content.decode()
    assert (
        response.status_code == 200 and "#q" not in page and "<script>" not in page.split("</head>")[1][:9000]
    )


def test_a_cancelled_broadcast_is_not_searched(cast: Cast, client: Client) -> None:
    type(cast.session).objects.filter(pk=cast.session.pk).update(state="cancelled", ended_at=timezone.now())
    assert "#t=" not in client.get("/replays/", {"q": "路灯"}).content.decode()


def test_marking_keeps_every_letter_and_escapes_it() -> None:
    assert marked("a<b>Ab", ["ab", "B"]) == "a&lt;<mark>b</mark>&gt;<mark>Ab</mark>"
    assert marked("İstanbul", ["i"]) == "İstanbul"
    assert marked("水", []) == "水"
