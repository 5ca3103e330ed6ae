"""Messages on the demo county's board: replied and shown, one that waits for the clerk's look, one under way."""

from datetime import datetime, timedelta
from random import Random
from uuid import NAMESPACE_URL, uuid5

from portal.appeals.models import Appeal
from portal.appeals.states import WITH_REPLY
from portal.board.actions import show, write
from portal.board.models import Message
from portal.questions.management.county.handling import walk_case
from portal.questions.management.county.matters import MATTERS
from portal.questions.management.county.people import County

# Fate of each message and whether a clerk puts it up.
MESSAGES = (("replied", True), ("rated", True), ("rated", True), ("explained", False), ("in_progress", False))
DAYS_AGO = 12


def write_board(county: County, now: datetime, dice: Random) -> None:
    if Message.objects.exists():
        return
    people, matters = dice.sample(county.citizens[1:], len(MESSAGES)), dice.sample(MATTERS, len(MESSAGES))
    for place, (fate, up) in enumerate(MESSAGES):
        at = now - timedelta(days=DAYS_AGO, hours=-9 * place)
        person, matter = people[place], matters[place]
        key = uuid5(NAMESPACE_URL, f"direct-train-demo:board:{place}")
        made = write(person, key, matter.text.format(place=person.village), person.village, True, at=at)
        appeal = Appeal.objects.get(pk=made.appeal_id)
        walk_case(county, appeal, matter, fate, dice, at, now)
        appeal.refresh_from_db()
        if up and appeal.state in WITH_REPLY:
            show(county.staff["clara"], appeal.number, True, at=now - timedelta(hours=20 - place))
