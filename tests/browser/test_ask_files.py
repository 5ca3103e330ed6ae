"""Photos and a spoken question, from a telephone into the case."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from portal.appeals.models import Appeal, Attachment
from tests.appeals.test_files import photo
from tests.browser.conftest import Site
from tests.browser.test_outbox import of, stored, write

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.ATTACHMENTS_DIR = tmp_path / "attachments"


def until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come true")


def choose(page: Page, *photos: bytes) -> None:
    files = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": data} for n, data in enumerate(photos)]
    page.locator("[data-photos]").set_input_files(files)  # type: ignore[arg-type]


def speak(page: Page, milliseconds: int = 1500) -> None:
    """Hold the button that long."""
    page.locator("[data-voice]").hover()
    page.mouse.down()
    expect(page.locator("[data-voice]")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(milliseconds)
    page.mouse.up()
    expect(page.locator("[data-voice]")).to_have_attribute("aria-pressed", "false")


def test_a_photo_and_a_spoken_question_come_into_the_case(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    choose(page, photo("SECRETPLACE"))
    rows = page.locator("[data-files-list] li")
    # Its row makes the dialog taller, and the button that is to be held moves.
    expect(rows).to_have_count(1)
    speak(page)
    expect(rows).to_have_count(2)
    page.reload()
    page.locator("[data-ask]").click()
    expect(rows).to_have_count(2)
    # Nothing is typed: the recording is the question.
    page.locator("[data-ask-next-button]").click()
    page.locator("dialog [name=village]").fill("石桥村")
    page.locator("[data-ask-next-button]").click()
    expect(page.locator("[data-step=received]")).to_be_visible()
    until(page, lambda: Attachment.objects.filter(in_case=True).count() == 2)
    appeal = Appeal.objects.latest("pk")
    assert appeal.original_text == "语音提问，请听录音。"
    page.goto(site.url(f"/cases/{appeal.number}/"))
    picture = page.locator(".photos img")
    picture.scroll_into_view_if_needed()
    until(page, lambda: bool(picture.evaluate("image => image.naturalWidth > 0")))
    sound = page.locator(".voice audio")
    sound.evaluate("audio => audio.play()")
    until(page, lambda: bool(sound.evaluate("audio => audio.currentTime > 0.2")))
    context.close()


def test_an_upload_that_breaks_off_goes_on_from_the_home_page(
    browser: Browser, site: Site, settings: Any
) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    sent: list[int] = []

    def cut(route: Any) -> None:
        size = len(route.request.post_data_buffer or b"")
        sent.append(size)
        if sum(sent) > 200_000:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/files/*/?*", cut)
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    choose(page, photo(), photo("another"), photo("third"))
    expect(page.locator("[data-files-list] li")).to_have_count(3)
    expect(page.locator("[data-photos-label]")).to_be_hidden()
    page.locator("[data-ask-close]").click()
    write(page)
    expect(page.locator("[data-step=received]")).to_be_visible()
    until(page, lambda: sum(sent) > 200_000)
    page.close()
    assert stored() == 1 and Attachment.objects.filter(in_case=True).count() < 3
    begun = dict(Attachment.objects.filter(in_case=False).values_list("uuid", "received"))
    again: list[int] = []
    page = context.new_page()

    def count(request: Any) -> None:
        if "/files/" in request.url:
            again.append(len(request.post_data_buffer or b""))

    page.on("request", count)
    page.goto(site.url("/"))
    until(page, lambda: Attachment.objects.filter(in_case=True).count() == 3)
    expect(page.locator("[data-files-line]")).to_be_hidden()
    total = sum(Attachment.objects.values_list("size", flat=True))
    # What had arrived is not sent a second time.
    assert sum(again) <= total - sum(begun.values()) and sum(begun.values()) > 0
    for row in Attachment.objects.all():
        with Image.open(settings.ATTACHMENTS_DIR / row.file) as kept:
            assert max(kept.size) <= 1600 and not kept.getexif()
    context.close()


def test_recording_works_by_keyboard_and_is_taken_back(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(f"{site.live}ask/"))
    expect(page.locator("[data-voice]")).to_be_visible()
    page.locator("[data-voice]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-voice]")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(1000)
    page.keyboard.press(" ")
    row = page.locator("[data-files-list] li")
    expect(row).to_have_count(1)
    until(page, lambda: Attachment.objects.count() == 1)
    row.get_by_role("button", name="移除提问的录音").click()
    expect(row).to_have_count(0)
    until(page, lambda: Attachment.objects.count() == 0)
    context.close()


def test_a_recording_that_a_reload_cuts_is_still_there(browser: Browser, site: Site) -> None:
    context = of(browser, site, site.cast.alice)
    page = context.new_page()
    page.goto(site.url(site.live))
    page.locator("[data-ask]").click()
    page.locator("[data-voice]").hover()
    page.mouse.down()
    expect(page.locator("[data-voice-words]")).to_contain_text("0:05", timeout=15_000)
    # Another tab with the same question: it is being recorded, not cut.
    other = context.new_page()
    other.goto(site.url(site.live))
    other.locator("[data-ask]").click()
    expect(other.locator("[data-voice]")).to_be_visible()
    other.wait_for_timeout(500)
    expect(other.locator("[data-files-status]")).to_be_empty()
    expect(other.locator("[data-files-list] audio")).to_have_count(0)
    other.close()
    page.bring_to_front()
    page.reload()
    page.mouse.up()
    page.locator("[data-ask]").click()
    expect(page.locator("[data-files-list] audio")).to_have_count(1)
    expect(page.locator("[data-files-status]")).to_contain_text("录音没有录完")
    page.locator("[data-ask-next-button]").click()
    page.locator("dialog [name=village]").fill("石桥村")
    page.locator("[data-ask-next-button]").click()
    expect(page.locator("[data-step=received]")).to_be_visible()
    until(page, lambda: Attachment.objects.filter(in_case=True, kind="voice").count() == 1)
    context.close()
