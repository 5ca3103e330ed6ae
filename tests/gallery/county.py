"""What the gallery's house holds beside the demo county; runs inside the house (`manage.py shell`)."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from portal.appeals.models import Appeal
from portal.appeals.sealing import query_code, rating_token
from portal.live.actions import cancel, plan
from portal.live.actions.invitations import invitation_token, invite, take_seat
from portal.live.models import LiveSession
from portal.live.queries import overlay_address
from portal.people.models import Person, Unit
from portal.questions.actions import ask, move, raise_hand, rehearse, vote
from portal.questions.management.county.matters import MATTERS
from signaling.demo.people import log_in

STAFF = ("lin", "chen", "bob", "olga", "uma", "clara", "sam")


def fill(session: LiveSession, citizens: list[Person], count: int) -> None:
    """`count` questions by as many citizens; a third of them on the wall, some with votes."""
    bob = Person.objects.get(username="bob")
    for place in range(count):
        person, matter = citizens[place % len(citizens)], MATTERS[place % len(MATTERS)]
        text = matter.text.format(place=person.village)
        sent = ask(person, session.pk, uuid4(), text, person.village)
        if place % 3 == 0:
            move(bob, sent.question_id, "shortlisted")
            for voter in citizens[place + 1 : place + 1 + place % 7]:
                vote(voter, sent.question_id)


def _cases() -> dict[str, str]:
    """A case in each standing that looks different, with the keys to it."""
    replied = Appeal.objects.filter(state="replied").order_by("pk").first()
    rated = Appeal.objects.filter(state="closed_solved").order_by("pk").first()
    working = Appeal.objects.filter(state="in_progress", lead_unit__code="jt").order_by("pk").first()
    fresh = Appeal.objects.filter(state="registered").order_by("pk").first()
    assert replied and rated and working and fresh
    return {
        "replied": replied.number,
        "replied_code": query_code(replied.number),
        "rate": f"{replied.number}/rate/{rating_token(replied.pk, replied.cycle)}",
        "rated": rated.number,
        "rated_code": query_code(rated.number),
        "working": working.number,
        "working_code": query_code(working.number),
        "fresh": fresh.number,
    }


def furnish() -> dict[str, str]:
    """The broadcast of this evening with its questions, a cancelled one, cases in every standing; a log-in for each.

    Keys: `session.…` for the cookies of people, else the places that fill addresses.
    """
    staff = {person.username: person for person in Person.objects.filter(username__in=STAFF)}
    citizens = list(Person.objects.filter(is_staff=False, identity__isnull=False).order_by("pk"))
    alice, charlie = citizens[0], Person.objects.create(username="charlie", shown_name="查**")
    now = timezone.now()
    coming = plan(
        staff["sam"],
        "干群直通车：道路、路灯与饮水",
        staff["lin"],
        now + timedelta(minutes=20),
        [staff["bob"]],
        "道路、路灯、饮水",
    )
    fill(coming, citizens[1:], 24)
    raise_hand(alice, coming.pk, uuid4(), alice.village)
    later = plan(
        staff["sam"], "干群直通车：教育与就业", staff["chen"], now + timedelta(hours=3), [staff["bob"]]
    )
    fill(later, citizens[5:], 6)
    raise_hand(alice, later.pk, uuid4(), alice.village)
    called_off = plan(staff["sam"], "干群直通车：春耕", staff["lin"], now + timedelta(days=9), [staff["bob"]])
    ask(alice, called_off.pk, uuid4(), "春耕的种子补贴什么时候发？", alice.village)
    cancel(staff["sam"], called_off.pk)
    units = list(Unit.objects.filter(code__in=("jt", "sl")).order_by("code"))
    free, taken = (invite(staff["sam"], later.pk, unit.pk) for unit in units)
    take_seat(staff["olga"], later.pk, invitation_token(taken))
    past = LiveSession.objects.filter(state="ended").order_by("pk").first()
    assert past
    return {
        **{f"session.{name}": log_in(person) for name, person in staff.items()},
        "session.alice": log_in(alice),
        "session.charlie": log_in(charlie),
        "live": str(coming.pk),
        "cancelled": str(called_off.pk),
        "past": str(past.pk),
        "planned": str(later.pk),
        "rehearsal": str(rehearse(staff["chen"], later.pk).pk),
        "seat": invitation_token(free),
        "overlay": overlay_address(coming.pk),
        **_cases(),
    }
