"""What a citizen meets, at the sizes and modes people have."""

import gzip
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from portal.appeals.models import Appeal
from portal.lib.static import slim
from portal.live.models import LiveSession
from portal.notices.sms import MemoryBackend
from portal.people.models import PhoneCode
from portal.questions.actions import raise_hand
from portal.settings import ROOT
from tests.browser.conftest import Site
from tests.browser.test_outbox import of, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
BUDGET = 60 * 1024
# Beside the gallery's: its house is never empty.
PICTURES = ROOT / "artefacts" / "pages"


def context_of(
    browser: Browser, site: Site, size: dict[str, int], scheme: Any, print_: str
) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme=scheme,
        locale="zh-CN",
        bypass_csp=True,  # axe-core is brought in by the test
    )
    context.add_cookies([{"name": "print", "value": print_, "url": site.address}])
    return context


def violations(page: Page) -> list[str]:
    page.add_script_tag(path=str(AXE))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations.map("
        "v => v.id + ' ' + v.nodes.map(n => n.target).join(' | ')))",
        RULES,
    )
    return list(found)


@pytest.mark.parametrize("print_", ["normal", "large"])
def test_every_step_of_asking_satisfies_axe(browser: Browser, site: Site, print_: str) -> None:
    context = context_of(browser, site, PHONE, "light", print_)
    page = context.new_page()
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    for name, value in (("text", "桥面裂了一道缝，谁来看看？"), ("village", "石桥村"), ("name", "陈小满")):
        assert violations(page) == [], name
        page.locator(f"dialog [name={name}]").fill(value)
        page.locator("[data-ask-next-button]").click()
    expect(page.locator("dialog [name=phone]")).to_be_focused()
    context.close()


