"""Every page: photographed at two widths in light and dark; without a fault on a phone by day, a desk by night."""

import pytest
from playwright.sync_api import Page, expect

from tests.gallery import evening
from tests.gallery.gallery import PICTURES, SOME_MODES, Gallery
from tests.gallery.places import ON_AIR, PAUSED, PLANNED

pytestmark = pytest.mark.browser
NIGHT = PICTURES[-1]
# Who opens it with what; a row of the console is picked.
DIALOGS = (
    ("bob", ".details [data-act=hide]", "hide-dialog"),
    ("bob", "[data-block]", "block-dialog"),
    ("bob", "[data-take]", "take-dialog"),
    ("bob", "[data-order]", "order-dialog"),
    ("bob", "[data-desk]", "desk-dialog"),
    ("lin", "[data-end]", "confirm"),
    ("lin", "[data-devices-open]", "devices-dialog"),
    ("lin", "[data-share-open]", "share-dialog"),
)


def test_pages_before_the_broadcast(gallery: Gallery) -> None:
    assert not (found := gallery.look(PLANNED)), "\n".join(found)


def test_pages_before_the_broadcast_fit_a_small_phone_in_large_english(gallery: Gallery) -> None:
    assert not (found := gallery.measure(PLANNED)), "\n".join(found)


def test_pages_on_air(on_air: Gallery) -> None:
    assert not (found := on_air.look(ON_AIR)), "\n".join(found)


def test_pages_on_air_fit_a_small_phone_in_large_english(on_air: Gallery) -> None:
    assert not (found := on_air.measure(ON_AIR)), "\n".join(found)


def what_a_leader_must_scroll_for(studio: Page) -> list[str]:
    """On air everything is touched where it stands, on a laptop and on a tablet that lies."""
    found = []
    for width, height in ((1440, 900), (1366, 768), (1024, 768)):
        studio.set_viewport_size({"width": width, "height": height})
        tall = studio.evaluate("document.documentElement.scrollHeight")
        if tall > height:
            found.append(f"studio {width}: {tall} px high instead of {height}")
    return found


def test_pages_of_those_on_stage(on_air: Gallery) -> None:
    evening.on_stage(on_air)
    studio = on_air.page("lin")
    for page in (studio, on_air.page("bob")):
        page.locator("[data-programme-switch]").click()
        page.wait_for_function("() => document.querySelector('[data-programme-video]').currentTime > 0.5")
    found = what_a_leader_must_scroll_for(studio)
    for who, name in (("lin", "studio-on-air"), ("alice", "stage-on-air"), ("bob", "console-with-guest")):
        page = on_air.page(who)
        on_air.photograph(page, name)
        found += on_air.faults(page, name, SOME_MODES)
    assert not found, "\n".join(found)


def test_dialogs_of_studio_and_console(on_air: Gallery) -> None:
    found = []
    for who, opener, dialog in DIALOGS:
        page = on_air.page(who)
        on_air.put_on(page, NIGHT)
        page.locator(opener).click()
        expect(page.locator(f"[data-{dialog}][open]")).to_be_visible()
        on_air.photograph(page, dialog, [NIGHT])
        found += on_air.faults(page, dialog, [NIGHT])
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
    assert not found, "\n".join(found)


def test_pages_of_a_pause(on_air: Gallery) -> None:
    studio = on_air.page("lin")
    studio.locator("[data-pause]").click()
    expect(studio.locator("[data-studio][data-phase=paused]")).to_be_visible()
    on_air.photograph(studio, "studio-paused", [NIGHT])
    found = on_air.faults(studio, "studio-paused", [NIGHT]) + on_air.look([PAUSED])
    studio.locator("[data-resume]").click()
    expect(studio.locator("[data-studio][data-phase=live]")).to_be_visible()
    assert not found, "\n".join(found)
