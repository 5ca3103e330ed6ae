"""Lin, Bob, Alice and the others, each with a browser of their own, and what they do on the pages."""

import base64
import re
import subprocess
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.whole.county import PASSWORD

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    # Pages of one machine must not be slowed because another window covers them.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--force-color-profile=srgb",
]
# Nobody taps in most tests.
SOUND_AT_ONCE = "--autoplay-policy=no-user-gesture-required"
CLOCK_CAMERA = Path(__file__).with_name("clock_camera.js")


def spoken(text: str, directory: Path, voice: str = "rms") -> str:
    """A WAV of `text` by Debian's flite, as base64 for `testClock.say`."""
    path = directory / f"{abs(hash((text, voice)))}.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
    return base64.b64encode(path.read_bytes()).decode()


class Someone:
    """One person: a browser, one context, one page."""

    def __init__(
        self,
        playwright: Playwright,
        url: str,
        size: dict[str, int],
        locale: str = "zh-CN",
        flags: Any = (SOUND_AT_ONCE,),
    ):
        self.url = url
        self.browser: Browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[*FLAGS, *flags],
        )
        self.context: BrowserContext = self.browser.new_context(
            viewport={"width": size["width"], "height": size["height"]},
            locale=locale,
            ignore_https_errors=True,
            timezone_id="Asia/Shanghai",
        )
        self.context.add_init_script(path=CLOCK_CAMERA)
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"pageerror: {error}"))

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path, wait_until="domcontentloaded")
        return self.page

    def faults(self) -> list[str]:
        """What went wrong in the page, but for the network that a test cut on purpose."""
        return [
            line for line in self.said if line.startswith(("pageerror", "error:")) and "net::ERR" not in line
        ]

    def photograph(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png")

    def ages(self, selector: str, seconds: float) -> list[float]:
        """Age in ms of every frame that the video element presents within `seconds`."""
        found: list[float] = self.page.evaluate(
            "([selector, seconds]) => testClock.ages(document.querySelector(selector), seconds)",
            [selector, seconds],
        )
        return found

    def loudness(self, selector: str, seconds: float) -> float:
        heard: float = self.page.evaluate(
            "([selector, seconds]) => testClock.loudness(document.querySelector(selector), seconds)",
            [selector, seconds],
        )
        return heard

    def say(self, wav: str, again: bool = False) -> float:
        """Speaks into this page's microphone; gives the wall-clock ms at which it begins."""
        began: float = self.page.evaluate("([wav, again]) => testClock.say(wav, again)", [wav, again])
        return began

    def frames(self, selector: str) -> int:
        """Frames that the video element has shown so far."""
        shown: int = self.page.evaluate(
            "(selector) => document.querySelector(selector).getVideoPlaybackQuality().totalVideoFrames",
            selector,
        )
        return shown

    def picture_moves(self, selector: str, seconds: float = 20) -> None:
        """Waits until new frames are shown; fails with what the page said."""
        before = self.frames(selector)
        try:
            self.page.wait_for_function(
                "([at, n]) => document.querySelector(at).getVideoPlaybackQuality().totalVideoFrames > n",
                arg=[selector, before + 5],
                timeout=seconds * 1000,
            )
        except Exception as error:
            raise AssertionError(f"{selector} shows no new frames: {self.said[-10:]}") from error
        # Players of empty places must not hold the page's load event up.
        self.page.wait_for_load_state("load")

    def picture_plays(self, selector: str, seconds: float) -> None:
        """Presses play and waits until the player's time goes on."""
        self.page.locator(selector).first.evaluate("video => { video.play().catch(() => undefined); }")
        self.page.wait_for_function(
            "(at) => ((v) => { v.paused && v.play().catch(() => 0); return v.currentTime > 0.5 && v.readyState > 2; })"
            "(document.querySelector(at))",
            arg=selector,
            timeout=seconds * 1000,
        )

    def close(self) -> None:
        self.browser.close()


class Staff(Someone):
    """Somebody with a staff log-in."""

    def log_in(self, name: str) -> None:
        page = self.go("/people/login/")
        page.locator("details", has=page.locator("input[name=username]")).locator("summary").click()
        page.locator("input[name=username]").fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/people/login/" not in url)


class Leader(Staff):
    def open_studio(self, session: int) -> None:
        self.go(f"/live/{session}/studio/")

    def go_live(self) -> None:
        expect(self.page.locator("[data-go]")).to_be_enabled(timeout=20_000)
        self.page.locator("[data-go]").click()
        self.page.locator("[data-confirm-yes]").click()
        expect(self.page.locator("[data-studio][data-phase=live]")).to_be_visible(timeout=20_000)

    def pause(self) -> None:
        self.page.locator("[data-pause]").click()

    def resume(self) -> None:
        self.page.locator("[data-resume]").click()

    def begin_answer(self) -> None:
        """With a double tap, as many people press a button: only the first may count."""
        button = self.page.locator("[data-done]")
        expect(button).to_have_text("开始回答", timeout=10_000)
        box = button.bounding_box()
        assert box is not None
        for _tap in range(2):
            self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            self.page.wait_for_timeout(300)

    def end(self) -> None:
        self.page.locator("[data-end]").click()
        self.page.locator("[data-confirm-yes]").click()
        expect(self.page.locator("[data-over]")).to_be_visible(timeout=15_000)


class Moderator(Staff):
    def open_console(self, session: int) -> None:
        self.go(f"/live/{session}/console/")
        expect(self.page.locator("[data-light=link][data-level=good]")).to_be_visible(timeout=15_000)

    def row(self, text: str) -> Any:
        return self.page.locator("[data-list] > *", has_text=text).first

    def pick(self, text: str) -> None:
        self.row(text).click()
        expect(self.page.locator("[data-d-text]")).to_contain_text(text)

    def act(self, name: str) -> None:
        self.page.locator(f".details [data-act={name}]").click()

    def answer(self, name: str) -> None:
        """`begin` or `end` of the answer to the question on air."""
        button = self.page.locator(f".stage-answer [data-act={name}]")
        expect(button).to_be_enabled(timeout=10_000)
        button.click()

    def take_off(self) -> None:
        self.page.locator("[data-guest-off]").click()

    def lane_of(self, text: str) -> str:
        # The lane is asked, not the row: a row that moves while it is asked stands in no lane.
        row = self.page.locator("[data-list] > *", has_text=text)
        return self.page.locator("[data-lane]", has=row).first.get_attribute("data-lane") or ""


class Citizen(Someone):
    def watch(self, session: int) -> None:
        self.go(f"/live/{session}/")

    def ask(self, text: str, code_of: Any, village: str, name: str, phone: str) -> tuple[str, str]:
        """The dialog, field by field; gives case number and query code. `code_of(phone)` reads the SMS."""
        page = self.page
        page.locator("[data-ask]").click()
        for field, value in {"text": text, "village": village, "name": name, "phone": phone}.items():
            step = page.locator(f"[data-step={field}]")
            if step.is_visible():
                step.locator("textarea, input").first.fill(value)
                page.locator("[data-ask-next-button]").click()
                expect(step).to_be_hidden(timeout=10_000)
        code = page.locator("[data-step=code]")
        expect(page.locator("[data-step=code], [data-step=received]").locator("visible=true")).to_have_count(
            1
        )
        if code.is_visible():
            page.locator("#ask-code").fill(code_of(phone))
            page.locator("[data-ask-next-button]").click()
        return self.numbers()

    def raise_hand(self, village: str) -> None:
        """Without a word of text; who has confirmed a telephone is asked for nothing more. The dialog stays open, as
        who waits to be called leaves it."""
        self.page.locator("[data-hand]").click()
        self.page.locator("[data-step=village] input").fill(village)
        self.page.locator("[data-ask-next-button]").click()
        expect(self.page.locator("[data-step=received] [data-hand-next]")).to_be_visible(timeout=10_000)

    def numbers(self) -> tuple[str, str]:
        expect(self.page.locator("[data-step=received]")).to_be_visible(timeout=10_000)
        number = self.page.locator("[data-ask-number]").inner_text().strip()
        return number, self.page.locator("[data-ask-query]").inner_text().strip()


def code_in(log: str, phone: str) -> str:
    """The newest one-time code that the console SMS backend printed for `phone`."""
    found = re.findall(rf"{phone}\D+.*?\b(\d{{6}})\b", log)
    if not found:
        raise AssertionError(f"no code for {phone} was printed")
    return str(found[-1])
