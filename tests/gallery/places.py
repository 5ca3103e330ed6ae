"""Every page of the house in the states people meet it: where, who looks, and what is done before looking."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

VISITOR = "visitor"
# Seen once the page's modules run; a tap before that leads to the plain form.
LIVE_READY = "[data-hand]"


@dataclass(frozen=True)
class Place:
    """`path` is filled from the furnished county; `ready` must be seen before anybody looks.

    `further`: another state of a page that stands above.
    """

    name: str
    path: str
    who: str = VISITOR
    ready: str = "h1"
    prepare: Callable[[Page], None] | None = None
    further: bool = False


def _open_ask(page: Page) -> None:
    page.locator("[data-ask]").click()
    expect(page.locator("#ask-text")).to_be_visible()


def _ask_village(page: Page) -> None:
    _open_ask(page)
    page.locator("#ask-text").fill("村口的路灯坏了三个月，晚上接孩子看不见路，什么时候能修好？")
    page.locator("[data-ask-next-button]").click()
    expect(page.locator("#ask-village")).to_be_visible()


def _ask_refused(page: Page) -> None:
    _open_ask(page)
    page.locator("#ask-text").fill("")
    page.locator("[data-ask-next-button]").click()
    expect(page.locator("[data-ask-error]")).to_be_visible()


def _send_empty(page: Page) -> None:
    page.locator("main form[method=post] button:not([type=button])").first.evaluate(
        "button => { button.form.noValidate = true; button.click(); }"
    )
    expect(page.locator(".field-error, .note-error").first).to_be_visible()


def _ask_code(page: Page) -> None:
    words = {"text": "桥面裂了一道缝，谁来看看？", "village": "石桥村", "name": "陈小满"}
    # A number of its own each time: no number gets two codes within a minute.
    words["phone"] = f"138{random.randrange(10**8):08}"
    for name, value in words.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main form[method=post] button:not([type=button])").first.click()
    expect(page.locator("[name=code]")).to_be_visible()


def _ask_to_the_end(page: Page) -> None:
    page.locator("main [name=text]").fill("村里的广播几时能修好？")
    # Past the script, which would show the number on this page.
    page.locator("[data-ask-form]").evaluate("form => form.submit()")
    expect(page.locator("[data-ask-done]")).to_be_visible()


def _staff_login(page: Page) -> None:
    page.locator("details summary").first.click()


def _wrong_code(page: Page) -> None:
    page.locator("[name=number]").fill("20260101-0001")
    page.locator("[name=code]").fill("ABCD2345")
    page.locator("main form[method=post] button").first.click()
    expect(page.locator(".field-error, .note-error").first).to_be_visible()


def _pick_row(page: Page) -> None:
    page.locator("[data-list] > *").first.click()
    expect(page.locator("[data-details-body]")).to_be_visible()


def _help(page: Page) -> None:
    page.locator("[data-help]").click()
    expect(page.locator("[data-help-dialog]")).to_be_visible()


def _open_all(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")


# Before the broadcast.
PLANNED = (
    Place("home", "/"),
    Place("home-of-citizen", "/", "alice", further=True),
    Place("home-of-supervisor", "/", "sam", further=True),
    Place("board", "/board/"),
    Place("board-of-clerk", "/board/", "clara", further=True),
    Place("board-write", "/board/write/", "alice", prepare=_send_empty),
    Place("live-planned", "/live/{planned}/"),
    Place("live-cancelled", "/live/{cancelled}/", further=True),
    Place("ask-plain", "/live/{planned}/ask/"),
    Place("ask-plain-refused", "/live/{planned}/ask/", prepare=_send_empty, further=True),
    Place("ask-done", "/live/{planned}/ask/", "alice", prepare=_ask_to_the_end, further=True),
    Place("ask-code", "/live/{planned}/ask/", "neighbour", prepare=_ask_code, further=True),
    Place("calendar", "/calendar/"),
    Place("login", "/people/login/"),
    Place("login-staff", "/people/login/", prepare=_staff_login, further=True),
    Place("cases-of-visitor", "/cases/", further=True),
    Place("cases-refused", "/cases/", prepare=_wrong_code, further=True),
    Place("cases", "/cases/", "alice"),
    Place("cases-empty", "/cases/", "charlie", further=True),
    Place("case-working", "/cases/{working}/?code={working_code}", further=True),
    Place("case-replied", "/cases/{replied}/?code={replied_code}"),
    Place("case-rated", "/cases/{rated}/?code={rated_code}", further=True),
    Place("rate", "/cases/{rate}/"),
    Place("offline", "/offline/"),
    Place("not-found", "/no-such-page/"),
    Place("refused", "/desk/", "charlie", further=True),
    Place("replays", "/replays/"),
    Place("replays-found", "/replays/?q=水", further=True),
    Place("replay-without-recording", "/live/{past}/replay/"),
    Place("stage-waiting", "/live/{planned}/stage/", "alice", ready="[data-stage]"),
    Place("studio-check", "/live/{planned}/studio/", "chen", ready="[data-studio]"),
    Place("studio-rehearsal", "/live/{rehearsal}/studio/", "chen", ready="[data-studio]", further=True),
    Place("console-planned", "/live/{planned}/console/", "bob", ready="[data-light=link][data-level=good]"),
    Place("invitations", "/live/{planned}/invitations/", "sam"),
    Place("join", "/live/{planned}/join/{seat}/", "uma"),
    Place("cohost-waiting", "/live/{planned}/cohost/", "olga", "[data-cohost-page][data-part=wait]"),
    Place("plan", "/live/plan/", "sam"),
    Place("plan-refused", "/live/plan/", "sam", prepare=_send_empty, further=True),
    Place("rota", "/live/rota/", "sam"),
    Place("desk", "/desk/", "olga"),
    Place("desk-of-clerk", "/desk/", "clara", further=True),
    Place("desk-empty", "/desk/?q=none", "olga", further=True),
    Place("desk-case", "/desk/{working}/", "olga"),
    Place("desk-case-fresh", "/desk/{fresh}/", "clara", prepare=_open_all, further=True),
    Place("reports", "/reports/", "sam"),
    Place("promises", "/desk/promises/", "sam"),
    Place("styleguide", "/styleguide/"),
)

# While it is on air.
ON_AIR = (
    Place("home-on-air", "/", further=True),
    Place("live", "/live/{live}/"),
    Place("live-of-citizen", "/live/{live}/", "alice", further=True),
    Place("ask", "/live/{live}/", ready=LIVE_READY, prepare=_open_ask),
    Place("ask-village", "/live/{live}/", ready=LIVE_READY, prepare=_ask_village, further=True),
    Place("ask-refused", "/live/{live}/", ready=LIVE_READY, prepare=_ask_refused, further=True),
    Place("overlay", "{overlay}", ready="body"),
    Place("console", "/live/{live}/console/", "bob", "[data-list] > *", _pick_row),
    Place("console-keys", "/live/{live}/console/", "bob", "[data-list] > *", _help, further=True),
)

PAUSED = Place("live-paused", "/live/{live}/", further=True)

# After it.
ENDED = (
    Place("live-ended", "/live/{live}/", further=True),
    Place("replay", "/live/{live}/replay/"),
)
