"""Many citizens with log-ins, and a broadcast full of questions; runs inside the house (`manage.py shell`)."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from portal.live.actions import plan
from portal.people.models import Identity, Person
from portal.people.sealing import phone_hash, seal
from portal.questions.actions import ask
from portal.questions.management.county.matters import MATTERS
from signaling.demo.people import log_in


def gather(citizens: int, questions: int) -> dict[str, object]:
    """`session` of Bob with `questions` new questions, and the cookies of `bob` and of `crowd`."""
    staff = {person.username: person for person in Person.objects.filter(username__in=["sam", "lin", "bob"])}
    people = []
    for place in range(citizens):
        phone = f"139{place:08d}"
        person = Person.objects.create(username=f"crowd{place}", shown_name="王**", village="清溪镇柳湾村")
        Identity.objects.create(person=person, phone_sealed=seal(phone), phone_hash=phone_hash(phone))
        people.append(person)
    now = timezone.now()
    soon, crew = now + timedelta(minutes=30), [staff["bob"]]
    session = plan(staff["sam"], "三百个问题的晚上", staff["lin"], soon, crew)
    earlier = now - timedelta(hours=1)
    for place in range(questions):
        person, text = (
            people[place % citizens],
            MATTERS[place % len(MATTERS)].text.format(place="清溪镇柳湾村"),
        )
        at = earlier + timedelta(seconds=place)
        ask(person, session.pk, uuid4(), f"{place}：{text}", person.village, at=at)
    return {
        "session": session.pk,
        "bob": log_in(staff["bob"]),
        "crowd": [log_in(person) for person in people],
    }