def test_an_empty_answer_is_refused_beside_its_field(browser: Browser, site: Site) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    page.locator("[data-ask-next-button]").click()
    expect(page.locator("[data-ask-error]")).to_be_visible()
    expect(page.locator("dialog [name=text]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("dialog [name=text]")).to_be_focused()
    page.close()


def test_who_does_not_see_hears_whether_the_question_has_come(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(site.live))
    context.set_offline(True)
    write(page)
    expect(page.locator("[data-step=unsent] .note")).to_be_focused()
    page.keyboard.press("Escape")
    context.set_offline(False)
    write(page)
    expect(page.locator("[data-step=received] .note")).to_be_focused()
    expect(page.locator("[data-step=received] .note")).to_contain_text("收到了")
    context.close()


def code() -> str:
    found = re.search(r"\d{6}", MemoryBackend.sent[-1][1])
    assert found is not None
    return found[0]


def test_a_double_tap_sends_once_and_gets_its_answer(browser: Browser, site: Site, settings: Any) -> None:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(site.url(f"{site.live}ask/"))
    page.wait_for_load_state("networkidle")
    typed = {"text": "桥面裂了一道缝", "village": "石桥村", "name": "陈小满", "phone": "13800000098"}
    for name, value in typed.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("[data-ask-form] .button-primary").dblclick()
    page.wait_for_url("**/ask/code/")
    page.locator("[name=code]").fill(code())
    page.wait_for_load_state("networkidle")
    page.locator("main .button-primary").dblclick()
    page.wait_for_url("**/ask/done/")
    assert Appeal.objects.filter(original_text=typed["text"]).count() == 1
    page.close()


def test_a_code_that_came_anew_does_not_stand_beside_the_old_refusal(
    browser: Browser, site: Site, settings: Any
) -> None:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"
    page = browser.new_page(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    typed = {"text": "桥面裂了一道缝", "village": "石桥村", "name": "陈小满", "phone": "13800000098"}
    for name, value in typed.items():
        page.locator(f"dialog [name={name}]").fill(value)
        page.locator("[data-ask-next-button]").click()
    expect(page.locator("dialog [name=code]")).to_be_focused()
    PhoneCode.objects.update(sent_at=F("sent_at") - timedelta(hours=2), expires_at=timezone.now())
    page.locator("dialog [name=code]").fill(code())
    page.locator("[data-ask-next-button]").click()
    expect(page.locator("[data-ask-error]")).to_contain_text("已失效")
    page.locator("[data-ask-resend]").click()
    expect(page.locator("[data-ask-sent]")).to_contain_text("新的验证码")
    expect(page.locator("[data-ask-error]")).to_be_hidden()
    page.close()


def test_what_was_typed_is_there_after_a_reload(browser: Browser, site: Site) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    page.locator("dialog [name=text]").fill("桥面裂了一道缝")
    page.reload()
    page.locator("[data-ask]").click()
    expect(page.locator("dialog [name=text]")).to_have_value("桥面裂了一道缝")
    page.close()


def test_large_print_is_one_visible_switch_and_stays(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(site.url("/"))
    page.locator(".top [data-print-switch]").click()
    expect(page.locator("html")).to_have_attribute("data-print", "large")
    page.goto(site.url(site.live))
    expect(page.locator(".top [data-print-switch]")).to_have_attribute("aria-pressed", "true")
    size = page.locator(".wall-text").first.evaluate(
        "element => parseFloat(getComputedStyle(element).fontSize)"
    )
    assert size >= 24  # 18 pt
    height = page.locator("[data-ask]").evaluate("element => element.getBoundingClientRect().height")
    assert height >= 60
    context.close()


def test_the_live_page_asks_and_shows_the_wall_without_javascript(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url(site.live))
    assert page.locator(".wall-row").count() == 2
    assert page.locator("[data-ask]").get_attribute("href") == f"{site.live}ask/"
    assert page.locator(".wall-row form[action$='/vote/']").count() == 2
    context.close()


def test_the_picture_keeps_its_place_from_the_first_paint(browser: Browser, site: Site) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(site.url(site.live))
    box = page.locator("[data-player]").bounding_box()
    captions = page.locator("[data-captions]").bounding_box()
    assert box is not None and captions is not None
    assert round(box["width"] * 9 / 16) == round(box["height"])
    assert captions["height"] >= 40
    page.close()


@pytest.mark.parametrize(
    "path", ["/", "", "ask/", "replay/", "stage/", "/calendar/", "/cases/", "/replays/", "/board/"]
)
def test_citizen_pages_stay_light(browser: Browser, site: Site, path: str) -> None:
    """Bytes of everything before media, compressed as a web server sends it."""
    bodies: dict[str, int] = {}

    def weigh(response: Response) -> None:
        if response.ok:
            bodies[response.url] = len(gzip.compress(slim(response.url.rsplit("/", 1)[-1], response.body())))

    context = context_of(browser, site, PHONE, "light", "normal")
    if path == "replay/":
        LiveSession.objects.update(state="ended")
    if path == "stage/":
        raise_hand(site.cast.alice, site.cast.session.pk, uuid4(), "柳湾村")
        client = Client()
        client.force_login(site.cast.alice)
        context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.address}]
        )
    page = context.new_page()
    page.on("response", weigh)
    page.goto(site.url(path if path.startswith("/") else f"{site.live}{path}"), wait_until="networkidle")
    assert 0 < sum(bodies.values()) <= BUDGET, bodies
    context.close()


def test_a_replay_brings_its_player_when_somebody_wants_to_see(browser: Browser, site: Site) -> None:
    LiveSession.objects.update(state="ended")
    page = browser.new_page()
    page.goto(site.url(f"{site.live}replay/"), wait_until="networkidle")
    with page.expect_request("**/hls.min.js"):
        page.locator("[data-play]").click()
    expect(page.locator("[data-play-first]")).to_be_hidden()
    with page.expect_request("**/hls.min.js"):
        page.goto(site.url(f"{site.live}replay/"), wait_until="domcontentloaded")
        page.locator("[data-video]").evaluate("video => void video.play()")
    page.close()


def test_a_house_without_broadcasts_says_so(
    browser: Browser, live_server: Any, django_db_serialized_rollback: None
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN", bypass_csp=True)
    page = context.new_page()
    for name, path in (("home", "/"), ("calendar", "/calendar/")):
        page.goto(f"{live_server.url}{path}")
        expect(page.locator(".empty").first).to_be_visible()
        page.screenshot(path=PICTURES / f"{name}-empty-360-light-normal.png")
        assert violations(page) == [], path
    context.close()
