"""One evening, end to end, in real browsers with real media: from the plan to the reopened case."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from tests.whole.conftest import PICTURES
from tests.whole.county import County
from tests.whole.evening import QUESTION, Evening, until
from tests.whole.handling import evaluate, handle
from tests.whole.people import DESKTOP, PHONE, Citizen, Leader, Moderator, spoken

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHORT = QUESTION[:12]


@pytest.fixture
def evening(county: County, ids: dict[str, int], playwright: Playwright) -> Evening:
    made = Evening(playwright, county.url, lambda: county.log, PICTURES)
    made.ids = ids
    return made


def the_leader_comes_back(evening: Evening, lin: Leader, viewer: Citizen) -> None:
    """A reload, a pause and a network break of 30 s end nothing."""
    lin.page.reload()
    viewer.picture_moves("[data-main]")
    expect(lin.page.locator("[data-studio][data-phase=live]")).to_be_visible(timeout=20_000)
    lin.pause()
    expect(viewer.page.locator("[data-slate=paused]")).to_be_visible(timeout=10_000)
    viewer.photograph(evening.pictures, "live-paused-phone")
    lin.resume()
    viewer.picture_moves("[data-main]")
    expect(viewer.page.locator("[data-slate=paused]")).to_be_hidden(timeout=10_000)
    lin.context.set_offline(True)
    time.sleep(30)
    lin.context.set_offline(False)
    expect(lin.page.locator("[data-studio][data-phase=live]")).to_be_visible(timeout=20_000)
    viewer.picture_moves("[data-main]")


def the_citizen_asks(evening: Evening, alice: Citizen, bob: Moderator) -> None:
    alice.photograph(evening.pictures, "live-phone")
    number, code = evening.ask(alice)
    assert number and code
    alice.photograph(evening.pictures, "asked-phone")
    expect(bob.row(SHORT)).to_be_visible(timeout=5_000)
    assert bob.lane_of(SHORT) == "new"
    alice.page.locator("[data-ask-close]").click()


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


def test_one_evening_from_plan_to_reopened_case(county: County, evening: Evening, tmp_path: Path) -> None:
    try:
        evening.plan()
        lin = evening.leader()
        lin.go_live()
        viewer = evening.citizen(DESKTOP)
        viewer.watch(evening.session)
        viewer.picture_moves("[data-main]")
        the_leader_comes_back(evening, lin, viewer)
        alice = evening.citizen(PHONE)
        alice.watch(evening.session)
        alice.picture_moves("[data-main]")
        bob = evening.moderator()
        the_citizen_asks(evening, alice, bob)
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
