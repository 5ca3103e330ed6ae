"""Every address, asked as everybody: the tables say who is let in. An address without a line fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from portal.appeals.forms import STEP_FORMS
from tests.house.county import HIDDEN, PHONE, REAL_NAME, VISITOR, County, make_county
from tests.house.crew import CREW
from tests.house.english import plain

CITIZENS = {"alice", "dora"}
UNIT = {"olga", "uma"}
WATCHING = {"clara", "sam"}
HANDLING = UNIT | WATCHING
STAFF = HANDLING | {"otto", "bob", "lin"}
EVERYBODY = STAFF | CITIZENS | {"charlie", VISITOR}
LOGIN = "login"
Answer = int | str
Fields = dict[str, str | list[str]]
WORDS: Fields = {"text": "什么时候通水？", "village": "柳湾村", "name": "李四", "phone": "13800000019"}


@dataclass(frozen=True)
class Line:
    """`may` get `answer`; the others `refusal`, who is not logged in `visitor` if that differs."""

    route: str
    method: str
    address: str
    may: set[str]
    answer: Answer = 200
    refusal: Answer = 403
    visitor: Answer | None = None
    fields: Fields = field(default_factory=dict)

    def expected(self, name: str) -> Answer:
        if name in self.may:
            return self.answer
        return self.visitor if name == VISITOR and self.visitor is not None else self.refusal


def get(route: str, address: str, may: set[str], answer: Answer = 200, **more: Any) -> Line:
    return Line(route, "GET", address, may, answer, **more)


def post(route: str, address: str, may: set[str], answer: Answer = 302, **more: Any) -> Line:
    return Line(route, "POST", address, may, answer, **more)


WHY: Fields = {"identity-why": "核实地址"}
PLAN: Fields = {"title": "专场", "host": "{lin}", "moderators": ["{bob}"], "starts_at": "{evening}"}
ROTA: Fields = {"weeks": "1", "title": "在线答疑", "leaders": ["{lin}"], "moderators": ["{bob}"]}
PUSH: Fields = {"endpoint": "https://example.org/", "p256dh": "", "auth": ""}
QUESTION: Fields = {"uuid": "{uuid}", "text": "什么时候通水？", "village": "柳湾村"}

LINES = [
    get("words", "/words.js", EVERYBODY),
    get("service_worker", "/service-worker.js", EVERYBODY),
    get("offline", "/offline/", EVERYBODY),
    get("set_language", "/language/", EVERYBODY, 302),
    post("set_language", "/language/", EVERYBODY, fields={"language": "en"}),
    get("styleguide", "/styleguide/", EVERYBODY),
    post("notices:push", "/notices/push/", set(), refusal=400, visitor=403, fields=PUSH),
    get("people:login", "/people/login/", EVERYBODY),
    post("people:login", "/people/login/", set(), fields={"username": "sam", "password": "guessed"}),
    post("people:logout", "/people/logout/", EVERYBODY),
    post("people:logout_everywhere", "/people/logout/everywhere/", EVERYBODY),
    post("people:large_print", "/people/print/", EVERYBODY, 200, fields={"large": "1"}),
    post("people:code", "/people/code/", EVERYBODY, 200, fields={"phone": "13800000019"}),
    post("people:verify", "/people/verify/", set(), refusal=400, fields={"phone": PHONE, "code": "123456"}),
    get("appeals:cases", "/cases/", EVERYBODY),
    post("appeals:cases", "/cases/", EVERYBODY, fields={"number": "{number}", "code": "{code}"}),
    post("appeals:cases", "/cases/", set(), refusal=400, fields={"number": "{number}", "code": "AAAAAAAA"}),
    get("appeals:case", "/cases/{number}/", HANDLING | {"alice"}),
    get("appeals:case", "/cases/{number}/?code={code}", EVERYBODY),
    get("appeals:case", "/cases/{number}/?code=AAAAAAAA", HANDLING | {"alice"}),
    get("appeals:files", "/cases/{number}/files/", HANDLING | {"alice"}),
    get("appeals:files", "/cases/{asked}/files/", {"clara", "sam", "bob", "lin", "alice"}),
    get("appeals:file", "/cases/{asked}/files/{file}/", {"clara", "sam", "bob", "lin", "alice"}),
    get("appeals:file", "/cases/{asked}/files/{file}/?code={asked_code}", EVERYBODY),
    get("appeals:file", "/cases/{number}/files/{file}/", HANDLING | {"alice"}, 404),
    get("appeals:upload", "/files/{file}/", {"alice"}, refusal=404),
    post("appeals:upload", "/files/{uuid}/?key={asked_key}&kind=photo&size=9&offset=0", {"alice"}, 200),
    post("appeals:remove_file", "/files/{file}/remove/", EVERYBODY, 200),
    post("appeals:withdraw", "/cases/{open_number}/withdraw/", {"alice"}, visitor=LOGIN),
    get("appeals:rate", "/cases/{number}/rate/{token}/", EVERYBODY),
    get("appeals:rate", "/cases/{number}/rate/1-1-AAAAAAAAAAAAA/", set(), refusal=404),
    get("appeals:rate", "/cases/{open_number}/rate/{token}/", set(), refusal=404),
    post("appeals:rate", "/cases/{number}/rate/{token}/", EVERYBODY, fields={"level": "1"}),
    get("appeals:desk", "/desk/", HANDLING | {"otto"}, visitor=LOGIN),
    post("appeals:bulk", "/desk/bulk/", {"clara"}, visitor=LOGIN),
    get("appeals:promises", "/desk/promises/", HANDLING | {"otto"}, visitor=LOGIN),
    post("appeals:promise_kept", "/desk/promises/999999/kept/", set(), refusal=404, visitor=LOGIN),
    get("appeals:desk_case", "/desk/{number}/", HANDLING, visitor=LOGIN),
    post("appeals:desk_identity", "/desk/{number}/identity/", HANDLING, 200, visitor=LOGIN, fields=WHY),
    post("appeals:desk_step", "/desk/{number}/promote/", HANDLING, 404, visitor=LOGIN),
    get("questions:ask", "/live/{live}/ask/", EVERYBODY),
    post("questions:ask", "/live/{live}/ask/", EVERYBODY, fields=WORDS | {"uuid": "{uuid}"}),
    get("questions:ask_code", "/live/{live}/ask/code/", EVERYBODY, 302),
    post("questions:ask_code", "/live/{live}/ask/code/", EVERYBODY, fields={"code": "123456"}),
    get("questions:ask_done", "/live/{live}/ask/done/", set(), refusal=404),
    get("questions:questions", "/live/{live}/questions/", EVERYBODY),
    post("questions:questions", "/live/{live}/questions/", CITIZENS, 201, fields=QUESTION),
    get("questions:similar", "/live/{live}/questions/similar/?text=路灯", EVERYBODY),
    post("questions:vote", "/live/{live}/questions/{question}/vote/", CITIZENS),
    post("questions:vote", "/live/{planned}/questions/{question}/vote/", set(), refusal=404, visitor=403),
    get("live:plan", "/live/plan/", WATCHING),
    post("live:plan", "/live/plan/", WATCHING, fields=PLAN | {"planned_minutes": "60"}),
    post("live:cancel", "/live/{planned}/cancel/", WATCHING),
    get("live:rota", "/live/rota/", WATCHING),
    post("live:rota", "/live/rota/", WATCHING, fields=ROTA),
    post("live:move", "/live/{planned}/move/", WATCHING, fields={"starts_at": "{evening}"}),
    post("live:swap", "/live/{planned}/swap/", WATCHING, 409, fields={"other": "{live}"}),
    post("live:remind", "/live/{planned}/remind/", EVERYBODY - {VISITOR}, visitor=LOGIN),
    get("live:calendar", "/calendar/", EVERYBODY),
    get("live:next", "/calendar/next/", EVERYBODY, 302),
    get("live:feed", "/calendar.ics", EVERYBODY),
    get("live:home", "/", EVERYBODY),
    get("live:live", "/live/{live}/", EVERYBODY),
    get("live:studio", "/live/{live}/studio/", {"lin"}),
    get("live:studio", "/live/{planned}/studio/", set()),
    get("live:console", "/live/{live}/console/", {"bob"}),
    get("live:console", "/live/{planned}/console/", set()),
    get("live:stage", "/live/{live}/stage/", {"alice"}),
    get("live:stage", "/live/{planned}/stage/", set()),
    get("live:replay", "/live/{live}/replay/", EVERYBODY),
    get("recordings:clip", "/recordings/clips/{clip}.mp4", EVERYBODY),
    get("recordings:answer", "/recordings/answers/{question}.mp4", set(), refusal=404),
    get("recordings:timeline", "/recordings/{live}/timeline.json", EVERYBODY),
    get("transcripts:json", "/live/{live}/transcript.json", EVERYBODY),
    get("transcripts:vtt", "/live/{live}/transcript.vtt", EVERYBODY),
    get("transcripts:txt", "/live/{live}/transcript.txt", EVERYBODY),
    get("transcripts:replays", "/replays/", EVERYBODY),
    get("transcripts:replays", "/replays/?q=水", EVERYBODY),
    get("transcripts:search", "/transcripts/search.json?q=水", EVERYBODY),
]
LINES += [Line(**row) for row in CREW]

# Step of the desk → a state it is allowed from, who may take it, what its form holds.
STEPS: dict[str, tuple[str, set[str], Fields]] = {
    "accept": ("registered", {"clara"}, {"case_type": "request", "matter": "供水", "urgency": "normal"}),
    "refuse": ("registered", {"clara"}, {"reason": "not_ours", "instead": "市12345"}),
    "dispatch": ("accepted", {"clara"}, {"unit_id": "{water}"}),
    "sign": ("dispatched", UNIT, {}),
    "return": ("dispatched", UNIT, {"reason": "非本单位职责"}),
    "reply": ("in_progress", UNIT, {"text": "水管已修好。"}),
    "approve_reply": ("drafted", {"uma"}, {}),
    "assist": ("joint", {"otto"}, {"text": "路面可开挖。"}),
    "joint": ("accepted", WATCHING, {"unit_ids": ["{roads}"], "minutes": "会商纪要"}),
    "ask_suspend": ("in_progress", UNIT, {"reason": "citizen_material"}),
    "suspend": ("hold_asked", {"sam"}, {}),
    "resume": ("suspended", UNIT | {"sam"}, {}),
    "ask_extend": ("in_progress", UNIT, {"days": "1", "reason": "等配件"}),
    "extend": ("extension_asked", {"sam"}, {}),
    "decline": ("extension_asked", {"sam"}, {"kind": "extend", "reason": "可以按时"}),
    "change_urgency": ("accepted", WATCHING, {"urgency": "normal"}),
    "redact": ("accepted", {"clara"}, {"text": "自来水停水"}),
    "promise": ("accepted", WATCHING, {"text": "周五通水", "unit_id": "{water}", "due_on": "{soon}"}),
    "call_back": ("replied", {"clara"}, {"note": "已通水", "solved": "yes"}),
    "merge": ("accepted", {"clara"}, {"main_number": "{open_number}"}),
    "unmerge": ("merged", {"clara"}, {}),
    "split": ("accepted", {"clara"}, {"text": "路面也坏了"}),
    "close_explained": ("replied", {"clara"}, {"reason": "已解释"}),
    "reopen": ("replied", {"sam"}, {"reason": "复查"}),
}


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
            if name not in knows_code and "{code}" not in line.address and "{token}" not in line.address:
                secrets |= {county.places["code"], county.places["token"]}
            told += [f"{line.address} tells {name} {secret}" for secret in secrets if secret in text]
    assert told == []
