"""Real Chromium for tests: a page of our own, whose commands go straight to the worker."""

import functools
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from streaming.commands import parse_command
from streaming.worker import MediaWorker

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class named it
        """Nothing on the terminal."""


class Theatre:
    """A browser whose pages are joined to one worker."""

    def __init__(self, browser: Browser, worker: MediaWorker, url: str) -> None:
        self._browser, self._worker, self._url = browser, worker, url
        self.errors: list[str] = []

    async def page(self) -> Page:
        """A new person's page, with the test's functions loaded."""
        context = await self._browser.new_context()
        page = await context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.expose_function("tell", self._tell)
        await page.goto(self._url)
        await page.wait_for_function("window.ready")
        return page

    async def _tell(self, message: dict[str, Any]) -> dict[str, Any]:
        return await self._worker.handle(parse_command(message))


@asynccontextmanager
async def theatre(worker: MediaWorker) -> AsyncIterator[Theatre]:
    """Chromium and a small file server, both closed at the end."""
    handler = functools.partial(_Quiet, directory=str(Path(__file__).parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        try:
            yield Theatre(browser, worker, f"http://127.0.0.1:{server.server_port}/page.html")
        finally:
            await browser.close()
            server.shutdown()
            server.server_close()
