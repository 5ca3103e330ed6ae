"""The broadcast that the gallery looks at: Lin goes live and answers, Alice is called up and put on, Lin ends."""

from playwright.sync_api import Page, expect

from tests.gallery.gallery import PICTURES, Gallery
from tests.gallery.places import Place

STUDIO = Place("studio", "/live/{live}/studio/", "lin", "[data-studio]")
STAGE = Place("stage", "/live/{live}/stage/", "alice", "[data-stage]")
CONSOLE = Place("console", "/live/{live}/console/", "bob", "[data-light=link][data-level=good]")
DESK = PICTURES[-2]
# Where somebody else raises a hand; the one that is called up is Alice's.
ANOTHER_VILLAGE = "白鹤村"


def begin(gallery: Gallery) -> Page:
    """Lin's studio, on air, with the first question of the shortlist being answered."""
    page = gallery.visit(STUDIO, first=DESK)
    expect(page.locator("[data-go]")).to_be_enabled(timeout=30_000)
    page.locator("[data-go]").click()
    page.locator("[data-confirm-yes]").click()
    expect(page.locator("[data-studio][data-phase=live]")).to_be_visible(timeout=30_000)
    bob = gallery.visit(CONSOLE, first=DESK)
    expect(bob.locator("[data-light=recording][data-level=good]")).to_be_visible(timeout=30_000)
    bob.locator("[data-lane=shortlist] [data-list] > *").first.click()
    bob.locator(".stage-answer [data-act=begin]").click()
    expect(bob.locator("[data-answer][data-on]")).to_be_visible()
    return page


def call_up(gallery: Gallery) -> Page:
    """Alice's page, asked to check her camera; Bob's console has her raised hand picked."""
    bob = gallery.visit(CONSOLE, first=DESK)
    row = bob.locator("[data-list] > *", has_text="举手", has_not_text=ANOTHER_VILLAGE).first
    row.click()
    bob.locator(".details [data-act=call_up]").click()
    alice = gallery.visit(STAGE)
    expect(alice.locator("[data-check]")).to_be_visible(timeout=20_000)
    return alice


def on_stage(gallery: Gallery) -> None:
    """Alice is on the air with Lin; the answer before has ended, for its question held the place at the microphone."""
    bob = gallery.visit(CONSOLE, first=DESK)
    expect(bob.locator("[data-answer][data-on]")).to_be_visible()
    bob.locator(".stage-answer [data-act=end]").click()
    expect(bob.locator("[data-answer][data-on]")).to_have_count(0)
    alice = call_up(gallery)
    alice.locator("[data-check]").click()
    expect(alice.locator("[data-ready]")).to_be_enabled(timeout=30_000)
    alice.locator("[data-ready]").click()
    bob.locator("[data-guest-on]").click(timeout=30_000)
    expect(alice.locator("[data-part=on]")).to_be_visible(timeout=30_000)


def end(gallery: Gallery) -> None:
    page = gallery.visit(STUDIO, first=DESK)
    expect(page.locator("[data-studio][data-phase=live]")).to_be_visible(timeout=30_000)
    page.locator("[data-end]").click()
    page.locator("[data-confirm-yes]").click()
    expect(page.locator("[data-over]")).to_be_visible(timeout=30_000)
