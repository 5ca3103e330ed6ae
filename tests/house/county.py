"""Everybody at once, and something of every kind for them to ask for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone

from portal.appeals import actions
from portal.appeals.actions import load_official_years
from portal.appeals.actions.files import Piece, take_piece
from portal.appeals.actions.registering import usual_urgency
from portal.appeals.models import Appeal
from portal.appeals.sealing import query_code, rating_token
from portal.live.actions import go_live, plan
from portal.live.models import LiveSession
from portal.live.queries import overlay_address
from portal.people.models import Identity, Person, Role, Unit
from portal.people.sealing import phone_hash, seal
from portal.people.vocabulary import RoleKind, UnitKind
from portal.questions.actions import ask, hide, move, raise_hand
from recordings.models import Clip, Cut, Recording

VISITOR = "visitor"
REAL_NAME, PHONE = "张无忌真名", "13800000011"
HIDDEN = "这句话不该公开"


def _citizen(name: str, real_name: str, phone: str) -> Person:
    person = Person.objects.create_user(name, shown_name=f"{name.title()}**", village="柳湾村")
    Identity.objects.create(
        person=person, name_sealed=seal(real_name), phone_sealed=seal(phone), phone_hash=phone_hash(phone)
    )
    return person


def _staff(name: str, *roles: tuple[RoleKind, Unit | None]) -> Person:
    person = Person.objects.create_user(name, shown_name=name.title(), is_staff=True)
    for kind, unit in roles:
        Role.objects.create(person=person, kind=kind, unit=unit)
    return person


@dataclass
class County:
    """`people` by name; `places` fill the addresses and fields of a table."""

    people: dict[str, Person]
    water: Unit
    roads: Unit
    places: dict[str, str] = field(default_factory=dict)
    # One for all: the middleware is set up for each client anew.
    browser: Client = field(default_factory=Client)
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)

    def client(self, name: str) -> Client:
        """A browser in which `name` is logged in and nothing else has happened; the visitor is not."""
        if name not in self.cookies:
            self.browser.cookies = SimpleCookie()
            if name != VISITOR:
                self.browser.force_login(self.people[name])
            self.cookies[name] = self.browser.cookies
        self.browser.cookies = SimpleCookie(self.cookies[name].output(header=""))
        return self.browser

    def case(self, state: str) -> Appeal:
        """A new case of Alice's, brought to `state` by the people who may."""
        with transaction.atomic():
            fields = {"channel": "board", "text": "自来水三天没来了", "village": "柳湾村", "key": uuid4()}
            pk = actions.register(person=self.people["alice"], **fields).appeal_id  # type: ignore[arg-type]
        olga, uma, clara, sam = (self.people[name] for name in ("olga", "uma", "clara", "sam"))
        opened: list[Callable[[], object]] = [
            lambda: actions.accept(clara, pk, "request", "供水", "pressing"),
            lambda: actions.dispatch(clara, pk, self.water.pk),
            lambda: actions.sign(olga, pk),
        ]
        reply = [*opened, lambda: actions.reply(olga, pk, "水管已修好。")]
        hold = [*opened, lambda: actions.ask_suspend(olga, pk, "citizen_material")]
        roads: dict[str, list[Callable[[], object]]] = {
            "registered": [],
            "accepted": opened[:1],
            "dispatched": opened[:2],
            "in_progress": opened,
            "joint": [*opened, lambda: actions.hold_jointly(clara, pk, [self.roads.pk], "会商纪要")],
            "drafted": reply,
            "replied": [*reply, lambda: actions.approve_reply(uma, pk)],
            "hold_asked": hold,
            "suspended": [*hold, lambda: actions.suspend(sam, pk)],
            "extension_asked": [*opened, lambda: actions.ask_extend(olga, pk, 1, "等配件")],
        }
        if state == "merged":
            main = self.case("in_progress").number
            roads["merged"] = [*opened[:1], lambda: actions.merge(clara, pk, main)]
        for step in roads[state]:
            step()
        return Appeal.objects.get(pk=pk)


