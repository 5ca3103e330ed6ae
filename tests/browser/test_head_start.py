"""The first second of the live page: one socket, opened before the modules come, and no tap lost meanwhile."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from portal.live.models import LiveSession
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Wire:
    """The server's end of every socket of a page: hears all, answers what the test says."""

    def __init__(self, page: Page, answers: dict[str, dict[str, Any]]):
        self.sockets = 0
        self.heard: list[dict[str, Any]] = []
        self._answers = answers
        page.route_web_socket("**/ws/live/**", self._open)

    def _open(self, route: WebSocketRoute) -> None:
        self.sockets += 1
        route.on_message(lambda text: self._hear(route, json.loads(text)))

    def _hear(self, route: WebSocketRoute, message: dict[str, Any]) -> None:
        self.heard.append(message)
        answer = self._answers.get(message["type"])
        if answer:
            route.send(json.dumps({**answer, "re": message["id"]}))

    def types(self) -> list[str]:
        return [message["type"] for message in self.heard]


WELCOME = {"type": "welcome", "revision": 1, "session": {"state": "live"}, "wall": [], "you": {}, "stage": {}}
FULL = {"type": "error", "code": "full", "message": "满了"}


def a_phone(browser: Browser, site: Site) -> Page:
    LiveSession.objects.update(state="live")
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    return context.new_page()


def test_modules_go_on_with_the_socket_and_the_answers_of_the_head_start(
    browser: Browser, site: Site
) -> None:
    page = a_phone(browser, site)
    wire = Wire(page, {"hello": WELCOME, "watch": FULL})
    page.goto(site.url(site.live))
    # "full" reached the player: it went to the other line and said why.
    expect(page.locator("[data-line]")).to_have_attribute("data-word", "reconnecting")
    assert wire.sockets == 1
    assert wire.types()[:2] == ["hello", "watch"]
    assert wire.types().count("watch") == 1
    assert wire.heard[0]["tab"] == page.evaluate("sessionStorage.getItem('tab')")
    assert len({message["id"] for message in wire.heard}) == len(wire.heard)
    page.context.close()


OFFER = """async () => { const connection = new RTCPeerConnection();
    for (const kind of ["audio", "video"]) connection.addTransceiver(kind, { direction: "sendonly" });
    return (await connection.createOffer()).sdp; }"""
COUNTED = """window.connections = 0; window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); window.connections += 1; } };"""


def test_the_offer_is_answered_before_the_modules_come_and_they_go_on_with_that_connection(
    browser: Browser, site: Site
) -> None:
    page = a_phone(browser, site)
    page.goto(site.url("/"))
    offer = {"type": "offer", "peer": "p1", "sdp": page.evaluate(OFFER)}
    page.add_init_script(COUNTED)
    wire = Wire(page, {"hello": WELCOME, "watch": offer, "accept": {"type": "accepted", "playable": True}})
    modules: list[Route] = []
    page.route("**/live-first.js", lambda route: modules.append(route))
    page.goto(site.url(site.live), wait_until="commit")
    heard(wire, page, 1)
    for module in modules:
        module.continue_()
    page.wait_for_function(
        "() => document.querySelector('[data-main]').srcObject?.getVideoTracks().length === 1"
    )
    accepts = heard(wire, page, 2)
    assert {one["peer"] for one in accepts} == {"p1"}
    # The same answer, with what was gathered since.
    assert len({re.findall("a=(?:ice-ufrag|fingerprint):.*", one["sdp"])[0] for one in accepts}) == 1
    assert all("a=recvonly" in one["sdp"] for one in accepts)
    assert len({message["id"] for message in wire.heard}) == len(wire.heard)
    assert page.evaluate("window.connections") == 1
    page.context.close()


def heard(wire: Wire, page: Page, count: int) -> list[dict[str, Any]]:
    """As many accepts, waited for."""
    for _ in range(200):
        if wire.types().count("accept") >= count:
            break
        page.wait_for_timeout(50)
    found = [message for message in wire.heard if message["type"] == "accept"]
    assert len(found) == count, wire.types()
    return found


def test_without_the_head_start_modules_open_a_socket_themselves(browser: Browser, site: Site) -> None:
    page = a_phone(browser, site)
    page.route("**/head-start.js", lambda route: route.abort())
    wire = Wire(page, {"hello": WELCOME, "watch": FULL})
    page.goto(site.url(site.live))
    expect(page.locator("[data-line]")).to_have_attribute("data-word", "reconnecting")
    assert wire.sockets == 1
    assert wire.types()[:2] == ["hello", "watch"]
    page.context.close()


def test_who_only_listens_asks_for_no_picture(browser: Browser, site: Site) -> None:
    page = a_phone(browser, site)
    wire = Wire(page, {"hello": WELCOME})
    page.goto(site.url("/"))
    page.evaluate("localStorage.setItem('listen', '1')")
    page.goto(site.url(site.live))
    expect(page.locator("[data-listen]")).to_have_attribute("aria-pressed", "true")
    assert "watch" not in wire.types()
    page.context.close()


def test_a_tap_before_the_page_listens_is_done_when_it_does(browser: Browser, site: Site) -> None:
    page = a_phone(browser, site)
    # Its time stands still: nothing but the tap can bring the rest of the page.
    page.clock.install(time="2026-11-24T19:30:00")
    page.clock.pause_at("2026-11-24T19:31:00")
    wire = Wire(page, {})
    page.goto(site.url(site.live))
    fetched = "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/live.js')).length"
    assert page.evaluate(fetched) == 0
    page.locator("[data-ask]").click()
    expect(page.locator("[data-ask-dialog]")).to_be_visible()
    assert page.url.endswith(site.live)
    assert wire.sockets == 1
    page.context.close()
