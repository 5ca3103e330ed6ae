"""Messages as their reader sees them."""

from django.db.models import QuerySet

from portal.notices.models import Notice, NoticeChannel, PushAddress
from portal.notices.push import public_key
from portal.people.models import Person


def page_notices(person: Person, limit: int = 20) -> QuerySet[Notice]:
    """The newest messages that `person` reads on the desk."""
    notices = Notice.objects.filter(person=person, channel=NoticeChannel.PAGE).select_related("person")
    return notices.order_by("-created_at", "-pk")[:limit]


def listening(person: Person) -> QuerySet[PushAddress]:
    """The browsers that get messages for `person`; none while push is off."""
    if not public_key():
        return PushAddress.objects.none()
    return PushAddress.objects.filter(person=person, sessions_round=person.sessions_round)
