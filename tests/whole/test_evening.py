"""One evening, end to end, in real browsers with real media: from the plan to the reopened case."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.whole.conftest import PICTURES
from tests.whole.county import County, free_port
from tests.whole.evening import HAND, QUESTION, Evening, until
from tests.whole.handling import evaluate, handle
from tests.whole.line import Line
from tests.whole.people import DESKTOP, PHONE, Citizen, Leader, Moderator, spoken

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHORT = QUESTION[:12]


@pytest.fixture
def county(prepared: Path) -> Iterator[County]:
    running = County(prepared, MEDIA_PORT=str(free_port()))
    yield running
    running.stop()


@pytest.fixture
def line(county: County) -> Iterator[Line]:
    made = Line(county.port, int(county.env["MEDIA_PORT"]))
    yield made
    made.close()


@pytest.fixture
def evening(county: County, ids: dict[str, int], playwright: Playwright) -> Evening:
    made = Evening(playwright, county.url, lambda: county.log, PICTURES)
    made.ids = ids
    return made


def the_leader_comes_back(evening: Evening, lin: Leader, viewer: Citizen) -> None:
    """A reload and a pause end nothing."""
    lin.page.reload()
    viewer.picture_moves("[data-main]")
    expect(lin.page.locator("[data-studio][data-phase=live]")).to_be_visible(timeout=20_000)
    lin.pause()
    expect(viewer.page.locator("[data-slate=paused]")).to_be_visible(timeout=10_000)
    viewer.photograph(evening.pictures, "live-paused-phone")
    lin.resume()
    viewer.picture_moves("[data-main]")
    expect(viewer.page.locator("[data-slate=paused]")).to_be_hidden(timeout=10_000)


def the_leaders_line_breaks(line: Line, lin: Leader, viewer: Citizen, meanwhile: Callable[[], None]) -> None:
    """Not a packet for 30 s: the picture stands still, the others go on, and the leader is back on the same evening."""
    line.cut(True)
    mended_at = time.monotonic() + 30
    time.sleep(1)  # what was under way is shown
    shown, passed = viewer.frames("[data-main]"), line.passed
    meanwhile()
    link = lin.page.locator("[data-link]")
    expect(link).not_to_have_attribute("data-level", "good")
    time.sleep(max(0, mended_at - time.monotonic()))
    assert (viewer.frames("[data-main]"), line.passed) == (shown, passed)
    assert line.lost > 0
    line.cut(False)
    viewer.picture_moves("[data-main]")
    expect(link).to_have_attribute("data-level", "good", timeout=20_000)
    expect(lin.page.locator("[data-studio][data-phase=live]")).to_be_visible()


def the_citizen_asks(evening: Evening, alice: Citizen, bob: Moderator) -> None:
    number, code = evening.ask(alice)
    assert number and code
    alice.photograph(evening.pictures, "asked-phone")
    expect(bob.row(SHORT)).to_be_visible(timeout=5_000)
    assert bob.lane_of(SHORT) == "new"
    alice.page.locator("[data-ask-close]").click()


def a_hand_is_raised(evening: Evening, alice: Citizen, bob: Moderator) -> None:
    """Seen without a reload, called up and checked: for all of that the leader need not be there."""
    alice.raise_hand("石桥镇柳湾村")
    expect(bob.row(HAND)).to_be_visible(timeout=5_000)
    evening.call_up(bob, alice, HAND)


def a_spoken_question_gets_its_text(
    evening: Evening, bob: Moderator, alice: Citizen, viewer: Citizen, folder: Path
) -> None:
    """Proposed from the captions, confirmed by the moderator, and among the citizen's cases."""
    evening.put_on(bob)
    expect(alice.page.locator("[data-part=on]")).to_be_visible(timeout=15_000)
    viewer.picture_moves("[data-guest]")
    alice.say(spoken("the school bus has not come for two weeks", folder, "slt"))
    bob.pick(HAND)
    field = bob.page.locator("[data-spoken-text]")

    def proposed() -> str:
        bob.act("propose")
        time.sleep(0.5)
        return field.input_value()

    words = until(proposed, 20, "a proposal from the captions")
    bob.page.locator("[data-spoken-save]").click()
    expect(bob.row(words)).to_be_visible(timeout=10_000)
    bob.take_off()
    expect(alice.page.locator("[data-part=over]")).to_be_visible(timeout=15_000)
    expect(alice.go("/cases/").locator("main")).to_contain_text(words)


