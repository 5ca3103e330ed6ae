"""Who chose sound alone hears the programme and is sent no picture."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from portal.settings import ROOT
from recordings.live_asgi import LiveSegments
from recordings.supervisor import ProgrammeSupervisor
from recordings.units import Codec
from tests.recordings.small_server import Files, serving
from tests.recordings.synthetic import Speaker, packets, pictures
from tests.recordings.test_browser import HLS, page

pytestmark = pytest.mark.browser
__all__ = ["page"]

PAGE = """<!doctype html><title>listener</title><video id="main"></video><video id="guest"></video>
<script src="/words.js"></script><script type="module" src="/listen.js"></script>"""
# The page's own watcher, with a socket that never opens.
SCRIPT = """
import { Watcher } from "/js/watch.js";
const signal = {state: "waiting", on: () => () => {}, request: () => Promise.reject(new Error("no socket"))};
const slots = {main: document.getElementById("main"), guest: document.getElementById("guest")};
window.watcher = new Watcher(signal, slots, {hls: "/hls/1/master.m3u8", library: "/hls.min.js"});
watcher.listenOnly(true);
watcher.start();
"""


def files() -> Files:
    modules = (ROOT / "portal" / "static" / "js").glob("*.js")
    return {
        "/": ("text/html", PAGE.encode()),
        "/words.js": ("text/javascript", b"window.gettext = (text) => text;"),
        "/listen.js": ("text/javascript", SCRIPT.encode()),
        "/hls.min.js": ("text/javascript", HLS.read_bytes()),
    } | {f"/js/{path.name}": ("text/javascript", path.read_bytes()) for path in modules}


async def test_sound_alone_plays_and_no_picture_is_sent(tmp_path: Path, page: Page) -> None:  # noqa: F811
    pictures(Codec.H264, 640, 360, 100), packets(Codec.OPUS, 0)
    messages: list[dict[str, Any]] = []
    supervisor = ProgrammeSupervisor(tmp_path / "1", time.monotonic(), lambda _: None, messages.append)
    running = asyncio.create_task(supervisor.run())

    async def speak() -> None:
        now = time.monotonic()
        for arrival, unit in Speaker("leader-1", now, now + 120, size=(640, 360)).arrivals():
            await asyncio.sleep(max(0.0, arrival - time.monotonic()))
            supervisor.feed(unit)

    speaking = asyncio.create_task(speak())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        async with serving(LiveSegments(tmp_path), files()) as address:
            await asyncio.sleep(4)
            await page.goto(address)
            await page.wait_for_function("watcher.state === 'listening'")
            await page.wait_for_function("document.getElementById('main').currentTime > 2")
            assert await page.evaluate("watcher.bytes") > 0
            media = [url for url in asked if "/hls/" in url]
            assert media and all("/a0/" in url for url in media), media
    finally:
        speaking.cancel()
        await supervisor.stop()
        await running
