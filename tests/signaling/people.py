"""People of the tests: Alice asks, Bob moderates, Olga is the officer, Lin leads, Charlie may do nothing."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from portal.live.models import Invitation, LiveSession
from portal.people.models import Identity, Person, Role, Unit
from portal.people.sealing import seal
from portal.people.vocabulary import RoleKind, UnitKind
from signaling.demo.people import log_in


def staff(name: str, kind: RoleKind) -> Person:
    person = Person.objects.create_user(name, shown_name=name.title())
    Role.objects.create(person=person, kind=kind)
    return person


def citizen(name: str) -> Person:
    person = Person.objects.create_user(name, shown_name=f"{name[0].upper()}**", village="Willow")
    Identity.objects.create(person=person, phone_sealed=seal("13800000001"), phone_hash=f"hash of {name}")
    return person


@dataclass
class House:
    """A planned broadcast, another one that Bob has nothing to do with, and everybody's cookie."""

    session: LiveSession
    other: LiveSession
    people: dict[str, Person] = field(default_factory=dict)
    cookies: dict[str, str | None] = field(default_factory=dict)
    seat: int = 0

    def id_of(self, name: str) -> int:
        return int(self.people[name].pk)


def build() -> House:
    people = {
        "lin": staff("lin", RoleKind.LEADER),
        "bob": staff("bob", RoleKind.MODERATOR),
        "olga": staff("olga", RoleKind.OFFICER),
        "alice": citizen("alice"),
        "dora": citizen("dora"),
        # Logged in, and nothing else: no confirmed telephone, no role.
        "nora": Person.objects.create_user("nora", shown_name="Nora"),
        # Has taken a co-host's seat.
        "otto": staff("otto", RoleKind.OFFICER),
        "clara": staff("clara", RoleKind.CLERK),
        "sam": staff("sam", RoleKind.SUPERVISOR),
    }
    session = LiveSession.objects.create(title="Roads", host=people["lin"], starts_at=timezone.now())
    session.moderators.set([people["bob"]])
    dean = staff("dean", RoleKind.LEADER)
    other = LiveSession.objects.create(title="Water", host=dean, starts_at=timezone.now() + timedelta(days=2))
    cookies: dict[str, str | None] = {name: log_in(person) for name, person in people.items()}
    cookies["charlie"] = None
    roads = Unit.objects.create(code="roads", name="Roads Bureau", kind=UnitKind.DEPARTMENT)
    seat = Invitation.objects.create(
        session=session, unit=roads, name="Roads, Otto", person=people["otto"], invited_by=people["lin"]
    )
    return House(session, other, people, cookies, seat.pk)
