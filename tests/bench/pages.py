"""./bench pages: weights and paints of citizens' pages on a slow line, a full console, the outbox under torture, and
every page in every language, mode and width under axe."""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench._full_console import RATE, Crowd, work
from tests.bench._outbox_torture import PHONES, Torture
from tests.bench._report import last_line, machine, median, percentile, say
from tests.bench._weights import first_paint, weigh
from tests.gallery import evening
from tests.gallery.gallery import ALL_MODES, LAUNCH, PICTURES, Gallery
from tests.gallery.places import ENDED, ON_AIR, PLANNED, VISITOR, Place
from tests.house.sources import LANGUAGE_BUTTON
from tests.house.test_words import DOMAINS, said, translations
from tests.whole.county import County, prepared_data

REHEARSED = "portal/questions/actions/rehearsing.py"
PARTS = ("weights", "console", "outbox", "looks")
# Pages of the citizen, each as a first visit; the one on air is what the paint is measured of.
WEIGHED = (
    "home",
    "home-of-citizen",
    "live-planned",
    "ask-plain",
    "board",
    "calendar",
    "login",
    "cases",
    "case-replied",
    "rate",
    "stage-waiting",
    "replays",
)
VISITS = 5
T = TypeVar("T")


def shell(county: County, code: str) -> Any:
    return json.loads(county.shell(f"import json; {code}").splitlines()[-1])


def weights(browser: Browser, county: County) -> dict[str, float]:
    gallery = Gallery(browser, county, Path(tempfile.mkdtemp()))
    evening.begin(gallery)
    weighed: dict[str, float] = {}

    def put_on_the_scales(places: tuple[Place, ...], names: tuple[str, ...]) -> None:
        for place in (place for place in places if place.name in names):
            url = county.url + place.path.format(**gallery.facts)
            made = weigh(gallery.context(place.who, "zh"), url)
            weighed[place.name] = made.total / 1024
            heavy = sorted(made.bytes.items(), key=lambda item: -item[1])[:3]
            parts = ", ".join(f"{address.rsplit('/', 1)[-1] or 'page'} {size}" for address, size in heavy)
            say(f"{place.name}: {made.total / 1024:.1f} KB in {len(made.bytes)} answers (most: {parts})")

    put_on_the_scales(PLANNED, WEIGHED)
    put_on_the_scales(ON_AIR, ("home-on-air", "live"))
    live = county.url + f"/live/{gallery.facts['live']}/"
    paints = [first_paint(gallery.context(VISITOR, "zh"), live) for _each in range(VISITS)]
    say(
        f"first contentful paint of the live page on 400 kbit/s and 400 ms: {', '.join(f'{p:.2f}' for p in paints)} s"
    )
    evening.end(gallery)
    put_on_the_scales(ENDED, ("replay",))
    gallery.close()
    return {"citizen_kb": max(weighed.values()), "live_fcp_s": median(paints)}


def console(browser: Browser, county: County, seconds: float) -> dict[str, float]:
    found = shell(county, "from tests.bench._crowd import gather; print(json.dumps(gather(90, 300)))")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": found["bob"], "url": county.url}])
    page = context.new_page()
    page.goto(f"{county.url}/live/{found['session']}/console/")
    page.locator("[data-light=link][data-level=good]").wait_for()
    page.wait_for_function("() => document.querySelectorAll('[data-lane=new] [data-list] > *').length >= 300")
    crowd = Crowd(county.port, found["session"], found["crowd"])
    crowd.start()
    seen = work(page, seconds)
    crowd.stop()
    context.close()
    say(
        f"console: {len(seen['frames'])} frames and {len(seen['actions'])} keys (J and S) in {seconds:.0f} s; "
        f"{crowd.sent} questions arrived ({crowd.sent / seconds:.1f} of {RATE} a second), {crowd.refused} refused; "
        f"frames p50 {percentile(seen['frames'], 0.5):.1f} ms, worst {max(seen['frames']):.0f} ms; "
        f"keys p50 {percentile(seen['actions'], 0.5):.0f} ms"
    )
    return {
        "console_frame_ms_p95": percentile(seen["frames"], 0.95),
        "console_action_ms_p95": percentile(seen["actions"], 0.95),
    }


def outbox(county: County, seed: int) -> dict[str, int]:
    """Two browsers of twenty telephones each, at once: one's house is killed under the other's questions, too."""
    found = shell(county, f"from tests.bench._crowd import gather; print(json.dumps(gather({PHONES}, 0)))")
    power = Lock()

    def half(place: int) -> tuple[int, int, dict[str, int]]:
        with chromium() as browser:
            cookies = found["crowd"][place::2]
            torture = Torture(browser, county, found["session"], cookies, seed + place, power)
            done = torture.type_all(), torture.calm(60), torture.kills
            torture.close()
            return done

    with ThreadPoolExecutor(2) as pool:
        halves = list(pool.map(half, range(2)))
    sent, waiting = sum(one[0] for one in halves), sum(one[1] for one in halves)
    kills = {what: sum(one[2][what] for one in halves) for what in halves[0][2]}
    say(f"killed: {', '.join(f'{count} × {what}' for what, count in kills.items())}")
    code = (
        "from portal.questions.models import Question; "
        f"texts = list(Question.objects.filter(session={found['session']}).values_list('text', flat=True)); "
        "print(json.dumps([len(texts), len(set(texts))]))"
    )
    stored, different = shell(county, code)
    say(
        f"outbox: {sent} finished on {PHONES} telephones (seed {seed}), {waiting} still waiting, "
        f"{different} texts stored"
    )
    return {"outbox_sent": sent, "outbox_stored": different, "outbox_doubled": stored - different}