def _people(water: Unit, roads: Unit) -> dict[str, Person]:
    return {
        "alice": _citizen("alice", REAL_NAME, PHONE),
        "dora": _citizen("dora", "王朵拉", "13800000012"),
        "charlie": Person.objects.create_user("charlie", shown_name="Charlie"),
        "bob": _staff("bob", (RoleKind.MODERATOR, None)),
        "lin": _staff("lin", (RoleKind.LEADER, None)),
        "olga": _staff("olga", (RoleKind.OFFICER, water)),
        "uma": _staff("uma", (RoleKind.OFFICER, water), (RoleKind.UNIT_HEAD, water)),
        "otto": _staff("otto", (RoleKind.OFFICER, roads), (RoleKind.UNIT_HEAD, roads)),
        "clara": _staff("clara", (RoleKind.CLERK, None)),
        "sam": _staff("sam", (RoleKind.SUPERVISOR, None)),
    }


def _broadcasts(people: dict[str, Person]) -> dict[str, str]:
    """Lin's broadcast is on air with Bob; the other one, of Dean and Ben, is planned."""
    sam, now = people["sam"], timezone.now()
    live = plan(sam, "今晚直播", people["lin"], now + timedelta(hours=1), [people["bob"]])
    dean, ben = _staff("dean", (RoleKind.LEADER, None)), _staff("ben", (RoleKind.MODERATOR, None))
    planned = plan(sam, "下周直播", dean, now + timedelta(days=7), [ben])
    go_live(people["lin"], live.pk)
    asked = ask(people["alice"], live.pk, uuid4(), "村口的路灯坏了，什么时候修？", "柳湾村")
    move(people["bob"], asked.question_id, "shortlisted")
    hidden = ask(people["dora"], live.pk, uuid4(), HIDDEN, "柳湾村")
    hide(people["bob"], hidden.question_id, "言语不当")
    raise_hand(people["alice"], live.pk, uuid4())
    case = Appeal.objects.get(number=asked.case_number)
    return {
        "live": str(live.pk),
        "planned": str(planned.pk),
        "question": str(asked.question_id),
        "asked": case.number,
        "asked_code": query_code(case.number),
        "asked_key": str(case.key),
        "file": _file(case),
        "clip": str(_clip(live)),
        "cut": str(_cut(live, people["bob"])),
        "overlay": overlay_address(live.pk).split("/")[-2],
        "lin": str(people["lin"].pk),
        "bob": str(people["bob"].pk),
    }


def _file(case: Appeal) -> str:
    """Alice's recording, enclosed with her question."""
    sound = b"OggS\x00" + bytes(90)
    piece = Piece(uuid4(), case.key, "voice", len(sound), 0, sound)
    return str(take_piece(case.person, piece).uuid)


def _clip(session: LiveSession) -> int:
    recording = Recording.objects.create(session=session, began_at=timezone.now())
    folder = Path(settings.RECORDINGS_DIR) / str(session.pk) / "clips"
    folder.mkdir(parents=True)
    (folder / "a.mp4").write_bytes(b"a clip")
    clip = Clip.objects.create(
        recording=recording, reference="reply-1", begin_ms=0, end_ms=9, state=Clip.State.READY, file="a.mp4"
    )
    return int(clip.pk)


def _cut(session: LiveSession, by: Person) -> int:
    """A passage that was cut, and the clip of it as it was."""
    recording = Recording.objects.get(session=session)
    cut = Cut.objects.create(recording=recording, begin_ms=0, end_ms=9, by=by)
    fields = {"begin_ms": 0, "end_ms": 9, "state": Clip.State.READY, "file": "a.mp4", "original": True}
    Clip.objects.create(recording=recording, reference=f"cut-{cut.pk}", **fields)
    return int(cut.pk)


def make_county() -> County:
    load_official_years([2025, 2026])
    usual_urgency()
    water = Unit.objects.create(code="water", name="水利局", kind=UnitKind.DEPARTMENT)
    roads = Unit.objects.create(code="roads", name="交通局", kind=UnitKind.DEPARTMENT)
    county = County(_people(water, roads), water, roads)
    appeal = county.case("replied")
    now = timezone.localtime()
    county.places = {
        **_broadcasts(county.people),
        "number": appeal.number,
        "code": query_code(appeal.number),
        "token": rating_token(appeal.pk, appeal.cycle),
        "open_number": county.case("in_progress").number,
        "water": str(water.pk),
        "roads": str(roads.pk),
        "soon": (now + timedelta(days=9)).strftime("%Y-%m-%d"),
        "evening": (now + timedelta(days=3)).strftime("%Y-%m-%dT19:30"),
        "uuid": str(uuid4()),
    }
    return county
