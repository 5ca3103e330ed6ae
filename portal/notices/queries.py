"""Messages as their reader sees them."""

from django.db.models import QuerySet

from portal.notices.models import Notice, NoticeChannel
from portal.people.models import Person


def page_notices(person: Person, limit: int = 20) -> QuerySet[Notice]:
    """The newest messages that `person` reads on the desk."""
    notices = Notice.objects.filter(person=person, channel=NoticeChannel.PAGE).select_related("person")
    return notices.order_by("-created_at", "-pk")[:limit]
