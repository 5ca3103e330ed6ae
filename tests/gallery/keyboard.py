"""Somebody without a mouse: from place to place with Tab, and always seeing where they are."""

from playwright.sync_api import Page

FOCUS = """selector => {
    const at = document.activeElement;
    if (!at || at === document.body) return "";
    const style = getComputedStyle(at), box = at.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const seen = ring || getComputedStyle(at, "::after").outlineStyle !== "none";
    if (!seen) return `no ring on ${at.outerHTML.slice(0, 120)}`;
    if (box.width < 1 && !at.matches(".skip")) return `nothing to see of ${at.outerHTML.slice(0, 120)}`;
    return at.matches(selector) ? "here" : "";
}"""


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Presses Tab until the focus is on `selector`; every stop on the way must show its ring."""
    page.wait_for_load_state()  # a page that was just led to has words, and no ring, until its styles are there
    for _each in range(most):
        page.keyboard.press("Tab")
        found: str = page.evaluate(FOCUS, selector)
        if found == "here":
            return
        assert not found, found
    raise AssertionError(f"{selector} was not reached with {most} tabs")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    tab_to(page, selector)
    page.keyboard.press(key)
