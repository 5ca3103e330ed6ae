"""Reminders to a browser: sealed for it alone, signed by us, by SMS where nobody listens any more."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.live.actions.telling import remind, remind_due
from portal.notices.actions import deliver_due, listen
from portal.notices.models import Notice, PushAddress
from portal.notices.push import Address, is_sound, public_key
from portal.notices.sms import MemoryBackend
from portal.people.actions import leave_everywhere
from portal.people.models import Person
from tests.live.cast import Cast, make_cast
from tests.notices.push_service import PushService, claims, decoded, new_key, push_service

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"
    settings.VAPID_PRIVATE_KEY = new_key()
    settings.VAPID_SUBJECT = "mailto:clerk@example.org"
    settings.PUSH_HOSTS = ["127.0.0.1", "push.example.org"]
    MemoryBackend.sent.clear()
    with push_service() as running:
        yield running


@pytest.fixture
def cast(service: PushService) -> Cast:
    """Alice wants to be reminded of tonight, on her telephone's browser."""
    made = make_cast()
    listen(made.alice, Address(**service.subscription()))
    remind(made.alice, made.session.pk, True)
    return made


def send_reminders(cast: Cast) -> None:
    before = cast.session.starts_at - timedelta(minutes=20)
    remind_due(before)
    deliver_due(timezone.now())


def test_a_reminder_is_read_by_the_browser_and_signed_by_us(cast: Cast, service: PushService) -> None:
    send_reminders(cast)
    ((path, headers, message),) = service.got
    assert path == "/one" and message["url"].endswith(f"/live/{cast.session.pk}/")
    assert "今晚直播" in message["body"] and message["title"] == "干群直通车"
    told, point = claims(headers)
    assert told["aud"] == service.address and told["sub"] == "mailto:clerk@example.org"
    assert point == decoded(public_key())
    assert MemoryBackend.sent == [] and Notice.objects.get().status == "sent"


@pytest.mark.parametrize(("status", "left"), [(410, 0), (404, 0), (500, 1)])
def test_where_nobody_listens_the_reminder_comes_by_sms(
    cast: Cast, service: PushService, status: int, left: int
) -> None:
    service.status = status
    send_reminders(cast)
    ((_phone, text),) = MemoryBackend.sent
    assert "今晚直播" in text and Notice.objects.get().channel == "sms"
    assert PushAddress.objects.count() == left


def test_a_push_service_that_is_away_costs_no_reminder(cast: Cast, service: PushService) -> None:
    PushAddress.objects.update(endpoint="http://127.0.0.1:9/gone")
    send_reminders(cast)
    assert len(MemoryBackend.sent) == 1


def test_after_logging_out_everywhere_no_browser_is_told(cast: Cast, service: PushService) -> None:
    leave_everywhere(cast.alice)
    send_reminders(cast)
    assert service.got == [] and len(MemoryBackend.sent) == 1


def test_a_browser_belongs_to_who_used_it_last(cast: Cast, service: PushService) -> None:
    listen(cast.bob, Address(**service.subscription()))
    send_reminders(cast)
    assert service.got == [] and PushAddress.objects.get().person == cast.bob


def test_case_messages_do_not_go_to_a_browser(cast: Cast, service: PushService) -> None:
    from portal.notices.actions import send

    send(cast.alice, "aired", {"number": "1", "url": "u"}, "k")
    assert Notice.objects.get(key="k").channel == "sms"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/a",
        "https://evil.example/a",
        "https://push.example.org.evil.example/a",
        "https://notpush.example.org/a",
        "http://localhost:6379/",
        "file:///etc/passwd",
        "https://[::1]/",
        "",
    ],
)
def test_no_visitor_chooses_where_we_send(service: PushService, endpoint: str) -> None:
    assert not is_sound(Address(endpoint, **service.keys()))
    assert is_sound(Address("https://a.push.example.org/x", **service.keys()))
    assert not is_sound(Address("https://push.example.org/x", "", "a"))


def test_without_a_key_everything_goes_by_sms(cast: Cast, service: PushService, settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert public_key() == ""
    send_reminders(cast)
    assert service.got == [] and len(MemoryBackend.sent) == 1


def test_the_calendar_says_by_which_way(cast: Cast, service: PushService) -> None:
    client = Client()
    client.force_login(Person.objects.get(pk=cast.charlie.pk))
    address = f"/live/{cast.session.pk}/remind/"
    assert "短信提醒您" in client.post(address, {"wanted": "1"}, follow=True).content.decode()
    assert client.post("/notices/push/", service.subscription("two")).json() == {"listening": True}
    assert "这台手机上通知您" in client.post(address, {"wanted": "1"}, follow=True).content.decode()
