"""A moderator's console in a browser beside what the house has written of it."""

import json
import re
from typing import Any

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.whole.county import County
from tests.whole.people import Moderator

PATIENCE = 20_000
WORDS = {
    "undone": "路灯坏了三个月",
    "hidden": "有人在群里骂人",
    "twice": "桥头的垃圾没人收",
    "written": "水费单上多了一笔",
    "done": "谢谢上次的答复",
    "same": "学校门口堵车",
    "root": "放学时校门口走不动",
    "read": "卫生室周末不开门",
}
SET_UP = f"""
from uuid import uuid4
from portal.live.models import LiveSession
from portal.people.models import Person
from portal.questions.actions import Told, ask, raise_hand, take_down
session = LiveSession.objects.filter(state="planned").order_by("starts_at").first()
bob = Person.objects.get(username="bob")
session.moderators.set([bob])
for words in {list(WORDS.values())!r}:
    take_down(bob, session.pk, uuid4(), Told("letter", words, "柳湾村"))
shouting = Person.objects.filter(identity__isnull=False, is_staff=False).order_by("pk").first()
ask(shouting, session.pk, uuid4(), "反复发同样的话")
raise_hand(Person.objects.filter(identity__isnull=False, is_staff=False).order_by("pk")[1], session.pk, uuid4())
print(session.pk)
"""
FACTS = """
import json
from portal.appeals.models import Promise
from portal.live.models import LiveSession
from portal.questions.models import Block, Question
from recordings.models import Cut
session = LiveSession.objects.get(pk={session})
rows = Question.objects.filter(session=session)
print(json.dumps({{
    "places": {{row.text: [row.stage_state, row.wall_state, row.hidden_reason, row.written_answer] for row in rows}},
    "joined": [row.text for row in rows.filter(same_as__isnull=False)],
    "slow": session.slow_seconds,
    "delay": session.delay_seconds,
    "blocks": [block.lifted_at is not None for block in Block.objects.filter(session=session)],
    "cuts": Cut.objects.filter(recording__session=session).count(),
    "promises": list(Promise.objects.filter(appeal__question__session=session).values_list("text", flat=True)),
}}, ensure_ascii=False))
"""

# Said in another process: the house knows it, and no page has heard of it.
READY = """
from portal.questions.actions import stage_report
from portal.questions.models import Question
hand = Question.objects.get(session={session}, kind="spoken")
stage_report({session}, hand.person_id, "ready")
"""


class Console:
    """Bob's console of one broadcast, and what the house has written."""

    def __init__(self, bob: Moderator, county: County, session: int) -> None:
        self.bob, self.page, self.county, self.session = bob, bob.page, county, session

    def facts(self) -> dict[str, Any]:
        printed = self.county.shell(FACTS.format(session=self.session)).splitlines()[-1]
        found: dict[str, Any] = json.loads(printed)
        return found

    def pick(self, name: str) -> str:
        self.bob.pick(WORDS[name])
        return WORDS[name]

    def stands_in(self, lane: str, name: str) -> None:
        row = self.page.locator(f"[data-lane={lane}] [data-list] > *", has_text=WORDS[name])
        expect(row).to_be_visible(timeout=PATIENCE)

    def badge(self, words: str) -> Any:
        return self.page.locator("[data-d-badges]", has_text=words)

    def told(self, words: str) -> None:
        expect(self.page.locator("[data-staff-toasts]")).to_contain_text(words, timeout=PATIENCE)


class HeldRows:
    """From the next socket of `page` on, the rows of its queue are held back until they are let go."""

    def __init__(self, page: Page) -> None:
        self._page, self._holding = page, True
        self._held: list[tuple[WebSocketRoute, str | bytes]] = []
        page.route_web_socket(re.compile("/ws/live/"), self._route)

    def _route(self, socket: WebSocketRoute) -> None:
        def heard(text: str | bytes) -> None:
            if self._holding and json.loads(text)["type"] == "questions":
                self._held.append((socket, text))
            else:
                socket.send(text)

        socket.connect_to_server().on_message(heard)

    def wait(self) -> None:
        """Until some have come."""
        for _each in range(PATIENCE // 20):
            if self._held:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError("no rows came")

    def let_go(self) -> None:
        self._holding = False
        for socket, text in self._held:
            socket.send(text)


def elsewhere(console: Console) -> Page:
    """Bob's second screen, in a browser whose clock stands in New York."""
    kept = console.bob.context.storage_state()
    context = console.bob.browser.new_context(
        storage_state=kept,
        locale="zh-CN",
        timezone_id="America/New_York",
        viewport={"width": 1440, "height": 900},
    )
    page = context.new_page()
    page.goto(console.page.url)
    expect(page.locator("[data-light=link][data-level=good]")).to_be_visible(timeout=PATIENCE)
    return page