def on_stage(
    evening: Evening, bob: Moderator, alice: Citizen, lin: Leader, viewer: Citizen, folder: Path
) -> None:
    """Called up, checked, on: both hear each other, the viewer sees both; a drop keeps the seat."""
    evening.bring_on_stage(bob, alice, SHORT)
    expect(alice.page.locator("[data-part=on]")).to_be_visible(timeout=15_000)
    alice.say(spoken("good evening leader when will the street lamps be repaired", folder, "slt"), again=True)
    viewer.picture_moves("[data-guest]")
    lin.picture_moves("[data-guest]")
    assert lin.loudness("[data-guest]", 4) > 0.01, "the leader does not hear the guest"
    assert viewer.loudness("[data-guest]", 4) > 0.01, "the viewer does not hear the guest"
    alice.picture_moves("[data-leader]")
    alice.photograph(evening.pictures, "stage-phone")
    lin.photograph(evening.pictures, "studio-desktop")
    bob.photograph(evening.pictures, "console-desktop")
    alice.page.reload()
    viewer.picture_moves("[data-guest]", 40)
    expect(alice.page.locator("[data-part=on]")).to_be_visible(timeout=30_000)


def the_guest_has_left(alice: Citizen, viewer: Citizen, bob: Moderator) -> None:
    """The end of the answer gives the place free, without another step."""
    expect(alice.page.locator("[data-part=over]")).to_be_visible(timeout=15_000)
    expect(viewer.page.locator("[data-player]:not([data-guest-on])")).to_be_visible(timeout=15_000)
    expect(bob.page.locator("[data-guest-off]")).to_be_hidden(timeout=15_000)


def captions_follow(evening: Evening, viewer: Citizen) -> None:
    words = until(
        lambda: viewer.page.locator("[data-captions]").inner_text().strip(), 20, "a caption of the answer"
    )
    assert len(words.split()) >= 2
    viewer.photograph(evening.pictures, "live-desktop")


def after_the_end(evening: Evening, lin: Leader, viewer: Citizen, alice: Citizen) -> None:
    lin.end()
    ended = time.monotonic()
    page = viewer.go(f"/live/{evening.session}/replay/")
    viewer.picture_plays("[data-video]", 30)
    assert time.monotonic() - ended < 30
    line = page.locator("[data-transcript] button, [data-transcript] a").last
    expect(line).to_be_visible(timeout=10_000)
    line.click()
    until(lambda: page.evaluate("document.querySelector('[data-video]').currentTime") > 1, 10, "the jump")
    viewer.photograph(evening.pictures, "replay-desktop")
    case = alice.go(f"/cases/{evening.number}/?code={evening.query_code}")

    def clip_is_there() -> bool:
        case.reload()
        return case.locator("video").count() > 0

    until(clip_is_there, 30, "the clip on the case page")
    alice.picture_plays("video", 15)
    case.locator("video").first.scroll_into_view_if_needed()
    alice.photograph(evening.pictures, "case-phone")


def test_one_evening_from_plan_to_reopened_case(
    county: County, evening: Evening, line: Line, tmp_path: Path
) -> None:
    try:
        evening.plan()
        lin = evening.leader(line)
        lin.go_live()
        viewer = evening.citizen(DESKTOP)
        viewer.watch(evening.session)
        viewer.picture_moves("[data-main]")
        the_leader_comes_back(evening, lin, viewer)
        alice = evening.citizen(PHONE)
        alice.watch(evening.session)
        alice.picture_moves("[data-main]")
        alice.photograph(evening.pictures, "live-phone")
        bob = evening.moderator()

        def meanwhile() -> None:
            the_citizen_asks(evening, alice, bob)
            a_hand_is_raised(evening, alice, bob)

        the_leaders_line_breaks(line, lin, viewer, meanwhile)
        a_spoken_question_gets_its_text(evening, bob, alice, viewer, tmp_path)
        alice.watch(evening.session)
        alice.picture_moves("[data-main]")
        on_stage(evening, bob, alice, lin, viewer, tmp_path)
        evening.answer(bob, lin, tmp_path)
        captions_follow(evening, viewer)
        the_guest_has_left(alice, viewer, bob)
        after_the_end(evening, lin, viewer, alice)
        unit = county.shell(
            "from portal.people.models import Role; print(Role.objects.filter(person__username='olga').first().unit_id)"
        )
        handle(evening, unit.splitlines()[-1])
        evaluate(evening)
        faults = {type(person).__name__: person.faults() for person in evening.people if person.faults()}
        assert not faults
    finally:
        evening.close()
