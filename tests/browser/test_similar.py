"""While a question is typed, what others asked is offered: an answer to look at, a question to support."""

import pytest
from playwright.sync_api import Browser, expect

from portal.questions.actions import begin_answer, end_answer
from portal.questions.models import Question, Vote
from tests.browser.conftest import Site
from tests.browser.test_outbox import of
from tests.live.cast import citizen, on_air

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_like_question_is_supported_instead_of_asked_again(browser: Browser, site: Site) -> None:
    context = of(browser, site, citizen("dora", "13800000012"))
    page = context.new_page()
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    page.locator("dialog [name=text]").fill("村口的路灯坏了，什么时候修好？")
    alike = page.locator("[data-similar] li")
    expect(alike).to_contain_text("路灯坏了三盏")
    alike.get_by_role("button", name="我也想问").click()
    expect(page.locator(".toast")).to_be_visible()
    assert Vote.objects.get().question.text.startswith("村口的路灯")
    context.close()


def test_an_answered_one_leads_to_its_second_of_the_recording(browser: Browser, site: Site) -> None:
    on_air(site.cast)
    light = Question.objects.get(text__startswith="村口的路灯")
    begin_answer(site.cast.bob, light.pk, 1_000)
    end_answer(site.cast.bob, light.pk, 9_000)
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    page.locator("dialog [name=text]").fill("村口的路灯坏了，什么时候修好？")
    link = page.locator("[data-similar] a")
    expect(link).to_have_attribute("href", f"{site.live}replay/#q{light.pk}")
    context.close()
