"""People with names, and their county.

Alice asks, Olga handles, Uma heads, Clara triages, Sam supervises, Bob moderates, Lin leads, and Charlie
may do nothing.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from portal.appeals import actions
from portal.appeals.actions import Registered, load_official_years
from portal.appeals.actions.registering import usual_urgency
from portal.appeals.models import Appeal, Day, UrgencyClass
from portal.appeals.vocabulary import URGENCY_ROWS
from portal.people.models import Identity, Person, Role, Unit
from portal.people.sealing import phone_hash, seal

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """Local time of the county: "2026-02-10 09:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@dataclass
class County:
    water: Unit
    roads: Unit
    alice: Person
    bob: Person
    lin: Person
    olga: Person
    uma: Person
    otto: Person
    clara: Person
    sam: Person
    charlie: Person


def _person(username: str, *roles: tuple[str, Unit | None]) -> Person:
    person = Person.objects.create_user(username=username, shown_name=username.title())
    for kind, unit in roles:
        Role.objects.create(person=person, kind=kind, unit=unit)
    return person


@pytest.fixture
def rows(db: None) -> None:
    """First rows, also after a test that emptied every table."""
    for row in URGENCY_ROWS:
        UrgencyClass.objects.get_or_create(code=row["code"], defaults=row)
    if not Day.objects.filter(date__year=2026).exists():
        load_official_years([2025, 2026])
    usual_urgency()


@pytest.fixture
def county(rows: None) -> County:
    water = Unit.objects.create(code="water", name="水利局", kind="department")
    roads = Unit.objects.create(code="roads", name="交通局", kind="department")
    alice = _person("alice")
    phone = "13800000001"
    Identity.objects.create(
        person=alice, name_sealed=seal("张三"), phone_sealed=seal(phone), phone_hash=phone_hash(phone)
    )
    return County(
        water=water,
        roads=roads,
        alice=alice,
        bob=_person("bob", ("moderator", None)),
        lin=_person("lin", ("leader", None)),
        olga=_person("olga", ("officer", water)),
        uma=_person("uma", ("officer", water), ("unit_head", water)),
        otto=_person("otto", ("officer", roads), ("unit_head", roads)),
        clara=_person("clara", ("clerk", None)),
        sam=_person("sam", ("supervisor", None)),
        charlie=_person("charlie"),
    )


Register = Callable[..., Registered]


@pytest.fixture
def register(county: County) -> Register:
    def write(text: str = "自来水三天没来了", when: str = "2026-02-10 09:30", **more: object) -> Registered:
        fields = {
            "channel": "live",
            "person": county.alice,
            "text": text,
            "village": "柳河村",
            "key": uuid.uuid4(),
            "raised_at": at(when),
        }
        with transaction.atomic():
            return actions.register(**{**fields, **more})  # type: ignore[arg-type]

    return write


@pytest.fixture
def bring_to(county: County, register: Register) -> Callable[..., Appeal]:
    """A case brought to `state` by the steps that lead there."""

    def bring(state: str, when: str = "2026-02-10 09:30", urgency: str = "pressing") -> Appeal:
        now, pk = at(when), register(when=when).appeal_id
        road: dict[str, list[Callable[[], object]]] = {
            "registered": [],
            "accepted": [lambda: actions.accept(county.clara, pk, "request", "供水", urgency, at=now)],
        }
        road["not_accepted"] = [lambda: actions.refuse(county.clara, pk, "not_ours", "请拨打市12345", at=now)]
        road["withdrawn"] = [lambda: actions.withdraw(county.alice, pk, at=now)]
        road["dispatched"] = [
            *road["accepted"],
            lambda: actions.dispatch(county.clara, pk, county.water.pk, at=now),
        ]
        road["returned"] = [
            *road["dispatched"],
            lambda: actions.return_(county.olga, pk, "非本单位职责", at=now),
        ]
        road["in_progress"] = [*road["dispatched"], lambda: actions.sign(county.olga, pk, at=now)]
        road["suspended"] = [
            *road["in_progress"],
            lambda: actions.ask_suspend(county.olga, pk, "citizen_material", at=now),
            lambda: actions.suspend(county.sam, pk, at=now),
        ]
        road["replied"] = [
            *road["in_progress"],
            lambda: actions.reply(county.olga, pk, "水管已修好。", at=now),
            lambda: actions.approve_reply(county.uma, pk, at=now),
        ]
        road["closed_explained"] = [
            *road["replied"],
            lambda: actions.close_explained(county.clara, pk, "已解释", at=now),
        ]
        road["closed_solved"] = [
            *road["replied"],
            lambda: actions.call_back(county.clara, pk, "来电确认", "yes", at=now),
        ]
        road["reopened"] = [*road["replied"], lambda: actions.reopen_as(county.sam, pk, "复查", at=now)]
        for step in road[state]:
            step()
        return Appeal.objects.get(pk=pk)

    return bring
