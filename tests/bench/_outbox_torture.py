"""Two hundred questions typed on forty telephones while pages crash, networks vanish and the server is killed."""

import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.whole.county import County

PHONES, EACH = 40, 5
# One question through the page's own outbox, as its dialog does it: typed, finished; back when it is on the shelf.
TYPE = """async ([session, text]) => {
    const { outboxOfPage } = await import("/static/js/outbox.js");
    const outbox = outboxOfPage();
    await outbox.ready;
    const known = () => outbox.items.find(item => item.text === text);
    if (!known()) {
        const draft = outbox.draft(session, "ask");
        outbox.edit(draft, { text, village: "柳湾村" });
    }
    if (known().standing === "draft" || known().standing === "stuck") void outbox.submit(known().uuid);
    await outbox.refresh();
    return known().standing;
}"""
WAITING = """async () => {
    const { outboxOfPage } = await import("/static/js/outbox.js");
    const outbox = outboxOfPage();
    await outbox.ready;
    await outbox.sendAll().catch(() => undefined);
    return outbox.items.filter(item => item.text && item.standing !== "received").length;
}"""


@dataclass
class Phone:
    """One citizen's telephone: what it stores outlives its pages."""

    context: BrowserContext
    url: str
    name: str
    page: Page | None = None
    typed: list[str] = field(default_factory=list)

    def open(self) -> Page:
        if self.page is None or self.page.is_closed():
            self.page = self.context.new_page()
            self.page.goto(self.url, wait_until="domcontentloaded", timeout=20_000)
        return self.page

    def crash(self) -> None:
        """The renderer dies without a word to the page."""
        if self.page and not self.page.is_closed():
            # Chromium's own page about a house that does not answer has nothing to crash, and its tab would not close
            # any more.
            if self.page.url.startswith(self.url):
                with suppress(Error):  # that is what it is for
                    self.page.goto("chrome://crash", timeout=2_000)
            self.page.close()
        self.page = None


class Torture:
    """`seed` decides what is killed when; `power` is held by whoever kills the house and starts it again."""

    def __init__(
        self, browser: Browser, county: County, session: int, cookies: list[str], seed: int, power: Lock
    ) -> None:
        self.county, self.session, self.dice, self.power = county, session, random.Random(seed), power
        self.kills = {"page": 0, "network": 0, "server": 0}
        self.phones = [self._phone(browser, cookie) for cookie in cookies]

    def _phone(self, browser: Browser, cookie: str) -> Phone:
        context = browser.new_context(viewport={"width": 360, "height": 740}, service_workers="block")
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.county.url}])
        # The broadcast's own page would hold a socket and a picture as well; the plain form has the same outbox.
        return Phone(context, f"{self.county.url}/live/{self.session}/ask/", cookie[:6])

    def type_all(self) -> int:
        """Everybody types; whoever is interrupted opens the page again and goes on. Gives how many were finished."""
        for number in range(len(self.phones) * EACH):
            phone = self.phones[number % len(self.phones)]
            self._type(phone, f"第{number}号：村口的路灯什么时候修？（{self.phones[0].name}）")
        return sum(len(phone.typed) for phone in self.phones)

    def _type(self, phone: Phone, text: str) -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end:
            try:
                page = phone.open()
                fate = self.dice.random()
                if fate < 0.15:
                    phone.context.set_offline(True)
                    self.kills["network"] += 1
                standing = page.evaluate(TYPE, [self.session, text])
                if standing in ("written", "sent", "received"):
                    phone.typed.append(text)
                    self._afterwards(phone, fate)
                    return
            except Error:
                phone.crash()
                phone.context.set_offline(False)
                time.sleep(0.3)  # the house is being started again
        raise AssertionError(f"{text} could not be typed within 90 s")

    def _afterwards(self, phone: Phone, fate: float) -> None:
        """What happens while the question is on its way."""
        if 0.15 <= fate < 0.40:
            time.sleep(self.dice.random() * 0.05)
            phone.crash()
            self.kills["page"] += 1
        elif 0.40 <= fate < 0.425:
            with self.power:
                self.county.kill()
                self.kills["server"] += 1
                self.county.start()
        elif fate > 0.85 and phone.page:
            phone.page.close()
        if fate < 0.15:
            phone.context.set_offline(False)

    def calm(self, seconds: float) -> int:
        """Signal and server are back; every telephone is looked at once more. Gives what still waits."""
        left = 0
        for phone in self.phones:
            phone.context.set_offline(False)
            end = time.monotonic() + seconds
            waiting = 1
            while waiting and time.monotonic() < end:
                try:
                    waiting = phone.open().evaluate(WAITING)
                except Error:
                    phone.crash()
                if waiting:
                    time.sleep(0.2)
            left += waiting
            if phone.page:
                phone.page.close()
        return left

    def close(self) -> None:
        for phone in self.phones:
            phone.context.close()
