"""One house and one browser in which every page is looked at: in both languages, light and dark, normal and large."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page

from tests.gallery.places import Place
from tests.gallery.targets import small_targets
from tests.whole.county import ROOT, County
from tests.whole.people import FLAGS

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEIGHTS = {360: 740, 768: 1024, 1440: 900}
# A long list is not photographed to its end.
TALLEST = 1800
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LAUNCH = [*FLAGS, "--autoplay-policy=no-user-gesture-required"]
CAMERA = Path(__file__).with_name("camera.js")
WATCH_POLICY = """
    window.broken = [];
    document.addEventListener("securitypolicyviolation", (event) => {
        window.broken.push(`${event.violatedDirective} ${event.blockedURI}`);
    });
"""
# Large print promises 7:1, which none of the tags above asks for.
RUN_AXE = """([runOnly, large]) => axe.run(document, { runOnly, resultTypes: ["violations"],
    rules: { "color-contrast-enhanced": { enabled: large } } }).then(found =>
    found.violations.map(one => one.id + " " + one.nodes.map(node => node.target).join(" | ")))"""
# What can differ between two looks of the same document.
OF_LOOKS = ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]
SET_PRINT = """print => {
    const root = document.documentElement;
    if (print === "large") root.dataset.print = "large"; else delete root.dataset.print;
}"""

DRAWN = """([width, dark]) => innerWidth === width && matchMedia("(prefers-color-scheme: dark)").matches === dark
    && new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))"""

Scheme = Literal["light", "dark"]


@dataclass(frozen=True)
class Mode:
    width: int
    scheme: Scheme
    print: str  # normal or large

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{self.print}"


SCHEMES: tuple[Scheme, ...] = ("light", "dark")
ALL_MODES = [Mode(*each) for each in product(HEIGHTS, SCHEMES, ("normal", "large"))]
# What ./check asks axe about: both sets of colours and sizes; `./bench pages` takes every look in both languages.
SOME_MODES = [Mode(1440, "dark", "normal"), Mode(360, "light", "large")]
PICTURES = [Mode(width, scheme, "normal") for width in (360, 1440) for scheme in SCHEMES]
# The least room for the longest words: English in large print on a small phone.
TIGHTEST = Mode(360, "light", "large")


class Gallery:
    """`folder` receives the pictures; `visit` opens a place for its person in one language.

    `facts` of another gallery of the same house; without them the house is furnished.
    """

    def __init__(
        self, browser: Browser, county: County, folder: Path, facts: dict[str, str] | None = None
    ) -> None:
        self.browser, self.county, self.folder = browser, county, folder
        code = "import json; from tests.gallery.county import furnish; print(json.dumps(furnish()))"
        self.facts: dict[str, str] = facts or json.loads(county.shell(code).splitlines()[-1])
        self.contexts: dict[tuple[str, str], BrowserContext] = {}
        self.pages: dict[tuple[str, str], Page] = {}
        self.said: list[str] = []

    def context(self, who: str, language: str) -> BrowserContext:
        key = (who, language)
        if key not in self.contexts:
            context = self.browser.new_context(
                locale="zh-CN" if language == "zh" else "en-GB",
                timezone_id="Asia/Shanghai",
                service_workers="block",
                permissions=["camera", "microphone", "clipboard-write"],
            )
            context.add_init_script(path=CAMERA)
            context.add_init_script(WATCH_POLICY)
            cookies = {"django_language": LANGUAGES[language]}
            if session := self.facts.get(f"session.{who}"):
                cookies["sessionid"] = session
            context.add_cookies(
                [{"name": name, "value": value, "url": self.county.url} for name, value in cookies.items()]
            )
            self.contexts[key] = context
        return self.contexts[key]

    def page(self, who: str, language: str = "zh") -> Page:
        """The one page of a person in a language; what goes wrong in it is kept in `said`."""
        key = (who, language)
        if key not in self.pages:
            page = self.context(who, language).new_page()
            page.on("pageerror", lambda error: self.said.append(f"{page.url}: {error}"))
            self.pages[key] = page
        return self.pages[key]

    def visit(self, place: Place, language: str = "zh", first: Mode = PICTURES[0]) -> Page:
        page = self.page(place.who, language)
        page.set_viewport_size({"width": first.width, "height": HEIGHTS[first.width]})
        page.emulate_media(color_scheme=first.scheme, reduced_motion="reduce")
        page.goto(self.county.url + place.path.format(**self.facts), wait_until="load")
        self.put_on(page, first)
        page.locator(place.ready).first.wait_for()
        if place.prepare:
            place.prepare(page)
        return page

    @staticmethod
    def put_on(page: Page, mode: Mode) -> None:
        """Shows the page in `mode`; back when the browser has drawn it so."""
        page.set_viewport_size({"width": mode.width, "height": HEIGHTS[mode.width]})
        page.emulate_media(color_scheme=mode.scheme, reduced_motion="reduce")
        page.evaluate(SET_PRINT, mode.print)
        page.wait_for_function(DRAWN, arg=[mode.width, mode.scheme == "dark"])

    def photograph(self, page: Page, name: str, modes: Iterable[Mode] = tuple(PICTURES)) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for mode in modes:
            self.put_on(page, mode)
            tall = page.evaluate(
                "document.querySelector('dialog[open]') ? 0 : document.documentElement.scrollHeight"
            )
            if tall > HEIGHTS[mode.width]:
                page.set_viewport_size({"width": mode.width, "height": min(TALLEST, tall)})
            page.screenshot(path=self.folder / f"{name}-{mode}.png", animations="disabled")

    def faults(self, page: Page, name: str, modes: Sequence[Mode], every: bool = False) -> list[str]:
        """What axe finds in each mode, what does not fit the width, and what the policy refused.

        Dark differs from light in its colours: the other rules are asked again in light modes only, and unless
        `every` in the first mode only.
        """
        found: list[str] = []
        page.evaluate(AXE)
        for mode in modes:
            self.put_on(page, mode)
            found += self.too_wide(page, name, mode)
            whole = mode == modes[0] or every and mode.scheme == "light"
            large = mode.print == "large"
            rules = RULES if whole else [*OF_LOOKS, *(["color-contrast-enhanced"] if large else [])]
            seen = page.evaluate(RUN_AXE, [rules, large]) + small_targets(page, large)
            found += [f"{name} {mode}: {one}" for one in seen]
        broken: list[str] = page.evaluate("window.broken")
        return found + [f"{name}: {one}" for one in broken]

    @staticmethod
    def too_wide(page: Page, name: str, mode: Mode) -> list[str]:
        wide = page.evaluate("document.documentElement.scrollWidth")
        return [f"{name} {mode}: {wide} px wide"] if wide > mode.width else []

    def measure(self, places: Iterable[Place]) -> list[str]:
        """Which pages do not fit where they have the least room, as they open; axe is not asked: it costs little."""
        found: list[str] = []
        for place in (place for place in places if place.prepare is None and not place.further):
            page = self.visit(place, "en", TIGHTEST)
            found += self.too_wide(page, f"{place.name} en", TIGHTEST)
            self.leave(page)
        return found

    def look(self, places: Iterable[Place]) -> list[str]:
        """Photographs every place and looks at it; gives the faults.

        A further state of a page is seen on a phone by day and on a desk by night, and looked at there.
        """
        found: list[str] = []
        for place in places:
            page = self.visit(place)
            if place.further:
                self.photograph(page, place.name, (PICTURES[0], PICTURES[-1]))
                found += self.faults(page, place.name, PICTURES[-1:])
                self.leave(page)
                continue
            self.photograph(page, place.name)
            found += self.faults(page, place.name, SOME_MODES)
            self.leave(page)
        return found

    @staticmethod
    def leave(page: Page) -> None:
        """A page that nobody looks at any more would go on playing beside the next."""
        page.goto("about:blank")

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()
