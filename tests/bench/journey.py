"""./bench journey: one evening in real browsers, several times, medians (default five, `--times N`).

What each figure is:
  first_frame_ms       navigation of the citizen's live page on a new phone to the first presented video frame
                       (three phones an evening, no driver attached)
  glass_ms_p50, _p95   age of frames (clock in the picture) on the viewer's page over WebRTC at 720p
  question_to_case_ms  the citizen's last click to the case number on the page (three questions an evening)
  question_to_console_ms  the same click to the row in the moderator's console
  caption_first_ms     the leader begins to speak to the first caption words on the viewer's page
  clip_ready_s         "answer done" to the clip being served
  programme_core       share of a core of the programme process with two on stage
  kill_lost_s          recording time missing after kill -9 of the programme process

All browsers share the machine's cores with the house, so each figure is taken with only the browsers it needs:
first frame and LL-HLS beside the leader's alone, captions beside leader and one viewer, the question beside
moderator and leader.
"""

import argparse
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Playwright, expect, sync_playwright

from recordings.journal import RENDITIONS
from tests.bench._report import last_line, machine, median, percentile, say
from tests.bench._visitor import first_frame_ms
from tests.whole.conftest import IDS
from tests.whole.county import County, prepared_data
from tests.whole.evening import QUESTION, Evening, until
from tests.whole.people import DESKTOP, Citizen, Leader, Moderator, spoken

SHORT = QUESTION[:12]
VISITS = 3
OTHERS = (
    "从镇上到我们组的班车什么时候能恢复？老人看病很不方便。",
    "小学门口的路没有斑马线，孩子们上学过马路太危险了。",
)
SENTENCE = "we will repair the street lamps in your village before friday of next week"


WHEN_SHOWN = """([at, word]) => { window.shownAt = new Promise((resolve) => {
    const look = () => { for (const node of document.querySelectorAll(at)) {
        if (node.textContent.includes(word)) { resolve(Date.now()); return true; } } return false; };
    if (look()) return;
    new MutationObserver((_, self) => { if (look()) self.disconnect(); })
        .observe(document, { childList: true, subtree: true, characterData: true });
}); }"""


def asks_timed(evening: Evening, alice: Citizen, bob: Moderator) -> dict[str, list[float]]:
    """Alice proves her number with a first question; those after it are timed from their last click."""
    evening.ask(alice, "第一个问题：村里的自来水一到夏天就停，怎么办？")
    alice.page.locator("[data-ask-close]").click()
    alice.page.evaluate(
        """() => document.addEventListener("click", () => { window.clickedAt = Date.now(); }, true)"""
    )
    asked = [ask_timed(evening, alice, bob, text) for text in (*OTHERS, QUESTION)]
    return {key: [one[key] for one in asked] for key in asked[0]}


def ask_timed(evening: Evening, alice: Citizen, bob: Moderator, text: str) -> dict[str, float]:
    time.sleep(2)
    bob.page.evaluate(WHEN_SHOWN, ["[data-list]", text[:12]])
    page = alice.page
    page.locator("[data-ask]").click()
    page.locator("#ask-text").fill(text)
    page.locator("[data-ask-next-button]").click()
    expect(page.locator("#ask-village")).to_be_visible()
    page.locator("#ask-village").fill("石桥镇柳湾村")
    page.evaluate(
        """() => { window.numberAt = new Promise((resolve) => { const look = () => {
            const node = document.querySelector("[data-step=received]");
            const number = document.querySelector("[data-ask-number]").textContent.trim();
            if (node && !node.hidden && number) resolve(Date.now());
            else requestAnimationFrame(look); }; look(); }); }"""
    )
    page.locator("[data-ask-next-button]").click()
    evening.number, evening.query_code = alice.numbers()
    clicked = page.evaluate("window.clickedAt")
    page.locator("[data-ask-close]").click()
    return {
        "question_to_case_ms": page.evaluate("window.numberAt") - clicked,
        "question_to_console_ms": bob.page.evaluate("window.shownAt") - clicked,
    }


def caption_timed(viewer: Citizen, lin: Leader, folder: Path) -> float:
    viewer.page.evaluate(
        """() => { const box = document.querySelector("[data-captions]"); const before = box.textContent;
            window.captionAt = new Promise((resolve) => new MutationObserver((_, self) => {
                if (!box.textContent.trim() || box.textContent === before) return;
                self.disconnect();
                resolve(Date.now());
            }).observe(box, { childList: true, subtree: true, characterData: true })); }"""
    )
    began = lin.say(spoken(SENTENCE, folder))
    shown: float = viewer.page.evaluate("window.captionAt")
    return shown - began


def programme_of(county: County, session: int) -> psutil.Process:
    """The programme that writes now: of the two children the one that computes."""
    children = [child for child in county.children("recordings.child")]
    spent = {child.pid: sum(child.cpu_times()[:2]) for child in children}
    time.sleep(1.5)
    return max(children, key=lambda child: sum(child.cpu_times()[:2]) - spent[child.pid])


def core_share(process: psutil.Process, seconds: float) -> float:
    before = sum(process.cpu_times()[:2])
    time.sleep(seconds)
    return float(sum(process.cpu_times()[:2]) - before) / seconds


