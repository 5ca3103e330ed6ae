"""hls.js in Debian's Chromium plays what we write: replay with a restart inside, captions, and live over
kill -9."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from recordings import journal, timeline
from recordings.live_asgi import LiveSegments
from recordings.playlists import Cue
from recordings.supervisor import ProgrammeSupervisor
from recordings.units import Codec
from tests.recordings import measuring
from tests.recordings.small_server import Files, serving
from tests.recordings.synthetic import Speaker, packets, pictures

pytestmark = pytest.mark.browser

HLS = Path(__file__).resolve().parents[2] / "node_modules" / "hls.js" / "dist" / "hls.min.js"
PAGE = """<!doctype html><title>player</title><video id="player" muted playsinline width="640"></video>
<script src="/hls.min.js"></script><script src="/page.js"></script>"""
SCRIPT = """
const video = document.getElementById("player");
const hls = new Hls({lowLatencyMode: true, startLevel: 0});
window.errors = [];
hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) window.errors.push(data.details); });
window.load = (address) => { hls.loadSource(address); hls.attachMedia(video); };
hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, () => { hls.subtitleDisplay = true; hls.subtitleTrack = 0; });
window.code = () => {
  const canvas = document.createElement("canvas"); canvas.width = 1280; canvas.height = 720;
  const pen = canvas.getContext("2d"); pen.drawImage(video, 0, 0, 1280, 720);
  let number = 0;
  for (let bit = 0; bit < 16; bit++) {
    const [red] = pen.getImageData(320 + bit * 40 + 20, 16, 1, 1).data;
    if (red > 80 && red < 170) return null;
    if (red > 125) number |= 1 << bit;
  }
  return number;
};
window.seek = (second) => new Promise((resolve) => {
  video.addEventListener("seeked", () => setTimeout(resolve, 200), {once: true});
  video.currentTime = second;
});
"""


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


def files() -> Files:
    return {
        "/": ("text/html", PAGE.encode()),
        "/page.js": ("text/javascript", SCRIPT.encode()),
        "/hls.min.js": ("text/javascript", HLS.read_bytes()),
    }


def captions(session: int, begin_ms: int, end_ms: int) -> list[Cue]:
    cues = [Cue(2_000, 2_500, "林", "重启之前"), Cue(6_200, 6_700, "林", "重启之后")]
    return [cue for cue in cues if cue.begin_ms < end_ms and cue.end_ms > begin_ms]


async def test_the_replay_plays_over_a_restart_and_finds_every_moment(recorded: Path, page: Page) -> None:
    segments = journal.read_segments(recorded)
    shown: dict[int, dict[int, int | None]] = {}
    for epoch in (0, 1):
        decoded = measuring.decode(measuring.epoch_bytes(recorded, epoch=epoch), measuring.FULL)
        ticks = [round((moment - 1) * 30) for moment in decoded.frame_times]
        shown[epoch] = dict(zip(ticks, decoded.codes[measuring.FULL], strict=True))
    async with serving(LiveSegments(recorded.parent, captions=captions), files()) as address:
        await page.goto(address)
        await page.evaluate("load('/hls/7/replay.m3u8')")
        await page.wait_for_function("document.getElementById('player').readyState >= 2")
        duration = await page.evaluate("document.getElementById('player').duration")
        assert duration == pytest.approx(sum(one.duration for one in segments), abs=0.1)
        for ms, epoch in ((1_500, 0), (3_500, 0), (5_500, 1), (7_200, 1)):
            second = timeline.player_seconds(segments, ms)
            await page.evaluate(f"seek({second} + 1/60)")
            code = await page.evaluate("code()")
            tick = round(ms * 30 / 1000)
            expected = {shown[epoch].get(near) for near in (tick - 1, tick, tick + 1)}
            assert code in expected, f"at {ms} ms"
        assert await page.evaluate("errors") == []
        await assert_captions(page, segments)


async def assert_captions(page: Page, segments: list[journal.Segment]) -> None:
    """Each cue stands where its words are in the player's time, also behind the restart."""
    found: list[tuple[float, str]] = []
    # hls.js loads the captions around the playhead.
    for second in (2.0, 5.9):
        await page.evaluate(f"seek({second})")
        for _ in range(50):
            cues = await page.evaluate(
                "[...document.getElementById('player').textTracks].flatMap("
                "track => [...track.cues ?? []].map(cue => [cue.startTime, cue.text]))"
            )
            found += [(start, text) for start, text in cues]
            if any(abs(start - second) < 1 for start, _ in cues):
                break
            await asyncio.sleep(0.1)
    starts = {text: start for start, text in found}
    assert len(starts) == 2, starts
    for words, ms in (("重启之前", 2_000), ("重启之后", 6_200)):
        start = next(start for text, start in starts.items() if words in text)
        assert start == pytest.approx(timeline.player_seconds(segments, ms), abs=0.08)


