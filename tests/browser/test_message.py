"""A message for the board: what was typed stays until it has arrived, and is offered no longer afterwards."""

import pytest
from playwright.sync_api import Browser, expect

from portal.appeals.models import Appeal
from portal.appeals.sealing import rating_token
from portal.board.models import Message
from portal.live.actions import go_live
from portal.questions.actions import begin_answer, end_answer, move
from portal.questions.models import Question
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


def test_what_was_said_with_a_rating_survives_a_reload_until_it_has_arrived(
    browser: Browser, site: Site
) -> None:
    cast, question = site.cast, Question.objects.earliest("pk")
    go_live(cast.lin, cast.session.pk)
    move(cast.bob, question.pk, "on")
    begin_answer(cast.bob, question.pk, 1_000)
    end_answer(cast.bob, question.pk, 9_000, "月底前修好。")
    appeal = Appeal.objects.get(question=question)
    page = browser.new_page(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page.goto(site.url(f"/cases/{appeal.number}/rate/{rating_token(appeal.pk, appeal.cycle)}/"))
    page.locator(".rate-levels button").first.click()
    page.wait_for_load_state("networkidle")
    page.locator("[name=comment]").fill(TEXT)
    page.reload()
    expect(page.locator("[name=comment]")).to_have_value(TEXT)
    page.locator(".rate-solved button").first.click()
    page.wait_for_load_state("networkidle")
    assert appeal.evaluations.filter(comment=TEXT).count() == 1
    expect(page.locator("[name=comment]")).to_have_value(TEXT)
    page.close()
