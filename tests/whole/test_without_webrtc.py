"""Browsers in which WebRTC is there in name only, or late: the picture comes over HLS by itself."""

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.whole.county import County
from tests.whole.people import PHONE, Citizen

pytestmark = pytest.mark.browser

THROWS = "window.RTCPeerConnection = class { constructor() { throw new DOMException('off', 'NotSupportedError'); } };"
# Port 9 answers nobody: what a network does that swallows UDP.
SWALLOWS = """window.RTCPeerConnection = class extends RTCPeerConnection {
    setRemoteDescription({ type, sdp }) {
        return super.setRemoteDescription({ type, sdp: sdp.replace(/^(a=candidate:(?:\\S+ ){5})\\d+/gm, "$19") });
    }
};"""
SLOW = """window.RTCPeerConnection = class extends RTCPeerConnection {
    async setRemoteDescription(description) {
        await new Promise((resolve) => setTimeout(resolve, 6000));
        return super.setRemoteDescription(description);
    }
};"""


def watched(citizen: Citizen, session: int, script: str) -> Page:
    page = citizen.context.new_page()
    page.add_init_script(script)
    page.goto(f"{citizen.url}/live/{session}/", wait_until="domcontentloaded")
    return page


def comes_over(page: Page, word: str) -> None:
    expect(page.locator(f"[data-line][data-word={word}]")).to_be_visible(timeout=30_000)
    page.wait_for_function("() => document.querySelector('[data-main]').readyState >= 3")


def test_the_picture_comes_over_hls_where_webrtc_does_not_work(
    county: County, broadcast: int, playwright: Playwright
) -> None:
    alice = Citizen(playwright, county.url, PHONE)
    try:
        for script in (THROWS, SWALLOWS):
            page = watched(alice, broadcast, script)
            comes_over(page, "delayed")
            assert page.evaluate("() => document.querySelector('[data-main]').srcObject === null")
            page.close()
        page = watched(alice, broadcast, SLOW)
        comes_over(page, "delayed")
        comes_over(page, "good")
        assert page.evaluate("() => document.querySelector('[data-main]').srcObject !== null")
        before = page.evaluate("() => document.querySelector('[data-main]').currentTime")
        page.wait_for_function(
            "(before) => document.querySelector('[data-main]').currentTime > before + 1", arg=before
        )
    finally:
        alice.close()


def test_who_comes_late_watches_from_the_start_while_it_goes_on(
    county: County, broadcast: int, playwright: Playwright
) -> None:
    alice = Citizen(playwright, county.url, PHONE)
    try:
        page = watched(alice, broadcast, "")
        comes_over(page, "good")
        # So much has been recorded that its beginning is not the present.
        page.wait_for_timeout(8_000)
        page.locator("[data-rewind]").click()
        page.wait_for_function(
            "() => document.querySelector('[data-video]')?.readyState >= 3", timeout=20_000
        )
        here, end = page.locator("[data-video]").evaluate(
            "(video) => [video.currentTime, video.seekable.end(0)]"
        )
        assert here < 2
        assert end > 6
        page.get_by_role("link", name="去看直播").click()
        comes_over(page, "good")
    finally:
        alice.close()
