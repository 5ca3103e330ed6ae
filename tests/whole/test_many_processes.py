"""The many-process form, by the commands of docker-compose.yml, on real PostgreSQL, Redis and nginx with TLS."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.whole.conftest import IDS, PICTURES
from tests.whole.evening import QUESTION, Evening
from tests.whole.handling import evaluate, handle
from tests.whole.many import ManyProcesses

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.slow]
SHORT = QUESTION[:12]
UNIT = "from portal.people.models import Role; print(Role.objects.filter(person__username='olga').first().unit_id)"


@pytest.fixture
def many() -> Iterator[ManyProcesses]:
    running = ManyProcesses()
    yield running
    running.stop()


def test_studio_phone_console_and_case_work_across_processes(
    many: ManyProcesses, playwright: Playwright
) -> None:
    evening = Evening(playwright, many.url, many.logs, PICTURES / "many-processes")
    evening.ids = json.loads(many.once("shell", "--no-imports", "-c", IDS).splitlines()[-1])
    try:
        evening.plan()
        lin = evening.leader()
        lin.go_live()
        alice = evening.citizen()
        alice.watch(evening.session)
        alice.picture_moves("[data-main]")
        lin.page.reload()
        alice.picture_moves("[data-main]", 40)
        bob = evening.moderator()
        evening.ask(alice)
        expect(bob.row(SHORT)).to_be_visible(timeout=10_000)
        bob.pick(SHORT)
        bob.act("shortlist")
        expect(bob.page.locator("[data-lane=shortlist]")).to_contain_text(SHORT)
        lin.end()
        unit = many.once("shell", "--no-imports", "-c", UNIT)
        handle(evening, unit.splitlines()[-1])
        evaluate(evening)
    finally:
        evening.close()
