"""No error costs a word: every form that is refused shows what was typed, in its field or on the refusal itself."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import get_resolver

from portal.appeals.actions import promise
from portal.appeals.models import Appeal, Promise
from portal.lib.http import server_error
from tests.house.county import PHONE, County, make_county
from tests.house.english import plain

pytestmark = pytest.mark.slow

TYPED = "张家湾新村的路灯"


@pytest.fixture
def county(db: None, settings: Any, tmp_path: Path) -> County:
    settings.RECORDINGS_DIR = tmp_path
    cache.clear()
    return make_county()


def refused(client: Client, address: str, fields: dict[str, Any], status: int) -> str:
    answer = client.post(address, fields)
    assert answer.status_code == status, (address, answer.status_code)
    return plain(answer.content.decode())


# Who, address, fields with one wrong value beside the typed one, status.
FORMS: list[tuple[str, str, dict[str, Any], int]] = [
    ("sam", "/live/plan/", {"title": TYPED, "starts_at": "2020-01-01T19:30"}, 400),
    ("sam", "/live/rota/", {"title": TYPED, "weeks": "99"}, 400),
    ("lin", "/live/{live}/invitations/", {"name": TYPED, "unit": ""}, 400),
    ("visitor", "/live/{live}/ask/", {"text": TYPED, "phone": "1"}, 400),
    ("alice", "/live/{live}/ask/", {"text": TYPED, "village": ""}, 400),
    ("visitor", "/people/code/", {"phone": "12", "name": TYPED}, 400),
    ("visitor", "/people/verify/", {"phone": PHONE, "code": "000000", "name": TYPED}, 400),
    ("visitor", "/people/login/", {"username": TYPED, "password": "wrong"}, 403),
    ("visitor", "/cases/", {"number": TYPED, "code": "AAAAAAAA"}, 400),
    ("sam", "/desk/filters/", {"tab": "none", "q": "", "name": TYPED}, 400),
    ("clara", "/desk/bulk/", {"bulk-matter": TYPED}, 400),
    ("clara", "/desk/{open_number}/promise/", {"promise-text": TYPED, "promise-due_on": "someday"}, 400),
    ("clara", "/desk/{open_number}/identity/", {"identity-why": TYPED * 30}, 400),
]


@pytest.mark.parametrize(("name", "address", "fields", "status"), FORMS, ids=lambda value: str(value)[:40])
def test_what_was_typed_stands_in_the_form_again(
    county: County, name: str, address: str, fields: dict[str, Any], status: int
) -> None:
    page = refused(county.client(name), address.format_map(county.places), fields, status)
    assert TYPED in page and ("<form" in page)


def test_a_comment_on_a_rating_stays(county: County) -> None:
    alice, address = county.client("alice"), "/cases/{number}/rate/{token}/".format_map(county.places)
    assert alice.post(address, {"level": "4"}).status_code == 302
    assert TYPED in refused(alice, address, {"level": "9", "comment": TYPED}, 400)


def test_a_new_time_that_is_refused_stays_in_its_row(county: County) -> None:
    address = f"/live/{county.places['planned']}/move/"
    page = refused(county.client("sam"), address, {"starts_at": "2020-01-01T19:30"}, 400)
    assert 'value="2020-01-01T19:30"' in page and "<details open>" in page


def test_ticks_and_a_promises_note_stay(county: County) -> None:
    number = county.case("registered").number
    page = refused(county.client("clara"), "/desk/bulk/", {"number": [number], "bulk-matter": TYPED}, 400)
    ticked = page[page.index(f'value="{number}"') :]
    assert " checked>" in ticked[: ticked.index(">") + 1]
    appeal = Appeal.objects.get(number=county.places["open_number"])
    due = Appeal.objects.get(number=county.places["number"]).raised_at.date()
    made = promise(county.people["clara"], appeal.pk, "修好", county.water.pk, due)
    page = refused(county.client("sam"), f"/desk/promises/{made}/kept/", {"note": TYPED * 60}, 400)
    assert TYPED in page and "<details data-no-print open>" in page
    assert Promise.objects.get(pk=made).kept_at is None


@pytest.mark.parametrize(
    ("name", "address", "fields", "status"),
    [
        ("charlie", "/live/plan/", {"title": TYPED}, 403),
        ("olga", "/live/{live}/invitations/", {"name": TYPED}, 403),
        ("sam", "/desk/promises/999999/kept/", {"note": TYPED}, 404),
        ("otto", "/desk/{number}/reply/", {"reply-text": TYPED}, 403),
    ],
)
def test_a_refusal_without_a_form_gives_the_words_back(
    county: County, name: str, address: str, fields: dict[str, Any], status: int
) -> None:
    page = refused(county.client(name), address.format_map(county.places), fields, status)
    assert TYPED in page and f'data-copy="{TYPED}"' in page


def test_an_error_that_nobody_foresaw_gives_the_words_back(rf: RequestFactory) -> None:
    assert get_resolver().resolve_error_handler(500) is server_error
    answer = server_error(rf.post("/board/write/", {"text": TYPED, "code": "一个 秘密"}))
    page = plain(answer.content.decode())
    assert answer.status_code == 500 and f'data-copy="{TYPED}"' in page and "秘密" not in page
    # A form that breaks off on the way cannot be read any more.
    torn = rf.post("/board/write/", "no parts", content_type="multipart/form-data; boundary=x")
    torn.META["CONTENT_LENGTH"] = "-1"
    assert server_error(torn).status_code == 500


def test_a_page_left_open_too_long_gives_the_words_back_and_keeps_secrets(county: County) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = county.client("sam").cookies
    assert TYPED in refused(client, "/live/plan/", {"title": TYPED}, 403)
    page = refused(client, "/people/login/", {"username": TYPED, "password": "一个 秘密 口令"}, 403)
    assert TYPED in page and "秘密" not in page
