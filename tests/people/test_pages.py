"""Log-in and log-out as pages and as JSON."""

import json
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from portal.notices.sms import MemoryBackend
from portal.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
JSON = {"HTTP_ACCEPT": "application/json"}
PASSWORD = "a long staff password"


@pytest.fixture(autouse=True)
def _memory(settings: pytest.FixtureRequest) -> Iterator[None]:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"  # type: ignore[attr-defined]
    MemoryBackend.sent.clear()
    cache.clear()
    yield
    MemoryBackend.sent.clear()


def _code() -> str:
    return "".join(c for c in MemoryBackend.sent[-1][1].split("验证码")[1][:8] if c.isdigit())


def test_a_citizen_logs_in_with_two_plain_forms() -> None:
    client = Client()
    assert reverse("people:code") in client.get(reverse("people:login")).content.decode()
    page = client.post(reverse("people:code"), {"phone": "13800000001", "next": "/cases/"})
    assert page.status_code == 200 and "验证码已发送" in page.content.decode()
    assert "13800000001" in page.content.decode()
    fields = {"phone": "13800000001", "code": _code(), "name": "张三", "next": "/cases/"}
    answer = client.post(reverse("people:verify"), fields)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/cases/")
    assert client.session["_auth_user_id"] == str(Person.objects.get().pk)


def test_a_wrong_code_keeps_what_was_typed_and_says_why() -> None:
    client = Client()
    client.post(reverse("people:code"), {"phone": "13800000001"})
    wrong = f"{(int(_code()) + 1) % 1_000_000:06d}"
    answer = client.post(reverse("people:verify"), {"phone": "13800000001", "code": wrong, "name": "张三"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "验证码不正确" in page and "张三" in page
    assert "_auth_user_id" not in client.session


def test_sending_twice_says_when_and_goes_on_to_the_code() -> None:
    client = Client()
    client.post(reverse("people:code"), {"phone": "13800000001"})
    answer = client.post(reverse("people:code"), {"phone": "13800000001"})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 50
    assert 'name="code"' in answer.content.decode()


def test_programs_get_json() -> None:
    client = Client()
    sent = client.post(reverse("people:code"), {"phone": "13800000001"}, **JSON)  # type: ignore[arg-type]
    assert json.loads(sent.content) == {"sent": True, "seconds": 60}
    bad = client.post(reverse("people:verify"), {"phone": "13800000001", "code": "x"}, **JSON)  # type: ignore[arg-type]
    assert bad.status_code == 400 and json.loads(bad.content)["error"]["code"] == "wrong_code"
    fields = {"phone": "13800000001", "code": _code(), "name": "张三"}
    good = client.post(reverse("people:verify"), fields, **JSON)  # type: ignore[arg-type]
    assert json.loads(good.content) == {
        "person": {"id": Person.objects.get().pk, "name": "张**", "verified": True}
    }


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_log_in_never_leads_out_of_the_house(address: str) -> None:
    client = Client()
    client.post(reverse("people:code"), {"phone": "13800000001"})
    fields = {"phone": "13800000001", "code": _code(), "next": address}
    assert client.post(reverse("people:verify"), fields).headers["Location"] == "/cases/"


def test_staff_log_in_by_password_and_guessing_is_slowed_down() -> None:
    Person.objects.create_user(username="olga", password=PASSWORD)
    client = Client()
    address = reverse("people:login")
    for _ in range(10):
        assert client.post(address, {"username": "olga", "password": "guess"}).status_code == 403
    assert client.post(address, {"username": "olga", "password": PASSWORD}).status_code == 429
    cache.clear()
    answer = client.post(address, {"username": "olga", "password": PASSWORD, "next": "/desk/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/")
    assert client.get(reverse("people:logout")).status_code == 405
    assert client.post(reverse("people:logout")).status_code == 302
    assert "_auth_user_id" not in client.session
