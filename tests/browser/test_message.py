"""A message for the board: what was typed stays until it has arrived, and is offered no longer afterwards."""

import pytest
from playwright.sync_api import Browser, expect

from portal.board.models import Message
from tests.browser.conftest import Site
from tests.browser.test_outbox import TEXT, of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_message_survives_a_reload_and_a_broken_line_and_is_stored_once(
    browser: Browser, site: Site
) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url("/board/write/"))
    page.wait_for_load_state("networkidle")
    page.locator("[name=text]").fill(TEXT)
    page.locator("[name=village]").fill("石桥村")
    page.reload()
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    expect(page.locator("[name=village]")).to_have_value("石桥村")
    # The message arrives, its answer does not.
    page.route(
        "**/board/write/", lambda route: (route.fetch(max_redirects=0), route.abort("connectionreset"))
    )
    page.locator("main form button").first.click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/board/write/")
    # What an answer that never came would have brought.
    context.clear_cookies(name="message")
    page.goto(site.url("/board/write/"))
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    page.locator("main form button").first.click()
    page.wait_for_url("**/cases/**")
    assert Message.objects.count() == 1
    page.goto(site.url("/board/write/"))
    page.wait_for_load_state("networkidle")
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.locator("[name=village]")).to_have_value("清溪镇柳湾村")
    context.close()
