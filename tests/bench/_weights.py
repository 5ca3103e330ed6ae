"""What citizens' pages weigh on the line, and when something is painted on a slow one."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

# 400 kbit/s each way and 400 ms until the first byte, as DevTools counts them.
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
MEDIA = ("Media", "WebSocket", "EventSource", "Ping")


@dataclass
class Weighing:
    """Bytes as they came over the line, packed and with their headers, by address."""

    page: Page
    session: CDPSession
    kinds: dict[str, tuple[str, str]]
    bytes: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.bytes.values())


def weighing(context: BrowserContext) -> Weighing:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    made = Weighing(page, session, {}, {})

    def asked(event: dict[str, Any]) -> None:
        made.kinds[event["requestId"]] = (event.get("type", ""), event["request"]["url"])

    def done(event: dict[str, Any]) -> None:
        kind, url = made.kinds.get(event["requestId"], ("", ""))
        # Segments and the offer of a live picture are media, whoever fetches them.
        if kind not in MEDIA and url.startswith("http") and "/hls/" not in url and "/recordings/" not in url:
            made.bytes[url] = made.bytes.get(url, 0) + round(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", done)
    return made


def weigh(context: BrowserContext, url: str) -> Weighing:
    """A first visit without anything kept, until the page is quiet."""
    made = weighing(context)
    made.page.goto(url, wait_until="load")
    made.page.wait_for_timeout(1500)
    made.page.close()
    return made


def first_paint(context: BrowserContext, url: str) -> float:
    """Seconds from the start of the visit to the first contentful paint, on the slow line."""
    made = weighing(context)
    made.session.send("Network.emulateNetworkConditions", SLOW)
    # Behind the first paint the picture fills a slow line for good: "load" may never come.
    made.page.goto(url, wait_until="commit", timeout=60_000)
    painted: float = made.page.evaluate(
        """() => new Promise(resolve => new PerformanceObserver(list => {
            const found = list.getEntriesByName("first-contentful-paint")[0];
            if (found) resolve(found.startTime / 1000);
        }).observe({ type: "paint", buffered: true }))"""
    )
    made.page.close()
    return painted
