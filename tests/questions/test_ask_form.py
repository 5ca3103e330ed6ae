"""The form that needs no JavaScript: question, code, case number; what was typed is never lost."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from portal.appeals.models import Appeal
from portal.live.actions import end, go_live
from portal.notices.sms import MemoryBackend
from portal.people.models import Person
from portal.questions.models import Question
from tests.live.cast import Cast

INBOX = MemoryBackend.sent


@pytest.fixture(autouse=True)
def inbox(settings: Any) -> None:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"
    INBOX.clear()


def typed(**change: str) -> dict[str, str]:
    return {
        "uuid": str(uuid4()),
        "text": "村口的路灯坏了，什么时候修？",
        "village": "清溪镇柳湾村",
        "name": "张小丽",
        "phone": "138 0000 0099",
    } | change


def code() -> str:
    found = re.search(r"\d{6}", INBOX[-1][1])
    assert found is not None
    return found[0]


def page(response: Any) -> str:
    text: str = response.content.decode()
    return text


def address(cast: Cast, part: str = "") -> str:
    return f"/live/{cast.session.pk}/ask/{part}"


def test_question_code_case_number(cast: Cast) -> None:
    visitor = Client()
    assert visitor.get(address(cast)).status_code == 200
    sent = visitor.post(address(cast), typed())
    assert sent.headers["Location"] == address(cast, "code/")
    assert "138****0099" in page(visitor.get(address(cast, "code/")))
    done = visitor.post(address(cast, "code/"), {"code": code()}, follow=True)
    appeal = Appeal.objects.get()
    assert appeal.number in page(done)
    assert appeal.person is not None and appeal.person.shown_name == "张**"
    assert f"/cases/{appeal.number}/?code=" in page(done)


def test_who_is_verified_is_not_asked_for_a_code_again(cast: Cast) -> None:
    alice = Client()
    alice.force_login(cast.alice)
    assert 'name="phone"' not in page(alice.get(address(cast)))
    done = alice.post(address(cast), typed(), follow=True)
    assert Appeal.objects.get().number in page(done) and INBOX == []


def test_sending_the_same_form_twice_is_one_question(cast: Cast) -> None:
    alice = Client()
    alice.force_login(cast.alice)
    form = typed()
    pages = [page(alice.post(address(cast), form, follow=True)) for _each in range(2)]
    assert all(Appeal.objects.get().number in each for each in pages)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": ""}, "请写下您的问题。"),
        ({"village": ""}, "请填写村或社区"),
        ({"name": ""}, "请填写姓名。"),
        ({"phone": "12345"}, "请填写11位手机号。"),
    ],
)
def test_an_error_keeps_everything_typed(cast: Cast, change: dict[str, str], sentence: str) -> None:
    form = typed(**change)
    answer = Client().post(address(cast), form)
    assert answer.status_code == 400 and sentence in page(answer)
    assert all(value in page(answer) for value in form.values())
    assert INBOX == [] and not Person.objects.filter(shown_name="张**").exists()


def test_a_wrong_code_keeps_the_question_and_the_right_one_sends_it(cast: Cast) -> None:
    visitor = Client()
    visitor.post(address(cast), typed())
    right = code()
    wrong = visitor.post(address(cast, "code/"), {"code": "000000" if right != "000000" else "111111"})
    assert wrong.status_code == 400 and "验证码不正确" in page(wrong)
    assert "村口的路灯坏了" in page(wrong) and not Question.objects.exists()
    assert Question.objects.count() == 0
    visitor.post(address(cast, "code/"), {"code": right})
    assert Question.objects.get().text.startswith("村口的路灯坏了")


def test_a_second_code_too_soon_says_when_and_the_first_still_works(cast: Cast) -> None:
    visitor = Client()
    visitor.post(address(cast), typed())
    again = visitor.post(address(cast, "code/"), {"again": "1"})
    assert again.status_code == 429 and "秒后再试" in page(again)
    back = visitor.post(address(cast), typed())
    assert back.status_code == 429 and address(cast, "code/") in page(back)
    assert visitor.post(address(cast, "code/"), {"code": code()}).status_code == 302


def test_the_draft_comes_back_with_the_page(cast: Cast) -> None:
    visitor = Client()
    form = typed()
    visitor.post(address(cast), form)
    shown = page(visitor.get(address(cast)))
    assert form["text"] in shown and form["uuid"] in shown


def test_the_code_page_without_a_question_leads_to_the_form(cast: Cast) -> None:
    assert Client().get(address(cast, "code/")).headers["Location"] == address(cast)
    assert Client().get(address(cast, "done/")).status_code == 404


def test_when_the_broadcast_ended_meanwhile_the_words_are_shown_with_the_reason(cast: Cast) -> None:
    visitor = Client()
    visitor.post(address(cast), typed())
    go_live(cast.lin, cast.session.pk)
    end(cast.lin, cast.session.pk)
    answer = visitor.post(address(cast, "code/"), {"code": code()})
    assert answer.status_code == 409 and "不再接收提问" in page(answer)
    assert "村口的路灯坏了" in page(answer)


def test_the_page_says_by_when_what_happens(cast: Cast) -> None:
    alice = Client()
    alice.force_login(cast.alice)
    done = page(alice.post(address(cast), typed(), follow=True))
    due = Appeal.objects.get().due_on
    assert due is not None and f"{due.month}月{due.day}日前答复" in done
