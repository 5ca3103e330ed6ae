"""The main paths without a mouse, and the names by which a screen reader finds its way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.gallery.gallery import PICTURES, Gallery
from tests.gallery.keyboard import press, tab_to
from tests.gallery.places import LIVE_READY, ON_AIR, PLANNED, Place
from tests.whole.people import code_in

pytestmark = pytest.mark.browser
BY_NAME = {place.name: place for place in (*PLANNED, *ON_AIR)}
DESK = PICTURES[-2]


def fresh(gallery: Gallery, name: str, who: str | None = None) -> Page:
    place = BY_NAME[name]
    return gallery.visit(Place(place.name, place.path, who or place.who, place.ready))


def test_a_visitor_asks_and_proves_the_number_with_the_keyboard_alone(on_air: Gallery) -> None:
    page = fresh(on_air, "live", "newcomer")
    page.locator(LIVE_READY).wait_for()
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    press(page, "[data-ask]")
    phone = "13711112222"
    words = {"text": "桥面裂了一道缝，谁来看看？", "village": "石桥村", "name": "陈小满", "phone": phone}
    for _step in range(8):
        if page.locator("[data-step=code]").is_visible():
            break
        page.keyboard.type(words.pop(page.evaluate("document.activeElement.name ?? ''"), ""))
        shown = page.locator("[data-step]:visible").first.get_attribute("data-step")
        press(page, "[data-ask-next-button]")
        expect(page.locator(f"[data-step={shown}]")).to_be_hidden()
    assert not words
    expect(page.locator("#ask-code")).to_be_focused()
    page.keyboard.type(code_in(on_air.county.log, phone))
    press(page, "[data-ask-next-button]")
    expect(page.locator("[data-step=received]")).to_be_visible()
    expect(page.locator("[data-ask-number]")).to_have_text(re.compile(r"\d{8}-\d{4}"))
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("[data-ask]")).to_be_focused()


def test_a_citizen_finds_a_case_and_rates_it_with_the_keyboard_alone(gallery: Gallery) -> None:
    page = fresh(gallery, "cases-of-visitor")
    tab_to(page, "[name=number]")
    page.keyboard.type(gallery.facts["replied"])
    page.keyboard.press("Tab")
    page.keyboard.type(gallery.facts["replied_code"].lower())
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(gallery.facts["replied"])
    page = fresh(gallery, "rate")
    press(page, "button[value='4'], .rate-levels .button")
    expect(page.locator(".note-good")).to_be_visible()


def test_a_moderator_reads_and_shortlists_with_the_keyboard_alone(on_air: Gallery) -> None:
    page = on_air.visit(BY_NAME["console-planned"], first=DESK)
    press(page, "[data-lane=new] [data-list] > *")
    page.keyboard.press("j")
    row = page.locator("[data-list] > [aria-selected=true]")
    expect(row).to_be_focused()
    number = row.get_attribute("data-id")
    page.keyboard.press("s")
    expect(page.locator(f"[data-lane=shortlist] [data-id='{number}']")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(f"[data-lane=new] [data-id='{number}']")).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator("[data-help-dialog]")).to_be_visible()
    page.keyboard.press("Escape")


def test_an_officer_opens_a_case_and_writes_a_reply_with_the_keyboard_alone(gallery: Gallery) -> None:
    page = gallery.visit(BY_NAME["desk"], first=DESK)
    press(page, f".desk-table a[href$='{gallery.facts['working']}/']")
    expect(page.locator("h1")).to_have_text(gallery.facts["working"])
    field = page.locator("details[open] textarea").first
    if not field.is_visible():
        press(page, ".step summary")
    tab_to(page, "details[open] textarea")
    page.keyboard.type("路灯已经换好，请核实。")
    press(page, "details[open] form button")
    expect(page.locator(".timeline")).to_contain_text("路灯已经换好，请核实。")


NAMES = {
    "home": """
      - link "跳到正文"
      - banner:
        - link "直通车"
        - navigation "主导航":
          - link "首页"
          - link "回看"
          - link "我的问题"
        - button "大字"
        - button "朗读"
      - main:
        - region:
          - heading [level=1]
        - region "我的问题办到哪了":
          - heading [level=2]
          - paragraph:
            - link "查我的问题"
        - region "直播安排":
          - list:
            - listitem:
              - link
              - time
      - contentinfo
    """,
    "live-planned": """
      - main:
        - status
        - heading [level=1]
        - link "提问"
        - button "举手连线"
        - region "大家的问题":
          - list:
            - listitem:
              - button /我也想问/
    """,
    "cases-of-visitor": """
      - main:
        - heading "我的问题" [level=1]
        - paragraph:
          - link "手机号登录"
        - textbox "诉求编号"
        - textbox "查询码"
        - button "查询"
    """,
    "case-replied": """
      - main:
        - article:
          - heading [level=1]
          - region "办理期限"
          - heading "我的问题" [level=2]
          - heading "办理经过" [level=2]
          - list
    """,
    "stage-waiting": """
      - main:
        - heading "连线准备" [level=1]
        - status
    """,
    "console-planned": """
      - main:
        - heading [level=1]
        - list "运行状况"
        - region "台上"
        - searchbox "查找问题"
        - region /新问题/:
          - listbox /新问题/:
            - option
        - complementary "问题详情"
    """,
    "desk": """
      - main:
        - heading "办理台" [level=1]
        - navigation "列表"
        - search:
          - textbox "编号、村或事项"
          - combobox "状态"
          - button "筛选"
        - table:
          - rowgroup:
            - row:
              - columnheader "编号"
    """,
    "desk-case": """
      - main:
        - heading [level=1]
        - heading "诉求" [level=2]
        - heading "办理经过" [level=2]
        - list
        - complementary:
          - heading "可以做的" [level=2]
    """,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_reader_finds_its_way_by_names(gallery: Gallery, name: str) -> None:
    page = gallery.visit(BY_NAME[name], first=DESK)
    expect(page.locator("body")).to_match_aria_snapshot(NAMES[name], timeout=5_000)
