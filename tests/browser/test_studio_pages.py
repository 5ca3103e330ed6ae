"""The leader's and the departments' pages in a browser, the desk by keyboard, and cases and the desk on paper."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from portal.appeals.actions import accept_and_dispatch, load_official_years, promise
from portal.appeals.actions.registering import usual_urgency
from portal.appeals.models import Appeal
from portal.appeals.sealing import query_code
from portal.live.actions.invitations import invitation_token, invite, take_seat
from portal.people.models import Person, Unit
from portal.people.vocabulary import RoleKind
from portal.questions.actions import begin_answer
from portal.questions.models import Question
from tests.browser.conftest import Site
from tests.browser.test_ask_files import until
from tests.browser.test_citizen_pages import DESK, PHONE, context_of, violations
from tests.gallery.keyboard import press, tab_to
from tests.live.cast import on_air, staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET = {"width": 1024, "height": 768}


def page_of(
    browser: Browser, site: Site, person: Person, size: dict[str, int], scheme: str = "light"
) -> Page:
    context = context_of(browser, site, size, scheme, "normal")
    client = Client()
    client.force_login(person)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.address}]
    )
    return context.new_page()


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_studio_seat_and_invitations_fit_the_screen_and_satisfy_axe(
    browser: Browser, site: Site, size: dict[str, int]
) -> None:
    seat = invite(site.cast.lin, site.cast.session.pk, Unit.objects.get(code="jt").pk, "交通局 王敏")
    link = f"{site.live}join/{invitation_token(seat)}/"
    visits: list[tuple[Person, str]] = [(site.cast.olga, link)]
    visits += [(site.cast.lin, f"{site.live}studio/"), (site.cast.lin, f"{site.live}invitations/")]
    visits += [(site.cast.olga, f"{site.live}cohost/")]
    for person, path in visits:
        if path.endswith("/cohost/"):
            take_seat(site.cast.olga, site.cast.session.pk, invitation_token(seat))
        page = page_of(browser, site, person, size)
        page.goto(site.url(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert violations(page) == [], path
        page.context.close()


STUDIO_NAMES = """
  - main:
    - link "返回"
    - heading "今晚直播" [level=1]
    - button "关麦克风"
    - button "共享画面"
    - button "摄像头与麦克风"
    - button "暂停"
    - button "结束直播"
    - region "画面":
      - meter "麦克风音量"
      - button "节目画面"
    - region "正在回答":
      - heading "正在回答" [level=2]
      - paragraph: /路灯/
      - button "回答完毕"
      - button "记承诺"
    - region "资料":
      - tablist "资料":
        - tab /接下来/
        - tab /这件事/
        - tab /议程/
        - tab /部门/
      - tabpanel
"""
SEAT_NAMES = """
  - main:
    - heading "交通局 王敏" [level=1]
    - status
    - meter "麦克风音量"
    - button "关麦克风"
    - button "共享屏幕或图片"
    - button "离开座位"
    - group:
      - combobox "摄像头"
      - combobox "麦克风"
