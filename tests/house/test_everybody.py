"""Every address, asked as everybody: the tables say who is let in. An address without a line fails."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from portal.appeals.forms import STEP_FORMS
from tests.house.county import HIDDEN, PHONE, REAL_NAME, REHEARSED, VISITOR, County, make_county
from tests.house.english import plain
from tests.house.everybody import EVERYBODY, HANDLING, LINES, LOGIN, STEPS, Answer, Line, post

pytestmark = pytest.mark.slow


@pytest.fixture
def county(db: None, settings: Any, tmp_path: Path) -> County:
    settings.RECORDINGS_DIR = tmp_path
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    return make_county()


def filled(county: County, value: str | list[str]) -> Any:
    if isinstance(value, list):
        return [part.format_map(county.places) for part in value]
    return value.format_map(county.places)


def request(county: County, client: Client, line: Line) -> HttpResponse:
    """One request, and everything in the database as it was before."""
    address = filled(county, line.address)
    fields = {name: filled(county, value) for name, value in line.fields.items()}
    cache.clear()
    with transaction.atomic():
        response = client.get(address) if line.method == "GET" else client.post(address, fields)
        transaction.set_rollback(True)
    return response  # type: ignore[return-value]  # the client's response wraps the view's


def answer(response: HttpResponse) -> Answer:
    to_login = response.status_code == 302 and response.headers["Location"].startswith("/people/login/")
    return LOGIN if to_login else response.status_code


def differences(county: County, lines: list[Line]) -> list[str]:
    """What is not as the lines say, in words."""
    return [
        f"{line.method} {line.address} as {name}: {found}, not {line.expected(name)}"
        for line in lines
        for name in sorted(EVERYBODY)
        if (found := answer(request(county, county.client(name), line))) != line.expected(name)
    ]


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{before}{entry.namespace}:" if entry.namespace else before
            yield from routes(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{before}{entry.name}"


def test_every_address_has_a_line() -> None:
    assert {line.route for line in LINES} == set(routes())
    assert set(STEPS) == set(STEP_FORMS)


def test_pages_and_programs_let_in_whom_the_table_names(county: County) -> None:
    assert differences(county, LINES) == []


def test_steps_of_the_desk_are_taken_by_whom_the_table_names(county: County) -> None:
    lines = []
    for step, (state, may, fields) in STEPS.items():
        address = f"/desk/{county.case(state).number}/{step}/"
        named = {f"{step}-{name}": value for name, value in fields.items()}
        lines.append(post("appeals:desk_step", address, may, visitor=LOGIN, fields=named))
    assert differences(county, lines) == []


def test_no_address_takes_a_method_that_its_lines_do_not_name(county: County) -> None:
    named = {(line.route, line.method) for line in LINES}
    others = [
        Line(line.route, method, line.address, EVERYBODY, 405)
        for line in {line.route: line for line in LINES}.values()
        for method in ("GET", "POST")
        if (line.route, method) not in named
    ]
    assert differences(county, others) == []


def test_no_change_is_taken_from_a_foreign_page(county: County) -> None:
    """A form on somebody else's site has the cookie and not the token."""
    let_in = []
    client = Client(enforce_csrf_checks=True)
    for line in LINES:
        client.cookies = county.client("sam").cookies
        forged = Line(line.route, "POST", line.address, EVERYBODY, 403, fields=line.fields)
        if request(county, client, forged).status_code != 403:
            let_in.append(line.address)
    assert let_in == []


def test_nobody_is_sent_on_to_a_foreign_house(county: County) -> None:
    sam = county.people["sam"]
    sam.set_password("long and right 1")
    sam.save()
    for address, fields in (
        ("/language/", {"language": "en"}),
        ("/people/login/", {"username": "sam", "password": "long and right 1"}),
    ):
        for elsewhere in ("https://example.org/", "//example.org/", "/\\example.org/"):
            response = county.client(VISITOR).post(address, fields | {"next": elsewhere})
            assert response.status_code == 302 and "example.org" not in response.headers["Location"]


def test_pages_do_not_tell_what_is_not_for_everybody(county: County) -> None:
    """Names and telephones stand on no page; a code only where it was given; a hidden question only for its
    own and for who hid it."""
    knows_code = {"alice"}
    told = []
    for line in LINES:
        if line.method == "POST":
            continue
        for name in sorted(EVERYBODY):
            response = request(county, county.client(name), line)
            text = "" if response.streaming else plain(response.content.decode())
            secrets = {REAL_NAME, PHONE, HIDDEN if name not in ("dora", "bob", *HANDLING) else REAL_NAME}
            secrets.add(REHEARSED)
            if name not in knows_code and "{code}" not in line.address and "{token}" not in line.address:
                secrets |= {county.places["code"], county.places["token"]}
            told += [f"{line.address} tells {name} {secret}" for secret in secrets if secret in text]
    assert told == []
