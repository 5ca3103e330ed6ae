"""Nothing typed is lost: no signal, a reload, a crash, another page; and each question is stored once."""

from typing import Any, Literal

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.people.models import Person
from portal.questions.models import Question
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "桥面裂了一道缝，谁来看看？"


def of(
    browser: Browser, site: Site, person: Person, service_workers: Literal["allow", "block"] = "block"
) -> BrowserContext:
    """A telephone on which `person` is logged in."""
    client = Client()
    client.force_login(person)
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 360, "height": 740}, service_workers=service_workers
    )
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": site.address}])
    return context


def write(page: Page, text: str = TEXT) -> None:
    """Through the dialog to its last step, without looking at what becomes of it."""
    page.locator("[data-ask]").click()
    page.locator("dialog [name=text]").fill(text)
    page.locator("[data-ask-next-button]").click()
    page.locator("dialog [name=village]").fill("石桥村")
    page.locator("[data-ask-next-button]").click()


def stored() -> int:
    return Question.objects.filter(text=TEXT).count()


def test_written_without_signal_arrives_once_from_the_home_page(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(site.live))
    context.set_offline(True)
    write(page)
    expect(page.locator("[data-step=unsent]")).to_be_visible()
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(site.url("/"))
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("[data-outbox]")).to_be_hidden()
    page.goto(site.url(site.live))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert stored() == 1
    context.close()


def test_an_answer_lost_on_the_way_back_makes_no_second_question(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()

    def swallow(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch()
        route.abort("connectionreset")

    page.route("**/questions/", swallow)
    page.goto(site.url(site.live))
    write(page)
    expect(page.locator("[data-step=unsent]")).to_be_visible()
    assert stored() == 1
    page.unroute("**/questions/")
    page.reload()
    expect(page.locator(".toast")).to_be_visible()
    assert stored() == 1
    context.close()


def test_another_citizen_on_the_same_telephone_does_not_send_it(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(site.live))
    context.set_offline(True)
    write(page)
    expect(page.locator("[data-step=unsent]")).to_be_visible()
    page.close()
    context.set_offline(False)
    client = Client()
    client.force_login(site.cast.charlie)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": site.address}])
    page = context.new_page()
    page.goto(site.url("/"))
    expect(page.locator("[data-outbox]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert stored() == 0
    context.close()


def test_the_plain_form_keeps_what_is_typed_and_waits_without_signal(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(f"{site.live}ask/"))
    page.wait_for_load_state("networkidle")
    page.locator("[name=text]").fill(TEXT)
    page.locator("[name=village]").fill("石桥村")
    page.reload()
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    context.set_offline(True)
    page.locator("main form button:not([type=button])").first.click()
    expect(page.locator("[data-outbox]")).to_be_visible()
    context.set_offline(False)
    expect(page.locator(".toast")).to_be_visible()
    assert stored() == 1
    context.close()