SITE = Path(__file__).resolve().parents[2] / "portal" / "static"
MODULES = ("picture-captions", "caption-size", "watch-hls", "backoff", "emitter")
REPLAY = """<!doctype html><title>replay</title><link rel="stylesheet" href="/site/citizen.css">
<video id="player" muted playsinline width="640" height="360"></video><button id="size"></button>
<script type="module" src="/site/page.js"></script>"""
REPLAY_SCRIPT = """
import { HlsLine } from "./watch-hls.js";
import { captionsOnPicture } from "./picture-captions.js";
globalThis.gettext = (text) => text;
const video = document.getElementById("player");
const line = (globalThis.line = new HlsLine(video, "/hls/7/replay.m3u8", "/hls.min.js", { live: false }));
captionsOnPicture(video, line, document.getElementById("size"), localStorage);
line.open();
"""
SHOWN = """[...document.getElementById('player').textTracks].filter(track => track.mode === 'showing')
  .flatMap(track => [...track.activeCues ?? []].map(cue => cue.text)).join()"""


async def test_the_replay_shows_the_lists_words_on_the_picture_as_the_button_says(
    recorded: Path, page: Page
) -> None:
    site = {
        f"/site/{name}.js": ("text/javascript", (SITE / "js" / f"{name}.js").read_bytes()) for name in MODULES
    }
    site["/site/citizen.css"] = ("text/css", (SITE / "css" / "citizen.css").read_bytes())
    site["/site/page.js"] = ("text/javascript", REPLAY_SCRIPT.encode())
    site["/replay"] = ("text/html", REPLAY.encode())
    async with serving(LiveSegments(recorded.parent, captions=captions), files() | site) as address:
        await page.goto(f"{address}/replay")
        size = page.locator("#size")
        await page.evaluate("document.getElementById('player').currentTime = 2.2")
        await page.wait_for_function(f"({SHOWN}).includes('重启之前')")
        for name in ("字幕：大", "字幕：特大", "字幕：关"):
            await size.click()
            assert await size.inner_text() == name
        assert await page.evaluate(SHOWN) == ""
        # It is remembered; and the browser's own switch is one with the button.
        await page.reload()
        await page.wait_for_function("document.getElementById('player').textTracks.length === 1")
        assert (await size.inner_text(), await page.evaluate(SHOWN)) == ("字幕：关", "")
        await page.evaluate("document.getElementById('player').textTracks[0].mode = 'showing'")
        await page.wait_for_function("document.getElementById('size').textContent === '字幕：中'")
        # Sound alone goes on from where it stands, and so does the picture again.
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        there = "Math.abs(document.getElementById('player').currentTime - 2.2) < 0.2"
        await page.evaluate("document.getElementById('player').currentTime = 2.2")
        for address, width in (("/hls/7/a0/replay.m3u8", "=== 0"), ("/hls/7/replay.m3u8", "> 0")):
            await page.wait_for_function("document.getElementById('player').videoWidth > 0 || line.bytes > 0")
            asked.clear()
            await page.evaluate("address => line.turnTo(address)", address)
            await page.wait_for_function(
                f"document.getElementById('player').readyState > 1 && {there}"
                f" && document.getElementById('player').videoWidth {width}"
            )
            later = asked[[url.endswith(address) for url in asked].index(True) :]
            assert width != "=== 0" or not [url for url in later if "/v0/" in url or "/v1/" in url], later


async def test_a_live_player_goes_on_when_the_programme_is_killed(tmp_path: Path, page: Page) -> None:
    pictures(Codec.H264, 640, 360, 100), packets(Codec.OPUS, 0)
    messages: list[dict[str, Any]] = []
    supervisor = ProgrammeSupervisor(tmp_path / "1", time.monotonic(), lambda _: None, messages.append)
    running = asyncio.create_task(supervisor.run())

    async def speak() -> None:
        now = time.monotonic()
        for arrival, unit in Speaker("leader-1", now, now + 300, size=(640, 360)).arrivals():
            await asyncio.sleep(max(0.0, arrival - time.monotonic()))
            supervisor.feed(unit)

    speaking = asyncio.create_task(speak())
    try:
        async with serving(LiveSegments(tmp_path), files()) as address:
            await page.goto(address)
            await page.wait_for_timeout(4_000)
            await page.evaluate("load('/hls/1/master.m3u8')")
            await page.evaluate("document.getElementById('player').play()")
            await page.wait_for_function("document.getElementById('player').currentTime > 3")
            assert supervisor.pid is not None
            os.kill(supervisor.pid, signal.SIGKILL)
            at = await page.evaluate("document.getElementById('player').currentTime")
            await page.wait_for_function(f"document.getElementById('player').currentTime > {at} + 5")
            assert await page.evaluate("errors") == []
            assert {one.epoch for one in journal.read_segments(tmp_path / "1")} == {0, 1}
            assert await page.evaluate("code()") is not None
    finally:
        speaking.cancel()
        await supervisor.stop()
        await running
