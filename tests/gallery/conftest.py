"""One furnished house and one browser for all tests of the looks. Before, on air, after: each begins the next."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.gallery import evening
from tests.gallery.gallery import LAUNCH, Gallery
from tests.whole.county import ROOT, County, prepared_data

# Many pages of one browser on a busy machine: what is waited for comes, only later.
expect.set_options(timeout=20_000)
PICTURES = ROOT / "artefacts" / "pages"


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    county = County(prepared_data(tmp_path_factory.mktemp("prepared")))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=LAUNCH)
            made = Gallery(browser, county, Path(PICTURES))
            yield made
            made.close()
            browser.close()
    finally:
        county.stop()


@pytest.fixture(scope="session")
def on_air(gallery: Gallery) -> Gallery:
    evening.begin(gallery)
    return gallery


@pytest.fixture(scope="session")
def ended(on_air: Gallery) -> Gallery:
    evening.end(on_air)
    return on_air
