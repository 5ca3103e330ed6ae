"""A phone as it comes: the browser lets no page make a sound before its owner has touched it."""

import pytest
from playwright.sync_api import Playwright, expect

from tests.whole.county import County
from tests.whole.evening import until
from tests.whole.people import PHONE, Citizen

pytestmark = pytest.mark.browser

HEARD = "video => !video.paused && !video.muted && video.volume === 1"


def test_the_picture_comes_by_itself_and_one_tap_brings_the_sound(
    county: County, broadcast: int, playwright: Playwright
) -> None:
    alice = Citizen(playwright, county.url, PHONE, flags=())
    try:
        alice.watch(broadcast)
        alice.picture_moves("[data-main]")
        player, button = alice.page.locator("[data-main]"), alice.page.locator("[data-sound]")
        expect(button).to_be_visible()
        assert not player.evaluate(HEARD)
        button.click()
        expect(button).to_be_hidden()
        assert player.evaluate(HEARD)
        # The leader has pauses between two sentences.
        until(lambda: alice.loudness("[data-main]", 2) > 0.01, 40, "sound")
        alice.picture_moves("[data-main]")
        assert player.evaluate(HEARD)
        assert alice.faults() == []
    finally:
        alice.close()
