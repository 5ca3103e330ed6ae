"""The many-process form, by the commands of docker-compose.yml, on real PostgreSQL, Redis and nginx with TLS."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.whole.conftest import IDS, PICTURES
from tests.whole.evening import QUESTION, Evening
from tests.whole.handling import evaluate, handle
from tests.whole.many import ManyProcesses
from tests.whole.people import Citizen, Leader, Moderator

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]
SHORT = QUESTION[:12]
PLAIN, RUDE = "水管漏了半个月没有人来修", "有人在群里骂人"
ROOT, TWIN = "放学时校门口走不动", "学校门口堵车"
UNIT = "from portal.people.models import Role; print(Role.objects.filter(person__username='olga').first().unit_id)"


@pytest.fixture
def many() -> Iterator[ManyProcesses]:
    running = ManyProcesses()
    yield running
    running.stop()


def a_pause_shows_the_slate(lin: Leader, alice: Citizen) -> None:
    lin.pause()
    expect(alice.page.locator("[data-slate=paused]")).to_be_visible(timeout=10_000)
    lin.resume()
    expect(alice.page.locator("[data-slate=paused]")).to_be_hidden(timeout=10_000)
    alice.picture_moves("[data-main]")


def the_other_media_process_takes_over(many: ManyProcesses, alice: Citizen) -> None:
    """One of the two ends: wherever the broadcast was, the leader's picture now comes through the other."""
    many.processes["media"].terminate()
    assert many.processes["media"].wait(20) == 0
    alice.picture_moves("[data-main]", 40)


def ask_without_scripts(evening: Evening, alice: Citizen) -> Page:
    """Gives the page of the case, where the plain form leads."""
    context = alice.browser.new_context(java_script_enabled=False, locale="zh-CN", ignore_https_errors=True)
    page = context.new_page()
    page.goto(f"{evening.url}/live/{evening.session}/")
    page.locator("[data-ask]").click()
    typed = {"text": PLAIN, "village": "清溪镇柳湾村", "name": "张小丽", "phone": "13800000099"}
    for name, value in typed.items():
        page.locator(f"main [name={name}]").fill(value)
    page.get_by_role("button", name="下一步：获取验证码").click()
    page.locator("main [name=code]").fill(evening.code_of("13800000099"))
    page.locator("main [name=code]").press("Enter")
    page.wait_for_url("**/ask/done/**")
    page.locator("main a[href*='/cases/']").first.click()
    expect(page.locator("main")).to_contain_text(PLAIN)
    return page


def take_down(bob: Moderator, *questions: str) -> None:
    text = bob.page.locator("#take-text")
    bob.page.keyboard.press("n")
    for words in questions:
        text.fill(words)
        bob.page.locator("[data-take-form] button:not([type])").click()
        expect(text).to_have_value("", timeout=10_000)
    bob.page.keyboard.press("Escape")


def done(bob: Moderator, words: str) -> None:
    expect(bob.page.locator("[data-lane=done]")).to_contain_text(words, timeout=10_000)


def answer_hide_and_join(bob: Moderator, case: Page) -> None:
    """Steps of the console besides the stage; the answer stands on the page of who asked without scripts."""
    page = bob.page
    bob.pick(PLAIN)
    page.locator("[data-written]").fill("水管周三换好。")
    page.locator("[data-written-save]").click()
    done(bob, PLAIN)
    case.reload()
    expect(case.locator("main")).to_contain_text("水管周三换好。")
    bob.pick(RUDE)
    page.keyboard.press("h")
    page.locator("[data-hide-dialog] [data-reason-text]").fill("指名道姓")
    page.locator("[data-hide-dialog] button[value=yes]").click()
    done(bob, RUDE)
    bob.pick(TWIN)
    page.locator("[data-same-search]").fill(ROOT)
    page.locator("[data-d-similar] [data-same]").first.click()
    done(bob, TWIN)


def the_panel_tells_what_villages_get(bob: Moderator) -> None:
    """Minutes of picture, of viewers without a village here, and the small plots."""
    bob.page.locator("[data-lines] > summary").click()
    row = bob.page.locator("[data-lines-villages] tbody tr", has_text="未登记村名")
    expect(row.locator("td").nth(1)).to_have_text(re.compile(r"^(0\.[1-9]|[1-9].*)$"), timeout=15_000)
    expect(bob.page.locator("[data-plot=viewers] [data-plot-now]")).to_have_text(re.compile("^[1-9]"))
    expect(bob.page.locator("[data-plot=viewers] svg > *").first).to_be_attached()


def test_studio_phone_console_and_case_work_across_processes(
    many: ManyProcesses, playwright: Playwright
) -> None:
    evening = Evening(playwright, many.url, many.logs, PICTURES / "many-processes")
    evening.ids = json.loads(many.once("shell", "--no-imports", "-c", IDS).splitlines()[-1])
    try:
        evening.plan()
        lin = evening.leader()
        lin.go_live()
        alice = evening.citizen()
        alice.watch(evening.session)
        alice.picture_moves("[data-main]")
        lin.page.reload()
        alice.picture_moves("[data-main]", 40)
        a_pause_shows_the_slate(lin, alice)
        the_other_media_process_takes_over(many, alice)
        bob = evening.moderator()
        evening.ask(alice)
        case = ask_without_scripts(evening, alice)
        take_down(bob, RUDE, ROOT, TWIN)
        expect(bob.row(SHORT)).to_be_visible(timeout=10_000)
        bob.pick(SHORT)
        bob.act("shortlist")
        expect(bob.page.locator("[data-lane=shortlist]")).to_contain_text(SHORT)
        answer_hide_and_join(bob, case)
        the_panel_tells_what_villages_get(bob)
        lin.end()
        unit = many.once("shell", "--no-imports", "-c", UNIT)
        handle(evening, unit.splitlines()[-1])
        evaluate(evening)
    finally:
        evening.close()
