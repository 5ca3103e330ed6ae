"""Outages on a whole house: its live page in Chromium, its pages' TCP and its media's UDP cut together.

Everybody comes back by the page's own means. Which sockets survive an outage is the worst case: none.
"""

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.bench._impaired import Door, Relay, Way
from tests.bench._report import say
from tests.streaming.browsers import CHROMIUM, FLAGS
from tests.whole.county import ROOT, County, free_port, prepared_data

FRAMES = "document.querySelector('[data-main]').getVideoPlaybackQuality().totalVideoFrames"


class Network:
    """One viewer's way to the house: a door for its pages and a relay for its media."""

    def __init__(self, county: County, media_port: int) -> None:
        self.relay = Relay(media_port, Way(delay=0.02), Way(delay=0.02))
        old, new = f" {media_port} typ host".encode(), f" {self.relay.port} typ host".encode()
        self.door = Door(county.port, lambda data: data.replace(old, new))

    def cut(self, dead: bool) -> None:
        self.relay.cut(dead)
        self.door.cut(dead)


async def measure(lengths: Sequence[float]) -> dict[float, float]:
    """Length of an outage in seconds → seconds from the network's return to the next new picture."""
    with tempfile.TemporaryDirectory() as folder:
        media_port = free_port()
        county = County(
            prepared_data(Path(folder) / "prepared"),
            MEDIA_PORT=str(media_port),
            ALLOWED_HOSTS="127.0.0.1",
        )
        people = await asyncio.create_subprocess_exec(
            *(sys.executable, "manage.py", "broadcast", "--url", county.url, "--minutes", "10"),
            cwd=ROOT,
            env=county.env,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            return await _measure(county, media_port, lengths)
        finally:
            people.kill()
            await people.wait()
            county.stop()


async def _measure(county: County, media_port: int, lengths: Sequence[float]) -> dict[float, float]:
    session = await _live_session(county)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        ways = [(await browser.new_page(), Network(county, media_port), length) for length in lengths]
        found = await asyncio.gather(*(_one(page, way, session, length) for page, way, length in ways))
        await browser.close()
    return dict(zip(lengths, found, strict=True))


async def _live_session(county: County) -> int:
    """The session that the demo people hold, once it is live."""
    code = "from portal.live.models import LiveSession as L; print([s.pk for s in L.objects.filter(state='live')])"
    for _ in range(60):
        numbers = re.findall(r"\d+", county.shell(code).splitlines()[-1])
        if numbers:
            return int(numbers[-1])
        await asyncio.sleep(1)
    raise SystemExit("weak: the demo broadcast did not go live")


async def until(page: Page, condition: str) -> None:
    """Wait; Playwright's own waiting evaluates text in the page, which its policy forbids."""
    async with asyncio.timeout(90):
        while not await page.evaluate(condition):  # noqa: ASYNC110  # it happens in another process
            await asyncio.sleep(0.02)


async def _one(page: Page, network: Network, session: int, length: float) -> float:
    await network.door.open()
    try:
        await page.goto(
            f"http://127.0.0.1:{network.door.port}/live/{session}/", wait_until="domcontentloaded"
        )
        await until(page, f"{FRAMES} > 60")
        line = await page.evaluate("document.querySelector('[data-line]').dataset.word")
        network.cut(True)
        await asyncio.sleep(length)
        before = await page.evaluate(FRAMES)
        network.cut(False)
        returned = time.monotonic()
        await until(page, f"{FRAMES} > {before} + 2 || {FRAMES} < {before} - 30")
        back = time.monotonic() - returned
        now = await page.evaluate("document.querySelector('[data-line]').dataset.word")
        say(f"  outage {length:g} s: line {line} before, {now} after, {network.relay.down.passed} packets")
        return back
    finally:
        await network.door.close()
        network.relay.close()
