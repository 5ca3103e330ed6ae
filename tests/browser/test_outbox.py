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
    # Half written, they are found from any page, whatever has become of that broadcast.
    page.goto(site.url("/"))
    expect(page.locator("[data-outbox]")).to_contain_text(TEXT)
    page.locator("[data-outbox]").get_by_role("link", name="接着写").click()
    expect(page.locator("dialog [name=text]")).to_have_value(TEXT)
    page.goto(site.url(f"{site.live}ask/"))
    expect(page.locator("[name=text]")).to_have_value(TEXT)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    context.set_offline(True)
    page.locator("main form button:not([type=button])").first.click()
    expect(page.locator("[data-outbox]")).to_be_visible()
    context.set_offline(False)
    expect(page.locator(".toast")).to_be_visible()
    assert stored() == 1
    context.close()


def fill_plain(page: Page, **more: str) -> None:
    page.wait_for_load_state("networkidle")
    for name, value in {"text": TEXT, "village": "石桥村", **more}.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form button:not([type=button])").first.click()


def test_the_plain_form_on_a_line_that_breaks_arrives_once_by_itself(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    broken: list[str] = []

    def cut(route: Any) -> None:
        if route.request.method != "POST" or len(broken) > 1:
            route.continue_()
            return
        broken.append(route.request.url)
        # The second time only the answer is lost.
        if len(broken) == 2:
            route.fetch()
        route.abort("connectionreset")

    page.goto(site.url(f"{site.live}ask/"))
    page.route("**/live/**", cut)
    fill_plain(page)
    expect(page.locator("[data-outbox]")).to_contain_text(TEXT)
    expect(page.locator("main [name=text]")).to_have_value("")
    expect(page.locator(".toast")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-outbox]")).to_be_hidden()
    assert stored() == 1 and len(broken) == 2
    context.close()


def test_the_plain_form_says_the_number_on_its_page(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(f"{site.live}ask/"))
    fill_plain(page)
    expect(page.locator("[data-ask-arrived] h1")).to_be_focused()
    question = Question.objects.get(text=TEXT)
    assert question.appeal is not None
    expect(page.locator("[data-ask-number]")).to_have_text(question.appeal.number)
    expect(page.locator("[data-ask-page]")).to_be_hidden()
    context.close()


def test_who_has_no_number_yet_finds_the_question_in_the_box(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(site.url(f"{site.live}ask/"))
    page.route("**/ask/", lambda route: route.abort("connectionreset"))
    fill_plain(page, name="陈小满", phone="13800000077")
    page.wait_for_url("chrome-error://**")
    page.unroute("**/ask/")
    page.goto(site.url("/"))
    expect(page.locator("[data-outbox]")).to_contain_text(TEXT)
    expect(page.locator("[data-outbox]").get_by_role("link", name="验证手机号")).to_be_visible()
    # Back at the form it is one question still, whatever the server found wrong meanwhile.
    page.goto(site.url(f"{site.live}ask/"))
    fill_plain(page, name="陈小满", phone="138")
    expect(page.locator(".field-error")).to_be_visible()
    expect(page.locator("main [name=text]")).to_have_value(TEXT)
    page.wait_for_load_state("networkidle")
    kept = page.evaluate(
        "async () => (await import('/static/js/outbox.js')).outboxOfPage().items.map(item => item.standing)"
    )
    assert kept.count("draft") == 1
    context.close()


def test_who_logs_in_next_is_asked_whose_question_it_is(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(site.url(f"{site.live}ask/"))
    page.route("**/ask/", lambda route: route.abort("connectionreset"))
    fill_plain(page, name="陈小满", phone="13800000077")
    page.wait_for_url("chrome-error://**")
    client = Client()
    client.force_login(site.cast.alice)
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": site.address}])
    page.goto(site.url("/"))
    expect(page.locator("[data-outbox]")).to_contain_text("138****0077。是您写的吗？")
    page.wait_for_load_state("networkidle")
    assert stored() == 0
    page.locator("[data-outbox]").get_by_role("button", name="是我写的，发送").click()
    expect(page.locator(".toast")).to_be_visible()
    assert stored() == 1
    context.close()