class Desk:
    """Somebody who looks at everything in one language, with a browser and a thread of their own."""

    def __init__(self, county: County, language: str, facts: dict[str, str] | None, words: set[str]) -> None:
        self.language, self.words, self.pages = language, words, 0
        self.faults: list[str] = []
        self.chinese: list[str] = []
        self._thread, self._kept = ThreadPoolExecutor(1), ExitStack()

        def open_() -> Gallery:
            browser = self._kept.enter_context(chromium())
            return Gallery(browser, county, Path(tempfile.mkdtemp()), facts)

        self.gallery = self.does(open_).result()

    def does(self, work: Callable[[], T]) -> "Future[T]":
        return self._thread.submit(work)

    def look(self, places: tuple[Place, ...]) -> None:
        for place in places:
            page = self.gallery.visit(place, self.language)
            self.see(page, f"{place.name} {self.language}")

    def see(self, page: Page, name: str) -> None:
        faults = self.gallery.faults(page, name, ALL_MODES, every=True)
        self.faults += faults
        self.pages += 1
        chinese: list[str] = []
        if self.language == "en":
            lines = page.locator("body").inner_text().splitlines()
            chinese = [f"{name}: {line}" for line in lines if line.strip() in self.words]
        self.chinese += chinese
        # At once: all of it takes minutes, and whoever stops it early has seen something.
        for fault in [*faults, *chinese]:
            say(f"fault: {fault}")

    def close(self) -> None:
        self.does(self.gallery.close).result()
        self.does(self._kept.close).result()
        self._thread.shutdown()


def chinese_words() -> set[str]:
    """What must not stand on an English page: every sentence of ours but the button that leads back to Chinese.

    The questions of a rehearsal are rows, written in the language of who began it.
    """
    found = {
        sentence.text
        for domain in DOMAINS
        for sentence, places in said(domain).items()
        if len(sentence.text) > 1 and not all(place.startswith(REHEARSED) for place in places)
    }
    return found - {LANGUAGE_BUTTON}


def looks(county: County) -> dict[str, int]:
    words = chinese_words()
    zh = Desk(county, "zh", None, words)
    en = Desk(county, "en", zh.gallery.facts, words)

    def both(phase: str, places: tuple[Place, ...]) -> None:
        say(f"looks: {len(places)} pages {phase}, in {len(ALL_MODES)} modes and two languages")
        for seen in [desk.does(partial(desk.look, places)) for desk in (zh, en)]:
            seen.result()

    def on_stage() -> None:
        evening.on_stage(zh.gallery)
        for who in ("lin", "alice", "bob"):
            zh.see(zh.gallery.page(who), f"on stage: {who}")
            zh.gallery.put_on(zh.gallery.page(who), PICTURES[-2])
        evening.end(zh.gallery)

    both("before the broadcast", PLANNED)
    zh.does(partial(evening.begin, zh.gallery)).result()
    both("on air", ON_AIR)
    say("looks: the pages of those on stage")
    zh.does(on_stage).result()
    both("after it", ENDED)
    for desk in (zh, en):
        desk.close()
    without = sum(
        1
        for domain in DOMAINS
        for sentence in said(domain)
        if not all(translations(domain).get(sentence) or ("",))
    )
    say(
        f"looks: {zh.pages + en.pages} pages (states × languages) in {len(ALL_MODES)} modes each; every rule of "
        f"axe in the light ones, in the dark ones the rules that colours can break"
    )
    return {"axe_violations": len(zh.faults + en.faults), "untranslated": len(en.chinese) + without}


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=LAUNCH)
        yield browser
        browser.close()


def main() -> None:
    options = argparse.ArgumentParser(prog="./bench pages", description=__doc__)
    options.add_argument("--only", choices=PARTS, action="append", help="measure this part (may be repeated)")
    options.add_argument("--seconds", type=float, default=20, help="how long the console is worked at")
    options.add_argument("--seed", type=int, default=20260210, help="of the random kills")
    chosen = options.parse_args()
    say(f"on {machine()}; house and browser share these cores")
    prepared = prepared_data(Path(tempfile.mkdtemp(prefix="pages-")) / "prepared")
    figures: dict[str, float | int | str] = {}
    for part in chosen.only or PARTS:
        began, county = time.monotonic(), County(prepared)
        try:
            if part == "outbox":
                figures |= outbox(county, chosen.seed)
            elif part == "looks":
                figures |= looks(county)
            else:
                with chromium() as browser:
                    work = (
                        weights(browser, county)
                        if part == "weights"
                        else console(browser, county, chosen.seconds)
                    )
                    figures |= work
        finally:
            county.stop()
        say(f"{part}: took {time.monotonic() - began:.0f} s")
    last_line("pages", figures)


if __name__ == "__main__":
    main()