def kill_lost(county: County, session: int, viewer: Citizen) -> float:
    """Seconds of recording time that no segment holds after kill -9 of the programme."""
    programme_of(county, session).kill()
    directory = county.data_dir / "recordings" / str(session) / RENDITIONS[0] / "journal.jsonl"

    def rows() -> list[dict[str, Any]]:
        return [json.loads(line) for line in directory.read_text().splitlines() if line.endswith("}")]

    epoch = max(row["epoch"] for row in rows())
    until(lambda: max(row["epoch"] for row in rows()) > epoch or None, 20, "the programme's return")
    found = rows()
    at = next(i for i, row in enumerate(found) if row["epoch"] > epoch)
    viewer.picture_moves("[data-main]")
    return float(found[at]["t"] - found[at - 1]["t"] - found[at - 1]["dur"])


def hls_glass(evening: Evening) -> float:
    """Median age in seconds of the programme's frames in a page whose WebRTC is taken away."""
    viewer = Citizen(evening.playwright, evening.url, DESKTOP)
    viewer.context.add_init_script("window.RTCPeerConnection = undefined;")
    evening.enter(viewer).watch(evening.session)
    viewer.picture_plays("[data-main]", 40)
    time.sleep(6)
    ages = viewer.ages("[data-main]", 5)
    viewer.close()
    evening.people.remove(viewer)
    return percentile(ages, 0.5) / 1000


def clip_timed(county: County, evening: Evening, bob: Moderator) -> float:
    bob.answer("end")
    ended = time.monotonic()
    code = "from recordings.models import Clip; print(Clip.objects.filter(state='ready').count())"
    before = int(county.shell(code).splitlines()[-1])
    if before:
        return time.monotonic() - ended
    until(lambda: int(county.shell(code).splitlines()[-1]) > before, 60, "the clip")
    return time.monotonic() - ended


def one_evening(playwright: Playwright, prepared: Path, folder: Path) -> dict[str, Any]:
    county = County(prepared)
    evening = Evening(playwright, county.url, lambda: county.log, folder)
    evening.ids = json.loads(county.shell(IDS).splitlines()[-1])
    found: dict[str, Any] = {}
    try:
        evening.plan()
        evening.close()
        evening.people.clear()
        lin = evening.leader()
        lin.go_live()
        time.sleep(5)
        page = f"{county.url}/live/{evening.session}/"
        found["first_frame_ms"] = [first_frame_ms(page) for _ in range(VISITS)]
        found["hls_glass_s"] = hls_glass(evening)
        alice = evening.citizen()
        alice.watch(evening.session)
        alice.picture_moves("[data-main]")
        time.sleep(3)
        found["ages"] = alice.ages("[data-main]", 8)
        found["caption_first_ms"] = caption_timed(alice, lin, folder)
        bob = evening.moderator()
        found.update(asks_timed(evening, alice, bob))
        evening.bring_on_stage(bob, alice, SHORT)
        expect(alice.page.locator("[data-part=on]")).to_be_visible(timeout=20_000)
        viewer = evening.citizen(DESKTOP)
        viewer.watch(evening.session)
        viewer.picture_moves("[data-guest]")
        bob.answer("begin")
        lin.say(spoken(SENTENCE, folder))
        found["programme_core"] = core_share(programme_of(county, evening.session), 10)
        found["clip_ready_s"] = clip_timed(county, evening, bob)
        found["kill_lost_s"] = kill_lost(county, evening.session, viewer)
    finally:
        evening.close()
        county.stop()
    return found


def told(name: str, value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    return f"{name} {' '.join(f'{one:.3g}' for one in values)}"


def median_of_all(found: list[dict[str, Any]], name: str) -> float:
    return median(value for one in found for value in one[name])


def main() -> None:
    options = argparse.ArgumentParser(prog="./bench journey", description=__doc__)
    options.add_argument("--times", type=int, default=5)
    times = options.parse_args().times
    say(f"on {machine()}; house, leader, moderator, guest and viewers share these cores")
    say(f"Debian's Chromium, 1280×720 at 30/s (I420 frames with a clock in them); {times} evenings")
    folder = Path(tempfile.mkdtemp(prefix="journey-"))
    prepared = prepared_data(folder / "prepared")
    found: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        for number in range(times):
            found.append(one_evening(playwright, prepared, folder))
            say(
                f"evening {number + 1}: "
                + ", ".join(told(*row) for row in found[-1].items() if row[0] != "ages")
            )
    ages = [age for one in found for age in one["ages"]]
    hls = median(one["hls_glass_s"] for one in found)
    say(f"{len(ages)} frames timed over WebRTC; else medians of {times}, kill_lost_s the worst")
    say(f"glass to glass over LL-HLS in hls.js: {hls:.2f} s (median of {times})")
    last_line(
        "journey",
        {
            "first_frame_ms": median_of_all(found, "first_frame_ms"),
            "glass_ms_p50": percentile(ages, 0.5),
            "glass_ms_p95": percentile(ages, 0.95),
            "question_to_case_ms": median_of_all(found, "question_to_case_ms"),
            "question_to_console_ms": median_of_all(found, "question_to_console_ms"),
            "caption_first_ms": median(one["caption_first_ms"] for one in found),
            "clip_ready_s": median(one["clip_ready_s"] for one in found),
            "programme_core": median(one["programme_core"] for one in found),
            "kill_lost_s": max(one["kill_lost_s"] for one in found),
        },
    )
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
