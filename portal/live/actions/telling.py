"""Messages about a broadcast: before it to who wants to be reminded, at a change to everybody who counts on it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.errors import Conflict
from portal.live.models import LiveSession, Reminder
from portal.live.queries import concerned, seen_session
from portal.live.states import SessionState
from portal.notices.actions import send
from portal.people.models import Person

REMIND_BEFORE = timedelta(minutes=30)
REMIND_LATE = timedelta(minutes=15)


def remind(person: Person, session_id: int, wanted: bool) -> None:
    """Tell `person` half an hour before the broadcast, or no longer. Raises `NotFound`, `Conflict`."""
    session = seen_session(person, session_id)
    if not wanted:
        Reminder.objects.filter(person=person, session=session).delete()
        return
    if session.state != SessionState.PLANNED or session.is_rehearsal:
        raise Conflict(_("这场直播%(found)s，不用提醒了。") % {"found": session.get_state_display()})
    Reminder.objects.get_or_create(person=person, session=session)


def remind_due(now: datetime) -> int:
    """Write the messages for broadcasts that begin within half an hour; how many. Safe in several processes."""
    due = Reminder.objects.select_related("person", "session").filter(
        told_at=None,
        session__state=SessionState.PLANNED,
        session__starts_at__lte=now + REMIND_BEFORE,
        session__starts_at__gt=now - REMIND_LATE,
    )
    told = 0
    for reminder in due[:200]:
        with transaction.atomic():
            if Reminder.objects.filter(pk=reminder.pk, told_at=None).update(told_at=now):
                # The time belongs to the key: moved, reminded again.
                starts = timezone.localtime(reminder.session.starts_at)
                _write(reminder.person, reminder.session, "starts_soon", f"{starts:%Y%m%d%H%M}")
                told += 1
    return told


def tell_concerned(session: LiveSession, template: str, *others: Person) -> None:
    """Of a change that is being made, to each person once; called in its transaction, behind the new revision."""
    people = {person.pk: person for person in [*concerned(session), *others]}
    for person in people.values():
        _write(person, session, template, f"r{session.revision}")


def _write(person: Person, session: LiveSession, template: str, mark: str) -> None:
    """`mark` tells one occasion from the next: for the same one nobody hears twice."""
    starts = timezone.localtime(session.starts_at)
    payload = {
        "title": session.title,
        "name": str(session.host),
        "due": starts.date().isoformat(),
        "time": f"{starts:%H:%M}",
        "url": f"{settings.PUBLIC_URL}/live/{session.pk}/",
    }
    send(person, template, payload, f"{template}-{session.pk}-{person.pk}-{mark}")
