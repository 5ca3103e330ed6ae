"""Who asks too often waits: by number, by network address, and nobody else with them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import reverse

from portal.lib.http import client_address
from portal.lib.pace import Pace, RateLimited
from portal.notices.sms import MemoryBackend
from portal.people.actions import send_code
from portal.people.models import PhoneCode


@pytest.fixture(autouse=True)
def _memory(settings: Any) -> Iterator[None]:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"
    MemoryBackend.sent.clear()
    cache.clear()
    yield
    MemoryBackend.sent.clear()
    cache.clear()


def test_the_limit_is_of_one_and_says_how_long_to_wait() -> None:
    pace = Pace("test", limit=2, seconds=60)
    for _ in range(2):
        pace.check("alice")
        pace.count("alice")
    with pytest.raises(RateLimited) as refusal:
        pace.check("alice")
    assert 1 <= refusal.value.seconds <= 60 and "1分钟" in refusal.value.message
    pace.check("charlie")
    pace.forget("alice")
    pace.check("alice")


def test_a_cache_that_is_down_refuses_nobody() -> None:
    backend = "django.core.cache.backends.redis.RedisCache"
    pace = Pace("test", limit=1, seconds=60)
    with override_settings(CACHES={"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}):
        for _ in range(3):
            pace.count("alice")
            pace.check("alice")
        pace.forget("alice")


@pytest.mark.parametrize(
    ("production", "peer", "header", "address"),
    [
        (False, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (True, "10.0.0.2", "198.51.100.1", "198.51.100.1"),
        (True, "10.0.0.2", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (True, "10.0.0.2", "", "10.0.0.2"),
        (True, "10.0.0.2", "nonsense", ""),
        (True, "10.0.0.2", "2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (True, "10.0.0.2", "::ffff:198.51.100.1", "198.51.100.1"),
        (False, "", "198.51.100.1", ""),
    ],
)
def test_the_address_is_the_proxys_word_in_production_only(
    settings: Any, production: bool, peer: str, header: str, address: str
) -> None:
    settings.PRODUCTION = production
    assert client_address(RequestFactory(REMOTE_ADDR=peer).get("/", headers={"X-Forwarded-For": header})) == (
        address
    )


@pytest.mark.django_db
def test_one_address_gets_so_many_codes_and_others_go_on(settings: Any) -> None:
    settings.CODES_PER_ADDRESS = 3
    for place in range(3):
        send_code(f"1380000000{place}", "203.0.113.7")
    with pytest.raises(RateLimited):
        send_code("13800000009", "203.0.113.7")
    assert PhoneCode.objects.count() == len(MemoryBackend.sent) == 3
    send_code("13800000009", "203.0.113.8")
    address = reverse("people:code")
    for place in range(3):
        Client().post(address, {"phone": f"1390000000{place}"}, REMOTE_ADDR="203.0.113.9")
    refused = Client().post(address, {"phone": "13900000009"}, REMOTE_ADDR="203.0.113.9")
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 3000
