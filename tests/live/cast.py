"""Alice asks, Bob moderates, Lin answers, Olga is an officer, Sam plans, Charlie may do nothing."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from portal.live.actions import go_live, plan
from portal.live.models import LiveSession
from portal.people.models import Identity, Person, Role, Unit
from portal.people.sealing import phone_hash, seal
from portal.people.vocabulary import RoleKind, UnitKind
from portal.questions.actions import AskResult, ask


@dataclass(frozen=True)
class Cast:
    alice: Person
    bob: Person
    lin: Person
    olga: Person
    sam: Person
    charlie: Person
    session: LiveSession

    def person(self, name: str) -> Person:
        found: Person = getattr(self, name)
        return found


def citizen(name: str, phone: str, village: str = "清溪镇柳湾村") -> Person:
    person = Person.objects.create(username=name, shown_name=f"{name[0].upper()}**", village=village)
    Identity.objects.create(person=person, phone_sealed=seal(phone), phone_hash=phone_hash(phone))
    return person


def staff(name: str, kind: RoleKind, unit: Unit | None = None) -> Person:
    person = Person.objects.create(username=name, shown_name=name.capitalize(), is_staff=True)
    Role.objects.create(person=person, kind=kind, unit=unit)
    return person


def make_cast() -> Cast:
    """Everybody, and one broadcast planned for tomorrow with Lin and Bob."""
    unit = Unit.objects.create(code="jt", name="交通局", kind=UnitKind.DEPARTMENT)
    bob, lin, sam = (
        staff("bob", RoleKind.MODERATOR),
        staff("lin", RoleKind.LEADER),
        staff("sam", RoleKind.SUPERVISOR),
    )
    session = plan(sam, "今晚直播", lin, timezone.now() + timedelta(days=1), [bob])
    return Cast(
        alice=citizen("alice", "13800000011"),
        bob=bob,
        lin=lin,
        olga=staff("olga", RoleKind.OFFICER, unit),
        sam=sam,
        charlie=Person.objects.create(username="charlie", shown_name="Charlie"),
        session=session,
    )


def on_air(cast: Cast) -> Cast:
    go_live(cast.lin, cast.session.pk)
    cast.session.refresh_from_db()
    return cast


def asked(cast: Cast, text: str = "村口的路灯坏了，什么时候修？", person: Person | None = None) -> AskResult:
    return ask(person or cast.alice, cast.session.pk, uuid4(), text)
