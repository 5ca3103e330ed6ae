"""The main paths without a mouse, and the names by which a screen reader finds its way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.gallery.evening import ANOTHER_VILLAGE
from tests.gallery.gallery import PICTURES, Gallery
from tests.gallery.keyboard import press, tab_to
from tests.gallery.names import NAMES, RATE
from tests.gallery.places import LIVE_READY, ON_AIR, PLANNED, Place
from tests.gallery.targets import FINGER, SMALL
from tests.whole.people import code_in

pytestmark = pytest.mark.browser
BY_NAME = {place.name: place for place in (*PLANNED, *ON_AIR)}
DESK = PICTURES[-2]
ASK_DIALOG = """
- dialog "提问":
  - heading "提问" [level=2]
  - button "关闭"
  - textbox "您想问什么？"
  - button "下一步"
"""


def fresh(gallery: Gallery, name: str, who: str | None = None) -> Page:
    place = BY_NAME[name]
    return gallery.visit(Place(place.name, place.path, who or place.who, place.ready))


def test_a_visitor_asks_and_proves_the_number_with_the_keyboard_alone(on_air: Gallery) -> None:
    page = fresh(on_air, "live", "newcomer")
    page.locator(LIVE_READY).wait_for()
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    press(page, "[data-ask]")
    expect(page.locator("body")).to_match_aria_snapshot(ASK_DIALOG)
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
    expect(page.locator("body")).to_match_aria_snapshot(RATE)
    press(page, "button[value='4'], .rate-levels .button")
    expect(page.locator(".note-good")).to_be_visible()
    press(page, "details summary")
    tab_to(page, "[name=again-reason]")
    page.keyboard.type("路灯亮了一晚又坏了。")
    press(page, "[name=reopen]")
    expect(page.locator("h1 + p")).to_contain_text("第 2 轮")


def test_a_citizen_logs_in_and_raises_a_hand_with_the_keyboard_alone(gallery: Gallery) -> None:
    phone = "13733334444"
    page = fresh(gallery, "login", "comer")
    tab_to(page, "[name=phone]")
    page.keyboard.type(phone)
    press(page, "button[formaction]")
    expect(page.locator(".note-good")).to_be_visible()
    tab_to(page, "[name=code]")
    page.keyboard.type(code_in(gallery.county.log, phone))
    page.keyboard.press("Tab")
    page.keyboard.type("何小雨")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("我的问题")
    page = fresh(gallery, "live-planned", "comer")
    page.locator(LIVE_READY).wait_for()
    press(page, "[data-hand]")
    expect(page.locator("#ask-village")).to_be_focused()
    page.keyboard.type(ANOTHER_VILLAGE)
    press(page, "[data-ask-next-button]")
    expect(page.locator("[data-step=received]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_citizen_is_reminded_and_writes_to_the_board_with_the_keyboard_alone(gallery: Gallery) -> None:
    page = fresh(gallery, "calendar", "alice")
    press(page, "[data-remind] button")
    expect(page.locator("[data-remind] button").first).to_contain_text("会提醒我")
    page = fresh(gallery, "board-write")
    tab_to(page, "[name=text]")
    page.keyboard.type("文化站的门几时开？")
    tab_to(page, "[name=village]")
    page.keyboard.press("Control+a")
    page.keyboard.type("石桥村")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(re.compile(r"\d{8}-\d{4}"))


def test_a_visitor_searches_the_replays_with_the_keyboard_alone(gallery: Gallery) -> None:
    page = fresh(gallery, "replays")
    tab_to(page, "[name=q]")
    page.keyboard.type("水")
    page.keyboard.press("Enter")
    expect(page.locator("#answers")).to_be_visible()
    press(page, "main li a")
    expect(page).to_have_url(re.compile("/replay/"))


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


@pytest.mark.parametrize("name", NAMES)
def test_a_screen_reader_finds_its_way_by_names(gallery: Gallery, name: str) -> None:
    page = gallery.visit(BY_NAME[name], first=DESK)
    expect(page.locator("body")).to_match_aria_snapshot(NAMES[name], timeout=5_000)


def test_on_a_tablet_every_target_of_the_console_is_as_wide_as_a_finger(gallery: Gallery) -> None:
    place, county = BY_NAME["console-planned"], gallery.county
    tablet = gallery.browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 1024, "height": 768}, service_workers="block"
    )
    tablet.add_cookies([{"name": "sessionid", "value": gallery.facts["session.bob"], "url": county.url}])
    page = tablet.new_page()
    page.goto(county.url + place.path.format(**gallery.facts))
    page.locator("[data-list] > *").first.tap()
    expect(page.locator("[data-details-body]")).to_be_visible()
    assert not page.evaluate(SMALL, FINGER)
    tablet.close()
