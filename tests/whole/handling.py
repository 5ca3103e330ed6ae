"""The closed loop of a case on the desk: accept, dispatch, sign, reply, approve, evaluate, reopen."""

import re

from playwright.sync_api import expect

from tests.whole.evening import Evening
from tests.whole.people import DESKTOP, PHONE, Citizen, Staff


def step(person: Staff, number: str, name: str, **fields: str) -> None:
    """Fills the step's form on the desk's case page and sends it."""
    page = person.go(f"/desk/{number}/")
    form = page.locator(f"form[action$='/desk/{number}/{name}/']")
    details = page.locator("details", has=form)
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    for field, value in fields.items():
        place = form.locator(f"[name={name}-{field}]")
        if place.evaluate("node => node.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    form.locator("button").click()
    expect(page.locator(".note-error, .field-error")).to_have_count(0)


def handle(evening: Evening, unit_id: str) -> None:
    """From registered to replied, each step by the person whose step it is."""
    number = evening.number
    staff = {
        name: evening.enter(Staff(evening.playwright, evening.url, DESKTOP))
        for name in ("clara", "olga", "uma")
    }
    for name, person in staff.items():
        person.log_in(name)
    step(staff["clara"], number, "accept", matter="路灯维修", urgency="normal")
    step(staff["clara"], number, "dispatch", unit_id=unit_id)
    staff["olga"].go("/desk/")
    expect(staff["olga"].page.locator("main")).to_contain_text(number)
    staff["olga"].photograph(evening.pictures, "desk-desktop")
    step(staff["olga"], number, "sign")
    step(staff["olga"], number, "reply", text="已派电工更换三盏路灯，本周五前完成。")
    step(staff["uma"], number, "approve_reply")
    staff["uma"].photograph(evening.pictures, "desk-case-desktop")
    for person in staff.values():
        person.close()
        evening.people.remove(person)


def evaluate(evening: Evening) -> None:
    """A phone that is not logged in, by link: five levels, solved or not, and once more."""
    phone: Citizen = evening.enter(Citizen(evening.playwright, evening.url, PHONE))
    page = phone.go(f"/cases/{evening.number}/?code={evening.query_code}")
    page.locator("a[href*='/rate/']").first.click()
    expect(page).to_have_url(re.compile("/rate/"))
    phone.photograph(evening.pictures, "rate-phone")
    page.locator("button[name=level]").nth(3).click()
    expect(page.locator("main p[role=status].note-good")).to_be_visible()
    page.locator("button[name=solved][value=no]").click()
    reopen = page.locator("details", has=page.locator("button[name=reopen]"))
    reopen.locator("summary").click()
    reopen.locator("textarea").fill("换了一盏，还有两盏不亮。")
    reopen.locator("button[name=reopen]").click()
    page = phone.go(f"/cases/{evening.number}/?code={evening.query_code}")
    expect(page.locator("main")).to_contain_text("第 2 轮")
    phone.photograph(evening.pictures, "case-reopened-phone")
