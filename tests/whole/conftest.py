"""A prepared house per test session; a running county per test that asks for one."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.whole.county import ROOT, County, prepared_data
from tests.whole.evening import until

PICTURES = ROOT / "artefacts" / "pictures"
IDS = (
    "import json; from portal.people.models import Person; "
    "names = ('lin', 'bob', 'olga', 'uma', 'clara', 'sam'); "
    "print(json.dumps({name: Person.objects.get(username=name).pk for name in names}))"
)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared_data(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def county(prepared: Path) -> Iterator[County]:
    running = County(prepared)
    yield running
    running.stop()


@pytest.fixture
def ids(county: County) -> dict[str, int]:
    """Primary keys of the demo log-ins."""
    found: dict[str, int] = json.loads(county.shell(IDS).splitlines()[-1])
    return found


@pytest.fixture
def broadcast(county: County) -> Iterator[int]:
    """A demo broadcast on air; its number."""
    log = county.data_dir / "broadcast.txt"
    with log.open("wb") as out:
        demo = subprocess.Popen(
            [sys.executable, "manage.py", "broadcast", "--url", county.url, "--minutes", "3"],
            cwd=ROOT,
            env=county.env,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        found = until(lambda: re.search(r"live: \S+/live/(\d+)/", log.read_text()), 60, "the broadcast")
        yield int(found.group(1))
    finally:
        demo.kill()
        demo.wait()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running
