"""hls.js in Debian's Chromium plays over what was cut: a slate, and no break before, inside or behind it."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

from recordings import journal, timeline, withheld
from recordings.live_asgi import LiveSegments
from recordings.supervisor import ProgrammeSupervisor
from recordings.units import Codec
from recordings.withheld import Withheld
from tests.recordings.small_server import serving
from tests.recordings.synthetic import Speaker, packets, pictures
from tests.recordings.test_browser import files

pytestmark = pytest.mark.browser

# The slate is one dark picture: no bar of the barcode is bright.
SLATE = 0
PLAYER = "document.getElementById('player')"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = await browser.new_page()
        page.set_default_timeout(120_000)
        yield page
        await browser.close()


async def until_shown(page: Page, slate: bool) -> None:
    """Wait until the player shows the slate, or somebody again, and its time goes on."""
    await page.wait_for_function(
        f"code() {'===' if slate else '!=='} {SLATE} && code() !== null", polling=100
    )
    at = await page.evaluate(f"{PLAYER}.currentTime")
    await page.wait_for_function(f"{PLAYER}.currentTime > {at} + 0.5")


async def test_the_replay_plays_over_a_cut(recorded: Path, tmp_path: Path, page: Page) -> None:
    shutil.copytree(recorded, tmp_path / "7")
    withheld.write(tmp_path / "7", Withheld(cuts=((2_000, 3_900),)))
    segments = journal.read_segments(recorded)
    async with serving(LiveSegments(tmp_path), files()) as address:
        await page.goto(address)
        await page.evaluate("load('/hls/7/replay.m3u8')")
        await page.wait_for_function(f"{PLAYER}.readyState >= 2")
        for ms, cut in ((1_500, False), (2_500, True), (3_500, True), (6_500, False)):
            await page.evaluate(f"seek({timeline.player_seconds(segments, ms)} + 1/60)")
            assert (await page.evaluate("code()") == SLATE) is cut, f"at {ms} ms"
        await page.evaluate("seek(1.2)")
        await page.evaluate(f"{PLAYER}.play()")
        await page.wait_for_function(f"{PLAYER}.currentTime > 5")
        assert await page.evaluate("errors") == []


async def test_a_live_player_gets_the_slate_instead_and_then_the_picture_again(
    tmp_path: Path, page: Page
) -> None:
    pictures(Codec.H264, 640, 360, 100), packets(Codec.OPUS, 0)
    t0, directory = time.monotonic(), tmp_path / "1"
    supervisor = ProgrammeSupervisor(directory, t0, lambda _: None, lambda _: None, standby=False)
    running = asyncio.create_task(supervisor.run())

    async def speak() -> None:
        now = time.monotonic()
        for arrival, unit in Speaker("leader-1", now, now + 300, size=(640, 360)).arrivals():
            await asyncio.sleep(max(0.0, arrival - time.monotonic()))
            supervisor.feed(unit)

    speaking = asyncio.create_task(speak())
    try:
        withheld.write(directory, Withheld(delay=4))
        async with serving(LiveSegments(tmp_path), files()) as address:
            await page.goto(address)
            await page.wait_for_timeout(9_000)
            await page.evaluate("load('/hls/1/master.m3u8')")
            await page.evaluate(f"{PLAYER}.play()")
            await until_shown(page, slate=False)
            begin_ms = round((time.monotonic() - t0 - 4) * 1000)
            withheld.write(directory, Withheld(4, 0, ((begin_ms, None),)))
            await until_shown(page, slate=True)
            withheld.write(directory, Withheld(4, 0, ((begin_ms, round((time.monotonic() - t0) * 1000)),)))
            await until_shown(page, slate=False)
            assert await page.evaluate("errors") == []
    finally:
        speaking.cancel()
        await supervisor.stop()
        await running
