"""Those on stage without a mouse: the leader goes live, the moderator calls, the citizen comes and hangs up."""

import pytest
from playwright.sync_api import Page, expect

from tests.gallery.evening import ANOTHER_VILLAGE
from tests.gallery.gallery import PICTURES, Gallery
from tests.gallery.keyboard import press, tab_to
from tests.gallery.places import ON_AIR, PLANNED, Place

pytestmark = pytest.mark.browser
BY_NAME = {place.name: place for place in (*PLANNED, *ON_AIR)}
DESK = PICTURES[-2]
LOUDEST = """async () => { let loudest = 0; const end = performance.now() + 3000;
    while (performance.now() < end) {
        loudest = Math.max(loudest, document.querySelector("[data-level-on]").value);
        await new Promise(requestAnimationFrame);
    }
    return loudest; }"""


def closes_the_microphone_and_it_stays_closed(guest: Page) -> None:
    """Chromium's own microphone beeps twice a second."""
    press(guest, "[data-mute]")
    guest.reload()
    expect(guest.locator("[data-part=on]")).to_be_visible(timeout=30_000)
    expect(guest.locator("[data-mute]")).to_contain_text("麦克风已关")
    assert guest.evaluate(LOUDEST) == 0
    press(guest, "[data-mute]")
    assert guest.evaluate(LOUDEST) > 0


def test_leader_and_citizen_meet_on_air_with_the_keyboard_alone(ended: Gallery) -> None:
    """A broadcast of its own: go live, call up, check, on air, hang up, end."""
    studio = ended.visit(Place("studio", "/live/{planned}/studio/", "chen", "[data-studio]"), first=DESK)
    expect(studio.locator("[data-go]")).to_be_enabled(timeout=30_000)
    press(studio, "[data-go]")
    press(studio, "[data-confirm-yes]")
    expect(studio.locator("[data-studio][data-phase=live]")).to_be_visible(timeout=30_000)
    console = ended.visit(BY_NAME["console-planned"], first=DESK)
    # The rows come over the socket, maybe after the page.
    console.locator("[data-list] > *").first.wait_for()
    tab_to(console, "[data-list] > *")
    console.keyboard.press("1")
    chosen = console.locator("[data-lane=new] [data-list] > [aria-selected=true]")
    for _each in range(12):
        if chosen.filter(has_text="举手").filter(has_not_text=ANOTHER_VILLAGE).count():
            break
        console.keyboard.press("j")
    console.keyboard.press("c")
    guest = ended.visit(BY_NAME["stage-waiting"])
    expect(guest.locator("[data-check]")).to_be_visible(timeout=20_000)
    press(guest, "[data-check]")
    # Shown, not only enabled: until the camera is open a Tab would still walk through what is about to be hidden.
    expect(guest.locator("[data-ready]")).to_be_visible(timeout=30_000)
    press(guest, "[data-ready]")
    expect(console.locator("[data-guest-on]")).to_be_visible(timeout=30_000)
    console.keyboard.press("3")
    expect(console.locator("[data-lane=stage] [data-list] > [aria-selected=true]")).to_be_focused()
    # Not only being checked: the row on the console has heard of it.
    expect(
        console.locator("[data-lane=stage] [data-list] > [aria-selected=true] .badge-good")
    ).to_be_visible()
    console.keyboard.press("p")
    expect(guest.locator("[data-part=on]")).to_be_visible(timeout=30_000)
    closes_the_microphone_and_it_stays_closed(guest)
    press(guest, "[data-part=on] [data-hang]")
    expect(guest.locator("[data-part=over]")).to_be_visible(timeout=20_000)
    press(studio, "[data-end]")
    press(studio, "[data-confirm-yes]")
    expect(studio.locator("[data-over]")).to_be_visible(timeout=30_000)
