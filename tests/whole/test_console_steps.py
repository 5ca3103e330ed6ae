"""Every other step of the console in a real browser: undo, dialogs, order in the hall, the picture, the cut."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.whole.console import PATIENCE, READY, SET_UP, WORDS, Console, HeldRows, elsewhere
from tests.whole.county import County
from tests.whole.people import DESKTOP, Moderator

pytestmark = pytest.mark.browser


@pytest.fixture
def console(county: County, playwright: Playwright) -> Iterator[Console]:
    session = int(county.shell(SET_UP).splitlines()[-1])
    bob = Moderator(playwright, county.url, DESKTOP)
    bob.page.set_default_timeout(PATIENCE)
    bob.log_in("bob")
    bob.open_console(session)
    yield Console(bob, county, session)
    bob.close()


def undone_is_as_it_was(console: Console) -> None:
    """By key and by button; the wall as well as the lane, which only the house knows for certain."""
    page = console.page
    for key, lane in (("v", "new"), ("s", "shortlist"), ("c", "stage")):
        console.pick("undone")
        page.keyboard.press(key)
        console.stands_in(lane, "undone")
        if key == "v":
            expect(console.badge("已上墙")).to_be_visible(timeout=PATIENCE)
        if key == "s":
            page.locator("[data-staff-toasts] button").first.click()
        else:
            page.keyboard.press("z")
        console.stands_in("new", "undone")
        console.pick("undone")
        expect(console.badge("已上墙")).to_be_hidden(timeout=PATIENCE)
    assert console.facts()["places"][WORDS["undone"]][:2] == ["new", "received"]


def four_ways_back_are_kept(console: Console) -> None:
    page = console.page
    for name in ("undone", "read", "same"):
        console.pick(name)
        page.keyboard.press("s")
        console.stands_in("shortlist", name)
    expect(page.locator("[data-staff-toasts] button")).to_have_count(3)
    expect(page.locator("[data-stage-queue-count]")).to_have_text("3", timeout=PATIENCE)
    for name in ("same", "read", "undone"):
        page.keyboard.press("z")
        console.stands_in("new", name)
    expect(page.locator("[data-staff-toasts] button")).to_have_count(0)


def hiding_asks_for_a_reason(console: Console) -> None:
    console.pick("hidden")
    console.page.keyboard.press("h")
    dialog = console.page.locator("[data-hide-dialog]")
    expect(dialog).to_be_visible()
    dialog.locator("[data-reason-text]").fill("指名道姓")
    dialog.locator("[data-back]").click()
    expect(dialog).to_be_hidden()
    console.page.keyboard.press("h")
    expect(dialog.locator("[data-reason-text]")).to_have_value("指名道姓")
    dialog.locator("[data-reason-text]").press("Enter")
    console.stands_in("done", "hidden")
    console.pick("hidden")
    expect(console.page.locator("[data-d-history]")).to_contain_text("指名道姓", timeout=PATIENCE)


def a_refused_reason_is_still_there(console: Console, other: Page) -> None:
    """The other screen was faster: what was written is there when the question can be hidden again."""
    page, dialog = console.page, console.page.locator("[data-hide-dialog]")
    console.pick("twice")
    page.keyboard.press("h")
    dialog.locator("[data-reason-text]").fill("照片里有人脸")
    other.locator("[data-list] > *", has_text=WORDS["twice"]).first.click()
    other.keyboard.press("h")
    other.locator("[data-hide-dialog] button[value=yes]").click()
    expect(other.locator("[data-lane=done]")).to_contain_text(WORDS["twice"], timeout=PATIENCE)
    dialog.locator("button[value=yes]").click()
    console.told("已经是未公开")
    console.stands_in("done", "twice")
    console.pick("twice")
    page.keyboard.press("h")
    console.stands_in("new", "twice")
    console.pick("twice")
    page.keyboard.press("h")
    expect(dialog.locator("[data-reason-text]")).to_have_value("照片里有人脸")
    page.keyboard.press("Escape")


def half_an_answer_outlives_a_reload(console: Console) -> None:
    page = console.page
    console.pick("written")
    page.keyboard.press("w")
    expect(page.locator("[data-written]")).to_be_focused()
    page.keyboard.type("多收的下月")
    page.reload()
    console.pick("written")
    expect(page.locator("[data-written]")).to_have_value("多收的下月")
    page.locator("[data-written]").press("End")
    page.keyboard.type("退还。")
    page.locator("[data-written-save]").click()
    console.told("书面答复已发出")
    console.stands_in("done", "written")
    kept = page.evaluate("Object.entries(sessionStorage).filter(([key]) => key.includes('drafts'))")
    assert [json.loads(value) for _key, value in kept] == [[]]


def done_and_joined(console: Console) -> None:
    page = console.page
    console.pick("done")
    page.keyboard.press("d")
    console.stands_in("done", "done")
    console.pick("same")
    page.locator("[data-same-search]").fill(WORDS["root"])
    page.locator("[data-d-similar] [data-same]").first.click()
    console.stands_in("done", "same")
    console.pick("same")
    expect(page.locator("[data-d-similar]")).to_contain_text("已归并到", timeout=PATIENCE)


def order_is_kept(console: Console) -> None:
    page, note = console.page, console.page.locator("[data-desk-note]")
    console.bob.pick("反复发同样的话")
    page.locator("[data-block]").click()
    page.locator("[data-block-dialog] [data-reason-text]").press("Enter")
    console.told("已禁言")
    page.keyboard.press("b")
    page.locator("[data-blocks] [data-lift]").click()
    expect(note).to_contain_text("禁言已解除", timeout=PATIENCE)
    expect(page.locator("[data-blocks-empty]")).to_be_visible()
    page.locator("[data-slow]").select_option("60")
    expect(note).to_contain_text("慢速提问已开", timeout=PATIENCE)
    page.keyboard.press("Escape")


def new_ones_wait_behind_the_pill(console: Console, other: Page) -> None:
    page = console.page
    console.pick("read")
    place = page.locator("[data-list] [aria-selected=true]").bounding_box()
    other.keyboard.press("n")
    other.locator("#take-text").fill("路边的树挡住红绿灯")
    other.locator("[data-take-form] button:not([type])").click()
    pill = page.locator("[data-lane=new] [data-pill]")
    expect(pill).to_be_visible(timeout=PATIENCE)
    expect(pill).to_contain_text("1")
    assert page.locator("[data-list] [aria-selected=true]").bounding_box() == place
    pill.click()
    expect(page.locator("[data-d-text]")).to_contain_text("挡住红绿灯")
    expect(pill).to_be_hidden()


def a_department_is_invited(console: Console) -> None:
    """Without leaving the console."""
    page = console.page
    page.locator("[data-invite]").click()
    page.locator("#invite-unit").select_option(index=1)
    page.locator("#invite-name").fill("水利局 王敏")
    page.locator("#invite-name").press("Enter")
    expect(page.locator("[data-invite-link]")).to_have_value(
        re.compile(rf"/live/{console.session}/join/.+/"), timeout=PATIENCE
    )
    expect(page.locator("[data-invite-note]")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator("[data-invite-dialog]")).to_be_hidden()


def letters_do_nothing_when_switched_off(console: Console) -> None:
    page, switch = console.page, console.page.locator("[data-keys-switch]")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    console.pick("read")
    page.keyboard.press("d")
    page.keyboard.press("h")
    expect(page.locator("[data-hide-dialog]")).to_be_hidden()
    console.stands_in("new", "read")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")


def only_elsewhere_is_the_clock_named(console: Console, other: Page) -> None:
    expect(other.locator("[data-zone]")).to_have_text("时间均为北京时间。")
    expect(console.page.locator("[data-zone]")).to_be_hidden()


def the_broadcast_begins(console: Console) -> None:
    page = console.page
    page.locator("[data-session=go_live]").click()
    page.locator("[data-begin-dialog] button[value=yes]").click()
    expect(page.locator("[data-state]")).to_have_text("直播中", timeout=PATIENCE)
    expect(page.locator("[data-light=recording]")).to_have_attribute("data-level", "good", timeout=PATIENCE)


def the_picture_is_laid_out(console: Console) -> None:
    page = console.page
    for name in ("side", "pip", "full"):
        page.locator(f"button[data-layout={name}]").click()
        expect(page.locator(f"button[data-layout={name}]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-preview]")).to_have_attribute("data-layout", name)


def who_is_ready_since_a_moment_is_put_on(console: Console) -> None:
    """The row still says that they were called: that is not what the house knows."""
    page = console.page
    console.bob.row("举手").click()
    page.keyboard.press("c")
    expect(page.locator("[data-stage-guest]")).to_contain_text("已呼叫", timeout=PATIENCE)
    page.keyboard.press("3")
    page.keyboard.press("p")
    console.told("问题现在是“已呼叫”，不能这样做。")
    console.county.shell(READY.format(session=console.session))
    expect(console.badge("已呼叫")).to_be_visible()
    page.keyboard.press("p")
    expect(console.badge("在台上")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("t")
    expect(page.locator("[data-stage-guest]")).to_contain_text("无人", timeout=PATIENCE)


def what_must_not_go_out_is_cut(console: Console) -> None:
    page, note = console.page, console.page.locator("[data-cut-note]")
    expect(note).to_contain_text("没有延时")
    page.locator("[data-delay]").check()
    expect(note).to_contain_text("晚 20 秒", timeout=PATIENCE)
    page.keyboard.press("Escape")
    console.pick("read")
    page.keyboard.press("x")
    expect(page.locator("[data-cut]")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    expect(note).to_contain_text("实时观众仍看到现场")
    page.locator(".stage-cut [data-session=pause]").click()
    expect(note).to_contain_text("直播也已暂停", timeout=PATIENCE)
    page.locator(".stage-cut [data-session=resume]").click()
    expect(page.locator("[data-state]")).to_have_text("直播中", timeout=PATIENCE)
    page.locator("[data-cut]").click()
    expect(page.locator("[data-cut]")).to_have_attribute("aria-pressed", "false", timeout=PATIENCE)
    expect(page.locator("[data-cuts] li")).to_have_count(1)


def a_promise_is_noted(console: Console) -> None:
    page = console.page
    console.pick("read")
    page.keyboard.press("u")
    page.keyboard.type("周末有人值班")
    page.locator("[data-promise-unit]").select_option(index=1)
    page.locator("[data-promise-form] button").click()
    console.told("承诺已记下")


def an_answer_ends_though_its_row_is_still_on_its_way(console: Console) -> None:
    """A console that has just been opened: the key is pressed before the rows have come."""
    page = console.page
    console.pick("undone")
    page.keyboard.press("o")
    expect(page.locator("[data-answer][data-on]")).to_be_visible(timeout=PATIENCE)
    rows = HeldRows(page)
    page.reload()
    expect(page.locator("[data-light=link][data-level=good]")).to_be_visible(timeout=PATIENCE)
    rows.wait()
    page.keyboard.press("e")
    assert not page.locator("[data-list] > *").count()
    rows.let_go()
    console.stands_in("done", "undone")


def test_what_a_moderator_presses_is_what_the_house_writes(console: Console) -> None:
    undone_is_as_it_was(console)
    four_ways_back_are_kept(console)
    hiding_asks_for_a_reason(console)
    half_an_answer_outlives_a_reload(console)
    done_and_joined(console)
    order_is_kept(console)
    a_department_is_invited(console)
    other = elsewhere(console)
    only_elsewhere_is_the_clock_named(console, other)
    a_refused_reason_is_still_there(console, other)
    new_ones_wait_behind_the_pill(console, other)
    other.close()
    letters_do_nothing_when_switched_off(console)
    the_broadcast_begins(console)
    the_picture_is_laid_out(console)
    who_is_ready_since_a_moment_is_put_on(console)
    what_must_not_go_out_is_cut(console)
    a_promise_is_noted(console)
    an_answer_ends_though_its_row_is_still_on_its_way(console)
    facts = console.facts()
    places = {name: facts["places"][words] for name, words in WORDS.items()}
    assert places["hidden"][1] == "hidden" and places["hidden"][2].endswith("指名道姓")
    assert places["written"] == ["done", "answered", "", "多收的下月退还。"]
    assert places["done"][0] == "done" and places["read"][0] == "new"
    assert facts["joined"] == [WORDS["same"]]
    assert (facts["slow"], facts["delay"], facts["blocks"], facts["cuts"]) == (60, 20, [True], 1)
    assert facts["promises"] == ["周末有人值班"]
    assert console.bob.faults() == []
