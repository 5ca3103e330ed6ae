"""Guessing the query code of somebody else's case is slowed down; who has the right one is not."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from portal.appeals.actions import Registered
from portal.appeals.actions.looking import WRONG_PER_ADDRESS, WRONG_PER_NUMBER
from tests.appeals.conftest import County


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def _ask(number: str, code: str, address: str) -> int:
    asked = Client().post("/cases/", {"number": number, "code": code}, REMOTE_ADDR=address)
    return asked.status_code


def test_a_number_is_closed_for_a_while_after_wrong_codes(register: Callable[..., Registered]) -> None:
    mine, other = register(), register()
    for place in range(WRONG_PER_NUMBER.limit):
        assert _ask(mine.number, "AAAAAAAA", f"203.0.113.{place}") == 400
    assert _ask(mine.number, mine.query_code, "198.51.100.1") == 429, "also a right code tells nothing now"
    assert _ask(other.number, other.query_code, "198.51.100.1") == 302


def test_an_address_that_tries_many_numbers_waits(register: Callable[..., Registered]) -> None:
    mine = register()
    for place in range(WRONG_PER_ADDRESS.limit):
        assert _ask(f"20260210-9{place:03d}", "AAAAAAAA", "203.0.113.7") == 400
    assert _ask(mine.number, mine.query_code, "203.0.113.7") == 429
    assert _ask(mine.number, mine.query_code, "203.0.113.8") == 302


def test_the_address_of_a_case_is_no_way_around_it(
    county: County, register: Callable[..., Registered]
) -> None:
    mine = register()
    page = f"/cases/{mine.number}/"
    stranger = Client(REMOTE_ADDR="203.0.113.7")
    for _ in range(WRONG_PER_NUMBER.limit):
        assert stranger.get(page, {"code": "AAAAAAAA"}).status_code == 403
    refused = stranger.get(page, {"code": mine.query_code})
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 800
    assert stranger.get(page).status_code == 403, "no code: nothing is counted"
    alice = Client()
    alice.force_login(county.alice)
    assert alice.get(page, {"code": mine.query_code}).status_code == 200, "who is logged in is not locked out"


def test_right_codes_are_never_counted(register: Callable[..., Registered]) -> None:
    mine = register()
    for _ in range(WRONG_PER_ADDRESS.limit + 5):
        assert _ask(mine.number, mine.query_code, "203.0.113.7") == 302
