"""For eyes that are tired: pages read aloud, captions in three sizes."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Debian's Chromium has no voices: what would be spoken is written down, and each piece ends at once.
LISTENS = """
window.heard = [];
speechSynthesis.speak = (words) => { heard.push([words.lang, words.text]); setTimeout(() => words.onend?.(), 5); };
"""


def test_the_page_is_read_from_top_to_bottom_and_stops_when_asked(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    context.add_init_script(LISTENS)
    page = context.new_page()
    page.goto(site.url(site.live))
    button = page.locator(".top [data-read]")
    button.click()
    page.wait_for_function("() => heard.length > 5")
    expect(button).to_have_attribute("aria-pressed", "false", timeout=20_000)
    heard: list[list[str]] = page.evaluate("heard")
    said = [text for _lang, text in heard]
    assert {lang for lang, _text in heard} == {"zh-CN"}
    assert any("今晚直播" in text for text in said)
    assert sum("路灯坏了三盏" in text for text in said) == 1
    page.evaluate("speechSynthesis.speak = () => {}")
    button.click()
    expect(page.locator(".is-read")).to_have_count(1)
    button.click()
    expect(page.locator(".is-read")).to_have_count(0)
    context.close()


def test_who_asks_hears_the_dialog_and_makes_it_large(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    context.add_init_script(LISTENS)
    page = context.new_page()
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    button = page.locator("dialog [data-read]")
    button.click()
    page.wait_for_function("() => heard.length > 2")
    expect(button).to_have_attribute("aria-pressed", "false", timeout=20_000)
    said: list[str] = page.evaluate("heard.map(([, text]) => text)")
    assert any("您想问什么" in text for text in said)
    assert not any("今晚直播" in text or "手机号码" in text for text in said)
    page.locator("dialog [data-print-switch]").click()
    expect(page.locator("html")).to_have_attribute("data-print", "large")
    expect(page.locator("dialog [data-print-switch]")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_captions_grow_and_stay_so(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(site.url(site.live))
    size = "element => [parseFloat(getComputedStyle(element).fontSize), element.clientHeight]"
    before = page.locator("[data-captions]").evaluate(size)
    button = page.locator("[data-caption-size]")
    button.click()
    expect(button).to_have_text("字幕：大")
    page.reload()
    expect(button).to_have_text("字幕：大")
    after = page.locator("[data-captions]").evaluate(size)
    # The room for two lines grows along, before a word is said.
    assert after[0] > before[0] * 1.25 and after[1] > before[1] * 1.2
    button.click()
    button.click()
    expect(button).to_have_text("字幕：中")
    context.close()
