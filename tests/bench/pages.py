"""./bench pages: weights and paints of citizens' pages on a slow line, a full console, the outbox under torture, and
every page in every language, mode and width under axe."""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.bench._full_console import RATE, Crowd, work
from tests.bench._outbox_torture import Torture
from tests.bench._report import last_line, machine, median, percentile, say
from tests.bench._weights import first_paint, weigh
from tests.gallery import evening
from tests.gallery.gallery import ALL_MODES, LAUNCH, PICTURES, Gallery
from tests.gallery.places import ENDED, ON_AIR, PLANNED, VISITOR, Place
from tests.house.test_words import DOMAINS, said, translations
from tests.whole.county import County, prepared_data

PARTS = ("weights", "console", "outbox", "looks")
# Pages of the citizen, each as a first visit; the one on air is what the paint is measured of.
WEIGHED = (
    "home",
    "home-of-citizen",
    "live-planned",
    "ask-plain",
    "calendar",
    "login",
    "cases",
    "case-replied",
    "rate",
)
VISITS = 5


def shell(county: County, code: str) -> Any:
    return json.loads(county.shell(f"import json; {code}").splitlines()[-1])


def weights(browser: Browser, county: County) -> dict[str, float]:
    gallery = Gallery(browser, county, Path(tempfile.mkdtemp()))
    evening.begin(gallery)
    weighed: dict[str, float] = {}
    on_air = [place for place in ON_AIR if place.name in ("home-on-air", "live")]
    for place in [*(place for place in PLANNED if place.name in WEIGHED), *on_air]:
        url = county.url + place.path.format(**gallery.facts)
        made = weigh(gallery.context(place.who, "zh"), url)
        weighed[place.name] = made.total / 1024
        heavy = sorted(made.bytes.items(), key=lambda item: -item[1])[:3]
        parts = ", ".join(f"{address.rsplit('/', 1)[-1] or 'page'} {size}" for address, size in heavy)
        say(f"{place.name}: {made.total / 1024:.1f} KB in {len(made.bytes)} answers (most: {parts})")
    live = county.url + f"/live/{gallery.facts['live']}/"
    paints = [first_paint(gallery.context(VISITOR, "zh"), live) for _each in range(VISITS)]
    say(
        f"first contentful paint of the live page on 400 kbit/s and 400 ms: {', '.join(f'{p:.2f}' for p in paints)} s"
    )
    evening.end(gallery)
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


def outbox(browser: Browser, county: County, seed: int) -> dict[str, int]:
    found = shell(county, "from tests.bench._crowd import gather; print(json.dumps(gather(40, 0)))")
    torture = Torture(browser, county, found["session"], found["crowd"], seed)
    sent = torture.type_all()
    waiting = torture.calm(60, say)
    torture.close()
    code = (
        "from portal.questions.models import Question; "
        f"texts = list(Question.objects.filter(session={found['session']}).values_list('text', flat=True)); "
        "print(json.dumps([len(texts), len(set(texts))]))"
    )
    stored, different = shell(county, code)
    say(
        f"outbox: {sent} finished on 40 telephones (seed {seed}), {waiting} still waiting, {different} texts stored"
    )
    return {"outbox_sent": sent, "outbox_stored": different, "outbox_doubled": stored - different}


def untranslated_in(gallery: Gallery, places: tuple[Place, ...], sentences: set[str]) -> list[str]:
    """Chinese sentences of ours that stand on an English page."""
    found = []
    for place in places:
        text = gallery.visit(place, "en").locator("body").inner_text()
        found += [f"{place.name}: {line}" for line in text.splitlines() if line.strip() in sentences]
    return found


def looks(browser: Browser, county: County) -> dict[str, int]:
    gallery = Gallery(browser, county, Path(tempfile.mkdtemp()))
    sentences = {sentence.text for domain in DOMAINS for sentence in said(domain) if len(sentence.text) > 1}
    faults, chinese, pages = [], [], 0

    def look(places: tuple[Place, ...]) -> None:
        nonlocal pages
        for place in places:
            for language in ("zh", "en"):
                page = gallery.visit(place, language)
                faults.extend(gallery.faults(page, f"{place.name} {language}", ALL_MODES, every=True))
                pages += 1
        chinese.extend(untranslated_in(gallery, places, sentences))

    look(PLANNED)
    evening.begin(gallery)
    look(ON_AIR)
    evening.on_stage(gallery)
    for who in ("lin", "alice", "bob"):
        faults.extend(gallery.faults(gallery.page(who), f"on stage: {who}", ALL_MODES, every=True))
        gallery.put_on(gallery.page(who), PICTURES[-2])
    evening.end(gallery)
    look(ENDED)
    gallery.close()
    for fault in [*faults, *chinese]:
        say(f"fault: {fault}")
    without = sum(
        1
        for domain in DOMAINS
        for sentence in said(domain)
        if not all(translations(domain).get(sentence) or ("",))
    )
    say(
        f"looks: {pages} pages (states × languages) in {len(ALL_MODES)} modes each, every rule of axe in each"
    )
    return {"axe_violations": len(faults), "untranslated": len(chinese) + without}


def main() -> None:
    options = argparse.ArgumentParser(prog="./bench pages", description=__doc__)
    options.add_argument("--only", choices=PARTS, action="append", help="measure this part (may be repeated)")
    options.add_argument("--seconds", type=float, default=20, help="how long the console is worked at")
    options.add_argument("--seed", type=int, default=20260210, help="of the random kills")
    chosen = options.parse_args()
    parts = chosen.only or PARTS
    say(f"on {machine()}; house and browser share these cores")
    prepared = prepared_data(Path(tempfile.mkdtemp(prefix="pages-")) / "prepared")
    figures: dict[str, float | int | str] = {}
    with sync_playwright() as playwright:
        for part in parts:
            county = County(prepared)
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=LAUNCH)
            try:
                if part == "weights":
                    figures |= weights(browser, county)
                elif part == "console":
                    figures |= console(browser, county, chosen.seconds)
                elif part == "outbox":
                    figures |= outbox(browser, county, chosen.seed)
                else:
                    figures |= looks(browser, county)
            finally:
                browser.close()
                county.stop()
    last_line("pages", figures)


if __name__ == "__main__":
    main()
