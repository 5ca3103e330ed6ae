"""Whoever reads a clock time on a page reads also which clock it is of, and machines get the offset."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.house.county import County, make_county
from tests.house.everybody import LINES
from tests.house.test_everybody import filled

CLOCK = re.compile(r"(?<![\d:.])([01]?\d|2[0-3]):[0-5]\d(?![\d:])")
MACHINE = re.compile(r'<time datetime="([^"]*)"')
WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


@pytest.fixture
def county(db: None, settings: Any, tmp_path: Path) -> County:
    settings.RECORDINGS_DIR = tmp_path
    cache.clear()
    return make_county()


def read_pages(county: County) -> dict[str, str]:
    """Address → HTML of every page of the table, as somebody who is let in."""
    pages = {}
    for line in LINES:
        if line.method == "GET" and line.may and line.answer == 200:
            address = filled(county, line.address)
            answer = county.client(sorted(line.may)[0]).get(address)
            if answer.headers["Content-Type"].startswith("text/html"):
                pages[address] = answer.content.decode()
    return pages


def seen(page: str) -> str:
    return re.sub(r"<script.*?</script>|<[^>]*>", " ", page, flags=re.DOTALL)


def test_no_page_shows_a_time_without_its_zone(county: County) -> None:
    pages = read_pages(county)
    assert any(CLOCK.search(seen(page)) for page in pages.values())
    unclear = {
        address for address, page in pages.items() if CLOCK.search(seen(page)) and "北京时间" not in page
    }
    assert unclear == set()
    wrong = {
        (address, moment)
        for address, page in pages.items()
        for moment in MACHINE.findall(page)
        if WITH_OFFSET.fullmatch(moment) is None
    }
    assert wrong == set()
