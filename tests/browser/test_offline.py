"""The site on a telephone without signal: copies of what was seen, a polite page for the rest, never an old page
instead of a new one."""

import json

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from portal.appeals.models import Appeal
from portal.appeals.sealing import query_code
from portal.live.models import LiveSession
from portal.settings import ROOT
from tests.browser.conftest import Site
from tests.browser.test_outbox import TEXT, of, stored, write
from tests.whole.evening import until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def installed(page: Page, site: Site) -> None:
    page.goto(site.url("/"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def test_calendar_and_own_cases_are_there_without_signal(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    page = context.new_page()
    installed(page, site)
    for path in ("/calendar/", "/"):
        page.goto(site.url(path))
    copies = "async () => (await (await caches.open('pages')).keys()).map(({ url }) => new URL(url).pathname)"
    until(lambda: len([path for path in page.evaluate(copies) if "/cases/" in path]) == 3, 10, "the copies")
    context.set_offline(True)
    page.goto(site.url("/calendar/"))
    expect(page.locator("h1")).to_have_text("直播日历")
    expect(page.locator("[data-offline]")).to_be_visible()
    page.goto(site.url("/cases/"))
    # The list and a case which nobody has opened here.
    page.get_by_text("村口的路灯坏了三盏").click()
    expect(page.get_by_role("heading", name="办理经过")).to_be_visible()
    page.goto(site.url(site.live))
    expect(page.locator("h1")).to_have_text("现在没有网络")
    context.set_offline(False)
    page.get_by_role("link", name="再试一次").click()
    expect(page.locator("[data-ask]")).to_be_visible()
    context.close()


def test_who_never_opened_the_calendar_has_it_without_signal(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    page = context.new_page()
    installed(page, site)
    # Also after the copies of own pages are gone.
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url(site.url("/"))
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.goto(site.url(site.live))
    expect(page.locator("h1")).to_have_text("现在没有网络")
    expect(page.locator("main").get_by_role("link", name="我的问题")).to_be_hidden()
    page.locator("main").get_by_role("link", name="直播日历").click()
    expect(page.locator("h1")).to_have_text("直播日历")
    expect(page.get_by_role("link", name="今晚直播")).to_be_visible()
    context.close()


def test_with_signal_every_page_is_fresh(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    installed(page, site)
    page.goto(site.url("/"))
    LiveSession.objects.update(title="改了名的直播")
    page.goto(site.url("/"))
    expect(page.locator("h1")).to_have_text("改了名的直播")
    # Without a log-in the link with the code is the key, to the copy as well.
    number = Appeal.objects.earliest("pk").number
    page.goto(site.url(f"/cases/{number}/?code={query_code(number)}"))
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", name="办理经过")).to_be_visible()
    page.goto(site.url(f"/cases/{number}/?code=AAAAAAAA"))
    expect(page.locator("h1")).to_have_text("现在没有网络")
    context.close()


def test_logging_out_takes_the_copies_along(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    page = context.new_page()
    installed(page, site)
    page.goto(site.url("/cases/"))
    expect(page.get_by_text("村口的路灯坏了三盏")).to_be_visible()
    page.get_by_role("button", name="退出", exact=True).click()
    page.wait_for_url(site.url("/"))
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.goto(site.url("/cases/"))
    expect(page.locator("h1")).to_have_text("现在没有网络")
    context.close()


def test_a_question_waits_on_the_offline_page_and_goes_from_there(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    page = context.new_page()
    installed(page, site)
    page.goto(site.url(site.live))
    context.set_offline(True)
    write(page)
    expect(page.locator("[data-step=unsent]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-outbox]")).to_contain_text("桥面裂了一道缝")
    context.set_offline(False)
    expect(page.locator(".toast")).to_be_visible()
    assert stored() == 1, TEXT
    context.close()


def test_a_question_written_without_signal_is_sent_by_the_worker_when_no_page_is_open(
    browser: Browser, site: Site
) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    context.grant_permissions(["background-sync"])
    page = context.new_page()
    installed(page, site)
    page.goto(site.url(site.live))
    devtools = context.new_cdp_session(context.new_page())
    found: dict[str, str] = {}
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.update(
            {one["scopeURL"]: one["registrationId"] for one in event["registrations"]}
        ),
    )
    devtools.send("ServiceWorker.enable")
    context.set_offline(True)
    write(page)
    expect(page.locator("[data-step=unsent]")).to_be_visible()
    tags = "async () => (await navigator.serviceWorker.ready).sync.getTags()"
    assert page.evaluate(tags) == ["outbox"] and stored() == 0
    page.close()
    context.set_offline(False)
    wake = {"origin": site.address, "registrationId": found[f"{site.address}/"], "tag": "outbox"}
    for _each in range(2):
        devtools.send("ServiceWorker.dispatchSyncEvent", wake | {"lastChance": False})
    until(lambda: stored() == 1, 10, "the question")
    page = context.new_page()
    page.goto(site.url("/"))
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert stored() == 1
    context.close()


def test_the_site_can_be_installed(site: Site) -> None:
    manifest = json.loads((ROOT / "portal" / "static" / "manifest.webmanifest").read_text())
    sizes = {icon["sizes"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    assert {"192x192", "512x512"} <= sizes
    files = [ROOT / "portal" / "static" / icon["src"] for icon in manifest["icons"]]
    assert sum(file.stat().st_size for file in files) < 30_000
    script = Client().get("/service-worker.js")
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert "no-cache" in script.headers["Cache-Control"]
