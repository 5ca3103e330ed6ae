"""The leader's and the departments' pages in a browser, and cases and the desk on paper."""

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from portal.appeals.actions import load_official_years
from portal.appeals.actions.registering import usual_urgency
from portal.appeals.sealing import query_code
from portal.live.actions.invitations import invitation_token, invite, take_seat
from portal.people.models import Person, Unit
from portal.questions.models import Question
from tests.browser.conftest import Site
from tests.browser.test_citizen_pages import DESK, PHONE, context_of, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TABLET = {"width": 1024, "height": 768}


def page_of(
    browser: Browser, site: Site, person: Person, size: dict[str, int], scheme: str = "light"
) -> Page:
    context = context_of(browser, site, size, scheme, "normal")
    client = Client()
    client.force_login(person)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.address}]
    )
    return context.new_page()


@pytest.mark.parametrize("size", [PHONE, TABLET, DESK], ids=["phone", "tablet", "desk"])
def test_studio_seat_and_invitations_fit_the_screen_and_satisfy_axe(
    browser: Browser, site: Site, size: dict[str, int]
) -> None:
    seat = invite(site.cast.lin, site.cast.session.pk, Unit.objects.get(code="jt").pk, "交通局 王敏")
    link = f"{site.live}join/{invitation_token(seat)}/"
    visits: list[tuple[Person, str]] = [(site.cast.olga, link)]
    visits += [(site.cast.lin, f"{site.live}studio/"), (site.cast.lin, f"{site.live}invitations/")]
    visits += [(site.cast.olga, f"{site.live}cohost/")]
    for person, path in visits:
        if path.endswith("/cohost/"):
            take_seat(site.cast.olga, site.cast.session.pk, invitation_token(seat))
        page = page_of(browser, site, person, size)
        page.goto(site.url(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert violations(page) == [], path
        page.context.close()


def test_the_panel_is_reached_by_keyboard_alone(browser: Browser, site: Site) -> None:
    page = page_of(browser, site, site.cast.lin, TABLET)
    page.goto(site.url(f"{site.live}studio/"))
    tab = page.get_by_role("tab", name="接下来")
    tab.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="这件事")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("tabpanel", name="部门")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="接下来")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(tab).to_be_focused()
    page.context.close()


def test_one_finger_is_enough_for_every_button_of_the_studio(browser: Browser, site: Site) -> None:
    page = page_of(browser, site, site.cast.lin, TABLET)
    page.goto(site.url(f"{site.live}studio/"))
    page.get_by_role("tab", name="部门").click()
    small = page.locator(
        ".studio button:visible, .studio select:visible, .studio a.tool:visible"
    ).evaluate_all("all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.textContent)")
    assert small == []
    page.context.close()


def on_paper(page: Page) -> dict[str, Any]:
    page.emulate_media(media="print", color_scheme="dark")
    found: dict[str, Any] = page.evaluate(
        """() => ({
          buttons: [...document.querySelectorAll("button, .button, nav, dialog, form")]
            .filter(e => e.offsetParent).length,
          ink: getComputedStyle(document.body).color,
          paper: getComputedStyle(document.body).backgroundColor,
          foot: document.querySelector(".bottom").innerText.trim(),
          wide: document.documentElement.scrollWidth <= document.documentElement.clientWidth,
        })"""
    )
    return found


def test_case_and_desk_print_black_on_white_without_controls_and_name_the_time_zone(
    browser: Browser, site: Site
) -> None:
    load_official_years([2025, 2026])
    usual_urgency()
    number = Question.objects.select_related("appeal").first().appeal.number  # type: ignore[union-attr]
    code = query_code(number)
    for person, path, shown in (
        (site.cast.alice, f"/cases/{number}/?code={code}", number),
        (site.cast.sam, f"/desk/{number}/", number),
        (site.cast.sam, "/desk/?tab=unit", number),
    ):
        page = page_of(browser, site, person, DESK)
        page.goto(site.url(path))
        assert shown in page.locator("main").inner_text(), path
        paper = on_paper(page)
        assert paper["buttons"] == 0, path
        assert (paper["ink"], paper["paper"]) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)"), path
        assert paper["foot"] == "时间均为北京时间。" and paper["wide"], path
        page.context.close()
