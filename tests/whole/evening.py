"""One broadcast from plan to closed case, step by step, as the people of it live through it."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Playwright, expect

from tests.whole.line import Line
from tests.whole.people import DESKTOP, PHONE, Citizen, Leader, Moderator, Staff, code_in, spoken

QUESTION = "村口的路灯坏了三个月，晚上接孩子看不见路，什么时候能修好？"
PHONE_NUMBER = "13812345678"
# What a raised hand is called on the console.
HAND = "举手，口头提问"
ANSWER = "good evening everybody we will repair the street lamps in your village before friday of next week"


def until(found: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true value of `found()` within `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {seconds} s")


class Evening:
    """`log` gives what the house printed (one-time codes); `pictures` is where photographs go."""

    def __init__(self, playwright: Playwright, url: str, log: Callable[[], str], pictures: Path) -> None:
        self.playwright, self.url, self.log, self.pictures = playwright, url, log, pictures
        self.session = 0
        self.number = self.query_code = ""
        self.people: list[Any] = []
        self.ids: dict[str, int] = {}

    def enter(self, person: Any) -> Any:
        self.people.append(person)
        return person

    def close(self) -> None:
        for person in self.people:
            person.close()

    def code_of(self, phone: str) -> str:
        before = time.monotonic()
        while True:
            try:
                return code_in(self.log(), phone)
            except AssertionError:
                if time.monotonic() - before > 5:
                    raise
                time.sleep(0.05)

    # 1. planned and announced
    def plan(self, title: str = "城乡道路与路灯专场") -> None:
        sam = self.enter(Staff(self.playwright, self.url, DESKTOP))
        sam.log_in("sam")
        page = sam.go("/live/plan/")
        page.locator("#id_title").fill(title)
        page.locator("#id_topic").fill("道路、路灯、饮水")
        host = page.locator("#id_host option").evaluate_all("all => all.map(o => [o.value, o.text])")
        lin = self.ids["lin"]
        assert str(lin) in [value for value, _ in host]
        page.locator("#id_host").select_option(str(lin))
        page.locator(f"input[name=moderators][value='{self.ids['bob']}']").check()
        page.locator("#id_starts_at").fill(self.soon())
        page.locator("form[action$='/live/plan/'] button").click()
        found = re.search(r"/live/(\d+)/", page.url) or re.search(
            r"/live/(\d+)/", page.locator("a", has_text=title).first.get_attribute("href") or ""
        )
        assert found
        self.session = int(found.group(1))
        home = sam.go("/")
        expect(home.locator("main")).to_contain_text(title)
        sam.photograph(self.pictures, "home-desktop")

    @staticmethod
    def soon() -> str:
        later = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=10)
        return later.replace(minute=later.minute // 5 * 5).strftime("%Y-%m-%dT%H:%M")

    # 2. the leader's studio
    def leader(self, line: Line | None = None) -> Leader:
        lin: Leader = self.enter(Leader(self.playwright, line.url if line else self.url, DESKTOP))
        lin.log_in("lin")
        lin.open_studio(self.session)
        return lin

    # 3. the citizen's phone
    def citizen(self, size: dict[str, int] = PHONE) -> Citizen:
        alice: Citizen = self.enter(Citizen(self.playwright, self.url, size))
        return alice

    def ask(self, alice: Citizen, text: str = QUESTION, phone: str = PHONE_NUMBER) -> tuple[str, str]:
        self.number, self.query_code = alice.ask(text, self.code_of, "石桥镇柳湾村", "张秀英", phone)
        return self.number, self.query_code

    # 4. the console
    def moderator(self) -> Moderator:
        bob: Moderator = self.enter(Moderator(self.playwright, self.url, DESKTOP))
        bob.log_in("bob")
        bob.open_console(self.session)
        return bob

    # 5. on stage
    def bring_on_stage(self, bob: Moderator, guest: Citizen, text: str = QUESTION) -> None:
        self.call_up(bob, guest, text)
        self.put_on(bob)

    def call_up(self, bob: Moderator, guest: Citizen, text: str) -> None:
        """To the stage's door: prompted, checked off air, ready."""
        bob.pick(text)
        if bob.lane_of(text) == "new":
            bob.act("shortlist")
            until(lambda: bob.lane_of(text) != "new", 10, "shortlisting")
            bob.pick(text)
        bob.act("call_up")
        expect(guest.page.locator("[data-prompt]")).to_be_visible(timeout=10_000)
        guest.page.locator("[data-prompt] a").click()
        self.pass_check(guest)

    def put_on(self, bob: Moderator) -> None:
        button = bob.page.locator("[data-guest-on]")
        expect(button).to_be_visible(timeout=20_000)
        button.click()

    def pass_check(self, guest: Citizen) -> None:
        guest.page.locator("[data-check]").click()
        ready = guest.page.locator("[data-ready]")
        expect(ready).to_be_enabled(timeout=20_000)
        ready.click()

    def answer(self, bob: Moderator, lin: Leader, folder: Path, again: str = ANSWER) -> float:
        """Begin, the leader's sentence, end; gives the wall-clock ms at which the sentence began."""
        lin.begin_answer()
        began = lin.say(spoken(again, folder))
        time.sleep(8)
        bob.answer("end")
        return began
