"""Which enclosed files there are, and who may see them."""

from uuid import UUID

from django.utils.translation import gettext as _

from portal.appeals.models import Appeal, Attachment
from portal.appeals.queries.rights import capacities, may_read
from portal.appeals.states import Who
from portal.appeals.vocabulary import Channel
from portal.lib.errors import NotFound
from portal.people.queries import Anyone

ON_STAGE = frozenset({Channel.LIVE, Channel.STAGE})


def files_of(appeal: Appeal) -> list[Attachment]:
    """What is enclosed with a case: the recording, then the photos in their order."""
    return list(Attachment.objects.filter(key=appeal.key, in_case=True))


def file_of(appeal: Appeal, uuid: UUID) -> Attachment:
    """Raises `NotFound`."""
    found = Attachment.objects.filter(key=appeal.key, uuid=uuid, in_case=True).first()
    if found is None:
        raise NotFound(_("没有这个文件。"))
    return found


def may_see_files(person: Anyone, appeal: Appeal) -> bool:
    """Who may read the case, and for a question to a broadcast those who run broadcasts."""
    on_stage = appeal.channel in ON_STAGE and Who.STAGE in capacities(person, appeal)
    return on_stage or may_read(person, appeal)


def upload_of(uuid: UUID) -> Attachment | None:
    return Attachment.objects.filter(uuid=uuid).first()
