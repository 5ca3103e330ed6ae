"""How one stands on the live page: ticks, votes, the place in the line; what the server knows, not this telephone."""

from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect

from portal.appeals.models import Appeal
from portal.appeals.states import State
from portal.questions.actions import raise_hand, vote
from portal.questions.models import Question
from tests.browser.conftest import Site
from tests.browser.test_outbox import of
from tests.live.cast import asked, citizen

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_case_that_is_accepted_gets_its_tick_without_a_reload(browser: Browser, site: Site) -> None:
    number = asked(site.cast, "桥面裂了一道缝，谁来看看？").case_number
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(site.live))
    page.wait_for_load_state("networkidle")
    row = page.locator(f"[data-mine-rows] a[href='/cases/{number}/']")
    expect(row.locator(".badge")).to_have_text("✓✓ 已收到")
    Appeal.objects.filter(number=number).update(state=State.ACCEPTED)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(row.locator(".badge")).to_have_text("✓✓ 已受理")
    context.close()


def test_votes_are_those_of_who_holds_the_telephone(browser: Browser, site: Site) -> None:
    dora = citizen("dora", "13800000012")
    question = Question.objects.earliest("pk")
    # On another telephone.
    vote(dora, question.pk)
    context = of(browser, site, dora)
    page = context.new_page()
    button = page.locator(f"[data-wall] [data-id='{question.pk}'] .vote")
    page.goto(site.url(site.live))
    expect(button).to_have_attribute("aria-pressed", "true")
    client = Client()
    client.force_login(citizen("emma", "13800000013"))
    value = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": site.address}])
    page.goto(site.url(site.live))
    page.wait_for_load_state("networkidle")
    expect(button).not_to_have_attribute("aria-pressed", "true")
    page.locator(f"[data-wall] [data-id='{question.pk}'] .vote").click()
    expect(button).to_have_attribute("aria-pressed", "true")
    # Her own tap is kept by the server as well.
    page.goto(site.url(site.live))
    expect(button).to_have_attribute("aria-pressed", "true")
    context.close()


def test_who_waits_behind_fifty_hands_sees_the_place(browser: Browser, site: Site) -> None:
    for place in range(60):
        someone = citizen(f"hand{place}", f"139{place:08}")
        raise_hand(someone, site.cast.session.pk, uuid4(), "柳湾村")
    raise_hand(site.cast.alice, site.cast.session.pk, uuid4(), "柳湾村")
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(site.live))
    # Her questions were put on the short list before; a question in the queue is a place, too.
    expect(page.locator("[data-place]")).to_contain_text("排第 1 位")
    Question.objects.filter(person=site.cast.alice).exclude(kind="spoken").update(stage_state="new")
    page.reload()
    expect(page.locator("[data-place]")).to_contain_text("排第 61 位")
    page.locator("[data-place]").get_by_role("link", name="去连线页").click()
    expect(page.get_by_role("button", name="放下手，不排队了")).to_be_visible()
    page.get_by_role("link", name="边看直播边等").click()
    expect(page.locator("[data-place]")).to_contain_text("排第 61 位")
    context.close()


def test_new_questions_below_are_announced_and_lead_there(browser: Browser, site: Site) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page.goto(site.url(site.live))
    page.wait_for_load_state("networkidle")
    # The page's own parts, with rows as the socket brings them.
    page.evaluate(
        """async () => {
            const { Wall } = await import("/static/js/wall.js");
            const part = (name) => document.querySelector(name);
            const options = { voteUrl: () => "", voted: () => false, news: part("[data-wall-new]") };
            const parts = ["[data-wall]", "[data-wall-template]", "[data-wall-empty]"].map(part);
            const wall = new Wall(...parts, options);
            const row = (id) => ({ id, text: `问题 ${id}`, name: "", village: "", votes: 0, wall_state: "shown" });
            const rows = (count) => Array.from({ length: count }, (_, place) => row(1000 + place));
            wall.show(rows(30));
            window.more = () => wall.show(rows(32));
            scrollTo(0, 0);
        }"""
    )
    news = page.locator("[data-wall-new]")
    expect(news).to_be_hidden()
    page.evaluate("more()")
    expect(news).to_have_text("2 个新问题")
    news.click()
    expect(page.get_by_text("问题 1030")).to_be_in_viewport()
    expect(news).to_be_hidden()
    page.close()