"""


SUPERVISORS_NAMES = {
    "/live/plan/": """
      - main:
        - heading "预告直播" [level=1]
        - paragraph:
          - link "按周排班、改期、对调"
        - combobox "出席领导"
        - group "主持人":
          - checkbox
        - button "发布预告"
        - region "已预告的直播":
          - list:
            - listitem:
              - link
    """,
    "/live/rota/": """
      - main:
        - heading "排班" [level=1]
        - button "排出来"
        - region "已排的直播":
          - list:
            - listitem:
              - group
    """,
    "/desk/promises/": """
      - main:
        - heading "待兑现的承诺" [level=1]
        - list:
          - listitem:
            - paragraph: 修好路灯
            - paragraph:
              - link /\\d{8}-\\d{4}/
            - group
    """,
    "/reports/": """
      - main:
        - heading "哪个单位按时答复群众？" [level=1]
        - combobox "月份"
        - button "查看"
        - link "导出表格（CSV）"
    """,
}


def test_a_screen_reader_finds_a_supervisors_pages_by_names(browser: Browser, site: Site) -> None:
    load_official_years([2025, 2026])
    appeal, unit = Appeal.objects.latest("pk"), Unit.objects.get(code="jt")
    promise(site.cast.lin, appeal.pk, "修好路灯", unit.pk, site.cast.session.starts_at.date())
    page = page_of(browser, site, site.cast.sam, DESK)
    for address, names in SUPERVISORS_NAMES.items():
        page.goto(site.url(address))
        expect(page.locator("body")).to_match_aria_snapshot(names)
    page.context.close()


def taken_next_time(page: Page, select: str) -> None:
    """The device that is picked here is used again when the page is opened again."""
    picked = page.locator(f"{select} option:checked")
    expect(page.locator(f"{select} option").nth(1)).to_be_attached()
    last = page.locator(f"{select} option").last.inner_text()
    assert picked.inner_text() != last
    page.locator(select).select_option(label=last)
    # It is remembered once it has been opened, not when it is picked.
    until(page, lambda: last in page.evaluate("() => localStorage.getItem('studio.devices') ?? ''"))
    expect(picked).to_have_text(last)
    page.reload()
    expect(picked).to_have_text(last)


def test_a_screen_reader_finds_the_studio_and_the_seat_by_names(browser: Browser, site: Site) -> None:
    seat = invite(site.cast.lin, site.cast.session.pk, Unit.objects.get(code="jt").pk, "交通局 王敏")
    take_seat(site.cast.olga, site.cast.session.pk, invitation_token(seat))
    on_air(site.cast)
    begin_answer(site.cast.lin, Question.objects.get(text__contains="路灯").pk, 1_000)
    page = page_of(browser, site, site.cast.lin, TABLET)
    page.goto(site.url(f"{site.live}studio/"))
    expect(page.locator("body")).to_match_aria_snapshot(STUDIO_NAMES)
    boxes = page.locator(".studio button:visible").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).map(box => box.width * box.height)"
    )
    done = page.locator("[data-done]").evaluate(
        "e => e.getBoundingClientRect().width * e.getBoundingClientRect().height"
    )
    assert done == max(boxes) and boxes.count(done) == 1
    page.context.close()
    page = page_of(browser, site, site.cast.olga, TABLET)
    page.goto(site.url(f"{site.live}cohost/"))
    press(page, "[data-devices-part] summary")
    expect(page.locator("body")).to_match_aria_snapshot(SEAT_NAMES)
    assert violations(page) == []
    taken_next_time(page, "[data-microphone]")
    page.context.close()


def test_the_panel_is_reached_by_keyboard_alone(browser: Browser, site: Site) -> None:
    page = page_of(browser, site, site.cast.lin, TABLET)
    page.goto(site.url(f"{site.live}studio/"))
    tab = page.get_by_role("tab", name="接下来")
    tab.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="这件事")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("tabpanel", name="部门")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="接下来")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(tab).to_be_focused()
    page.context.close()


def test_one_finger_is_enough_for_every_button_of_the_studio(browser: Browser, site: Site) -> None:
    page = page_of(browser, site, site.cast.lin, TABLET)
    page.goto(site.url(f"{site.live}studio/"))
    page.get_by_role("tab", name="部门").click()
    small = page.locator(
        ".studio button:visible, .studio select:visible, .studio a.tool:visible"
    ).evaluate_all("all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.textContent)")
    assert small == []
    page.context.close()


def test_the_programme_is_loaded_when_the_leader_asks_for_it_and_then_after_a_reload_too(
    browser: Browser, site: Site
) -> None:
    on_air(site.cast)
    page = page_of(browser, site, site.cast.lin, TABLET)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url(f"{site.live}studio/"))
    switch, view = page.locator("[data-programme-switch]"), page.locator("[data-programme]")
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert not [url for url in asked if "hls" in url]
    with page.expect_request("**/hls/*/master.m3u8"):
        switch.click()
    expect(view).to_be_visible()
    with page.expect_request("**/hls/*/master.m3u8"):
        page.reload()
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert page.locator("[data-programme-video]").evaluate("video => video.muted")
    switch.click()
    expect(view).to_be_hidden()
    page.context.close()


def on_paper(page: Page) -> dict[str, Any]:
    page.emulate_media(media="print", color_scheme="dark")
    found: dict[str, Any] = page.evaluate(
        """() => ({
          buttons: [...document.querySelectorAll("button, .button, nav, dialog, form")]
            .filter(e => e.offsetParent).length,
          ink: getComputedStyle(document.body).color,
          paper: getComputedStyle(document.body).backgroundColor,
          foot: document.querySelector(".bottom").innerText.trim(),
          wide: document.documentElement.scrollWidth <= document.documentElement.clientWidth,
        })"""
    )
    return found


def test_case_and_desk_print_black_on_white_without_controls_and_name_the_time_zone(
    browser: Browser, site: Site
) -> None:
    load_official_years([2025, 2026])
    usual_urgency()
    number = Question.objects.select_related("appeal").first().appeal.number  # type: ignore[union-attr]
    code = query_code(number)
    for person, path, shown in (
        (site.cast.alice, f"/cases/{number}/?code={code}", number),
        (site.cast.sam, f"/desk/{number}/", number),
        (site.cast.sam, "/desk/?tab=unit", number),
    ):
        page = page_of(browser, site, person, DESK)
        page.goto(site.url(path))
        assert shown in page.locator("main").inner_text(), path
        paper = on_paper(page)
        assert paper["buttons"] == 0, path
        assert (paper["ink"], paper["paper"]) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)"), path
        assert paper["foot"] == "时间均为北京时间。" and paper["wide"], path
        page.context.close()


def test_an_officer_ticks_all_and_signs_with_the_keyboard_alone(browser: Browser, site: Site) -> None:
    load_official_years([2025, 2026])
    usual_urgency()
    numbers, unit = list(Appeal.objects.values_list("number", flat=True)), Unit.objects.get(code="jt")
    sent = accept_and_dispatch(staff("clara", RoleKind.CLERK), numbers, "request", "路灯", "normal", unit.pk)
    assert len(sent.done) == 2
    page = page_of(browser, site, site.cast.olga, DESK)
    page.goto(site.url("/desk/"))
    tab_to(page, "[data-tick-all]")
    page.keyboard.press("Space")
    expect(page.locator("[name=number]:checked")).to_have_count(2)
    tab_to(page, "[name=number]")
    page.keyboard.press("Space")
    assert page.locator("[data-tick-all]").evaluate("box => box.indeterminate && !box.checked")
    page.keyboard.press("Space")
    expect(page.locator("[data-tick-all]")).to_be_checked()
    assert violations(page) == []
    press(page, "[formaction$='/sign/']")
    expect(page.locator(".notes")).to_contain_text("已签收 2 件")
    page.context.close()
