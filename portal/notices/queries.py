"""Messages as their reader sees them."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from portal.notices.models import Notice, NoticeChannel, PushAddress
from portal.notices.push import public_key
from portal.notices.vocabulary import CHANGES_OF_BROADCASTS
from portal.people.models import Person

CHANGES_SHOWN = timedelta(days=14)


def page_notices(person: Person, limit: int | None = 20) -> QuerySet[Notice]:
    """The newest messages that `person` reads on the desk."""
    notices = Notice.objects.filter(person=person, channel=NoticeChannel.PAGE).select_related("person")
    return notices.order_by("-created_at", "-pk")[:limit]


def changes_of_broadcasts(person: Person, limit: int = 3) -> QuerySet[Notice]:
    """What `person` of the staff, who may have no desk, has to know of the broadcasts of these weeks."""
    since = timezone.now() - CHANGES_SHOWN
    return page_notices(person, None).filter(template__in=CHANGES_OF_BROADCASTS, created_at__gte=since)[
        :limit
    ]


def listening(person: Person) -> QuerySet[PushAddress]:
    """The browsers that get messages for `person`; none while push is off."""
    if not public_key():
        return PushAddress.objects.none()
    return PushAddress.objects.filter(person=person, sessions_round=person.sessions_round)
