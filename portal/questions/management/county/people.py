"""Staff and citizens of the demo county. Staff log in by name; every citizen has a confirmed telephone."""

import os
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from portal.people.models import Identity, Person, Role, Unit
from portal.people.queries import mask_name
from portal.people.sealing import phone_hash, seal
from portal.people.vocabulary import RoleKind, UnitKind
from portal.questions.management.county.places import DEPARTMENTS, TOWNSHIPS, VILLAGES

DEFAULT_PASSWORD = "direct-train-demo"
# What `./start` prints: one log-in per role.
LOG_INS = {
    "lin": ("林海涛", RoleKind.LEADER),
    "bob": ("包晓波", RoleKind.MODERATOR),
    "olga": ("欧丽佳", RoleKind.OFFICER),
    "uma": ("于曼", RoleKind.UNIT_HEAD),
    "clara": ("柯兰", RoleKind.CLERK),
    "sam": ("沈山", RoleKind.SUPERVISOR),
}
MORE_STAFF = {
    "zhou": ("周明远", RoleKind.LEADER),
    "chen": ("陈雅琴", RoleKind.LEADER),
    "mei": ("梅若冰", RoleKind.MODERATOR),
}
# Olga and Uma serve these; other units have people of their own whom nobody logs in as.
THEIR_UNITS = ("jt", "gd")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹"
GIVEN = (
    "秀英 桂兰 建国 志强 小丽 国栋 玉梅 春生 海燕 文斌 丽华 长福 美玲 家旺 金凤 德明 雪梅 永红 晓东 素珍"
).split()
DEMO_PHONE = "13800000001"
CITIZENS = 60


@dataclass(frozen=True, slots=True)
class County:
    """Everybody the story needs; `officers` and `heads` by unit code, `citizens` with the demo citizen
    first."""

    units: dict[str, Unit]
    staff: dict[str, Person]
    officers: dict[str, Person]
    heads: dict[str, Person]
    citizens: list[Person]


def _units() -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for code, (name, english) in DEPARTMENTS.items():
        fields = {"name": name, "name_en": english, "kind": UnitKind.DEPARTMENT}
        units[code] = Unit.objects.get_or_create(code=code, defaults=fields)[0]
    for code, (name, english, villages) in TOWNSHIPS.items():
        fields = {"name": name, "name_en": english, "kind": UnitKind.TOWNSHIP}
        units[code] = Unit.objects.get_or_create(code=code, defaults=fields)[0]
        for place, village in enumerate(villages, 1):
            below = {"name": village, "kind": UnitKind.VILLAGE, "parent": units[code]}
            Unit.objects.get_or_create(code=f"{code}-{place}", defaults=below)
    return units


def _staff_member(username: str, name: str, password: str) -> Person:
    fields = {"shown_name": name, "password": password, "is_staff": True}
    return Person.objects.get_or_create(username=username, defaults=fields)[0]


def _log_ins() -> dict[str, Person]:
    # Hashed once: a strong hash takes a third of a second, and these share one password anyway.
    password = make_password(os.environ.get("DEMO_PASSWORD", DEFAULT_PASSWORD))
    staff = {}
    for username, (name, kind) in (LOG_INS | MORE_STAFF).items():
        staff[username] = _staff_member(username, name, password)
        if kind not in (RoleKind.OFFICER, RoleKind.UNIT_HEAD):
            Role.objects.get_or_create(person=staff[username], kind=kind, unit=None)
    return staff


def _unit_people(units: dict[str, Unit], kind: RoleKind, known: Person, mark: str) -> dict[str, Person]:
    """One person of `kind` for every department; `known` for the units of the printed log-ins."""
    nobody = make_password(None)
    people = {}
    for place, code in enumerate(DEPARTMENTS):
        name = SURNAMES[-1 - place] + GIVEN[(place * 7 + len(mark)) % len(GIVEN)]
        person = known if code in THEIR_UNITS else _staff_member(f"{mark}-{code}", name, nobody)
        Role.objects.get_or_create(person=person, kind=kind, unit=units[code])
        people[code] = person
    return people


def _citizen(place: int, now: datetime) -> Person:
    phone = f"1380000{place + 1:04d}"
    hashed = phone_hash(phone)
    known = Identity.objects.select_related("person").filter(phone_hash=hashed).first()
    if known is not None:
        return known.person
    name = SURNAMES[place % len(SURNAMES)] + GIVEN[(place * 3 + 4) % len(GIVEN)]
    person = Person.objects.create(
        username=f"c-demo-{place + 1:04d}",
        password=make_password(None),
        shown_name=mask_name(name),
        village=VILLAGES[place % len(VILLAGES)],
    )
    Identity.objects.create(
        person=person, name_sealed=seal(name), phone_sealed=seal(phone), phone_hash=hashed, consent_at=now
    )
    return person


def settle_county(now: datetime) -> County:
    """Units, staff and citizens; those who are there already stay as they are."""
    units, staff = _units(), _log_ins()
    return County(
        units=units,
        staff=staff,
        officers=_unit_people(units, RoleKind.OFFICER, staff["olga"], "officer"),
        heads=_unit_people(units, RoleKind.UNIT_HEAD, staff["uma"], "head"),
        citizens=[_citizen(place, now) for place in range(CITIZENS)],
    )
