"""What a finger or a pointer has to hit on the desks: nothing smaller than WCAG 2.2 and the house ask for.

44 px everywhere and 60 px in large print. The moderator's console is worked with keys and a mouse and shows three
hundred questions: there, and only there, 24 px (WCAG 2.2 AA) are enough in normal print.
"""

from playwright.sync_api import Page

LARGE, FINGER, POINTER = 60, 44, 24
# A box with its label is one target; a link inside a sentence is as high as the sentence.
SMALL = """least => {
    const found = [...document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option], [role=tab]")];
    return found.filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter(one => !one.closest(".visually-hidden, .skip") && getComputedStyle(one).display !== "inline")
        .map(one => [one, (one.closest(".field-choice") ?? one).getBoundingClientRect()])
        .filter(([, box]) => Math.min(box.width, box.height) < least - 0.5)
        .map(([one, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 90)}`);
}"""


def small_targets(page: Page, large: bool) -> list[str]:
    """Those of a desk that are too small; of any other page none."""
    desk = page.locator("[data-console], [data-studio], [data-cohost-page]")
    if not desk.count():
        return []
    dense = desk.first.get_attribute("data-console") is not None
    least = LARGE if large else POINTER if dense else FINGER
    found: list[str] = page.evaluate(SMALL, least)
    return found
