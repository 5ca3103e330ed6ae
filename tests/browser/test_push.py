"""A reminder on the telephone: the calendar says where it listens, and the worker shows what comes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from portal.live.models import Reminder
from portal.notices.models import PushAddress
from tests.browser.conftest import Site
from tests.browser.test_outbox import of
from tests.notices.push_service import PushService, new_key, push_service

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTIFIED = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map((note) => [note.title, note.body, note.data])"""
# In the browser's place: Chromium asks a service of its maker, which a test cannot reach.
SUBSCRIBES = """PushManager.prototype.subscribe = async ({ applicationServerKey }) => ({
  toJSON: () => (SUBSCRIPTION.key = applicationServerKey, { endpoint: SUBSCRIPTION.endpoint, keys: SUBSCRIPTION }),
});"""


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.VAPID_PRIVATE_KEY = new_key()
    settings.PUSH_HOSTS = ["127.0.0.1"]
    with push_service() as running:
        yield running


def test_who_wants_a_reminder_is_asked_for_notifications(
    browser: Browser, site: Site, service: PushService
) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    context.grant_permissions(["notifications"])
    context.add_init_script(f"const SUBSCRIPTION = {json.dumps(service.subscription())};{SUBSCRIBES}")
    page = context.new_page()
    page.goto(site.url("/calendar/"))
    page.get_by_role("button", name="提醒我").click()
    expect(page.get_by_text("在这台手机上通知您")).to_be_visible()
    assert PushAddress.objects.get().endpoint == service.subscription()["endpoint"]
    assert Reminder.objects.count() == 1
    context.close()


def test_where_the_browser_gives_no_address_the_reminder_comes_by_sms(
    browser: Browser, site: Site, service: PushService
) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    page = context.new_page()
    page.goto(site.url("/calendar/"))
    page.get_by_role("button", name="提醒我").click()
    expect(page.get_by_text("发短信提醒您")).to_be_visible(timeout=20_000)
    assert Reminder.objects.count() == 1
    context.close()


def test_the_worker_shows_what_comes(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice, service_workers="allow")
    context.grant_permissions(["notifications"])
    page = context.new_page()
    page.goto(site.url("/calendar/"))
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    client = context.new_cdp_session(page)
    found: list[str] = []
    client.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(row["registrationId"] for row in told["registrations"]),
    )
    client.send("ServiceWorker.enable")
    for _ in range(50):
        if found:
            break
        page.wait_for_timeout(100)
    message = {
        "title": "干群直通车",
        "body": "今天19:30直播",
        "url": "https://elsewhere.example/live/1/",
        "tag": "t",
    }
    client.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": site.address, "registrationId": found[0], "data": json.dumps(message)},
    )
    shown: list[list[str]] = []
    for _ in range(50):
        shown = page.evaluate(NOTIFIED)
        if shown:
            break
        page.wait_for_timeout(100)
    assert shown == [["干群直通车", "今天19:30直播", "/live/1/"]]
    context.close()
