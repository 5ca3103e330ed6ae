"""The console of a crew of one, in a real browser with three hundred questions, by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.whole.conftest import PICTURES
from tests.whole.county import County
from tests.whole.people import DESKTOP, Moderator, Someone

pytestmark = pytest.mark.browser
PATIENCE = 60_000

THREE_HUNDRED = """
from uuid import uuid4
from django.db import transaction
from portal.live.models import LiveSession
from portal.people.models import Contact, Person, Role
from portal.questions.actions import Told, take_down
session = LiveSession.objects.filter(state="planned").order_by("starts_at").first()
bob = Person.objects.get(username="bob")
ben = Person.objects.create_user("ben", password="direct-train-demo", shown_name="Ben", is_staff=True)
Role.objects.create(person=ben, kind="moderator")
session.moderators.set([bob, ben])
with transaction.atomic():  # one commit: three hundred of them take a slow disk minutes
    for number in range(300):
        words = f"村口的路灯坏了，在{number}号杆" if number % 3 else f"请打13800000011，水管{number}漏了"
        take_down(bob, session.pk, uuid4(), Told("letter", words, "柳湾村"))
print(session.pk)
"""


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def selected(page: Page) -> str:
    return page.locator("[data-list] [aria-selected=true]").get_attribute("data-id") or ""


def count(page: Page, lane: str) -> int:
    return int(page.locator(f"[data-lane={lane}] [data-count]").inner_text())


def counts(page: Page, lane: str, wanted: int) -> None:
    expect(page.locator(f"[data-lane={lane}] [data-count]")).to_have_text(str(wanted), timeout=PATIENCE)


def opened(playwright: Playwright, county: County, name: str, session: int) -> Moderator:
    person = Moderator(playwright, county.url, DESKTOP)
    # Two consoles open at once, each with its three hundred rows.
    person.page.set_default_timeout(120_000)
    person.log_in(name)
    person.open_console(session)
    expect(person.page.locator("[data-lane=new] [data-count]")).to_have_text(
        re.compile(r"^3\d\d$"), timeout=PATIENCE
    )
    return person


def claims_are_seen(bob: Page, ben: Page) -> None:
    """Ben stays on a row: Bob sees it; what one has moved the other is refused, with what happened."""
    press(bob, "j")
    press(ben, "j", "j", "j")
    row = bob.locator(f"[data-id='{selected(ben)}']")
    expect(row).to_contain_text("Ben", timeout=PATIENCE)
    press(bob, "j", "j")
    expect(bob.locator("[data-d-claimed]")).to_contain_text("Ben")


def several_are_joined_and_parted(page: Page) -> None:
    done = count(page, "done")
    press(page, "1", "j", "m", "j", "m", "j", "y")
    counts(page, "done", done + 2)
    expect(page.locator("[data-marks]")).to_be_hidden()
    press(page, "z")
    counts(page, "done", done)


def personal_data_is_looked_at_first(page: Page) -> None:
    page.locator("[data-list] > *", has_text="请打138").first.click()
    expect(page.locator("[data-d-text] mark")).to_contain_text("13800000011")
    press(page, "v")
    text = page.locator("[data-public-text]")
    expect(text).to_be_focused()
    expect(text).to_have_value(
        "请打138****0011，" + (page.locator("[data-d-text]").inner_text().split("，", 1)[1])
    )
    press(page, "Escape")
    expect(page.locator("[data-d-badges]")).not_to_contain_text("已上墙")
    press(page, "v")
    text.fill("水管漏了")
    press(page, "Tab", "Tab", "Enter")
    expect(page.locator("[data-d-badges]")).to_contain_text("已上墙", timeout=PATIENCE)
    expect(page.locator("[data-d-public]")).to_contain_text("水管漏了")


def a_key_is_changed(page: Page) -> None:
    press(page, "?")
    page.locator("[data-rebind=take_down]").focus()
    press(page, "Enter", "q")
    expect(page.locator("[data-rebind=take_down]")).to_have_text("Q")
    press(page, "Escape")
    expect(page.locator("kbd[data-key=take_down]").first).to_have_text("Q")
    press(page, "n")
    expect(page.locator("[data-take-dialog]")).to_be_hidden()
    press(page, "q")
    expect(page.locator("[name=text]")).to_be_focused()


def a_caller_is_typed_in(page: Page) -> None:
    new = count(page, "new")
    page.keyboard.type("桥面裂了一道缝")
    press(page, "Tab")
    page.keyboard.type("王二")
    press(page, "Tab")
    page.keyboard.type("石桥村")
    press(page, "Tab")
    page.keyboard.type("12")
    press(page, "Enter")
    expect(page.locator("[data-take-note]")).to_have_class("field-error", timeout=PATIENCE)
    expect(page.locator("[name=text]")).to_have_value("桥面裂了一道缝")
    page.locator("[name=phone]").fill("13800000077")
    press(page, "Enter")
    expect(page.locator("[data-take-note]")).to_contain_text("未核实", timeout=PATIENCE)
    press(page, "Escape")
    counts(page, "new", new + 1)


def the_running_order_has_times(page: Page) -> None:
    press(page, "r")
    page.locator("[data-order-rows] input").first.fill("开场")
    press(page, "Enter")
    expect(page.locator("[data-order-dialog]")).to_be_hidden(timeout=PATIENCE)
    expect(page.locator("[data-order-line]")).to_contain_text("开场")


def the_overlay_shows_the_queue(playwright: Playwright, county: County, page: Page) -> None:
    press(page, "b")
    address = page.locator("[data-overlay]").input_value()
    press(page, "Escape")
    press(page, "1", "s")
    mixer = Someone(playwright, county.url, {"width": 1280, "height": 720})
    mixer.page.goto(address)
    expect(mixer.page.locator("[data-queue]")).to_be_visible(timeout=PATIENCE)
    ground = mixer.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground in ("rgba(0, 0, 0, 0)", "transparent")
    mixer.photograph(PICTURES, "overlay-desktop")
    assert not mixer.faults()
    mixer.close()


def test_three_hundred_questions_by_keyboard_alone(county: County, playwright: Playwright) -> None:
    session = int(county.shell(THREE_HUNDRED).splitlines()[-1])
    bob, ben = (opened(playwright, county, name, session) for name in ("bob", "ben"))
    try:
        claims_are_seen(bob.page, ben.page)
        several_are_joined_and_parted(bob.page)
        personal_data_is_looked_at_first(bob.page)
        a_key_is_changed(bob.page)
        a_caller_is_typed_in(bob.page)
        the_running_order_has_times(bob.page)
        the_overlay_shows_the_queue(playwright, county, bob.page)
        bob.photograph(PICTURES, "console-full-desktop")
        # The number that cannot be one was refused, as it should be.
        assert [fault for fault in bob.faults() if "400 (Bad Request)" not in fault] == []
        assert not ben.faults()
    finally:
        bob.close()
        ben.close()
