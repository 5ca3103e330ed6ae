"""Looking at who a citizen is: only for those who handle the case, and never without a trace in its story."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions.change import locked, moment, record, words
from portal.appeals.queries.rights import may_handle
from portal.appeals.vocabulary import Audience, EventKind
from portal.lib.errors import NotAllowed, NotFound
from portal.people.actions import RevealedIdentity, reveal_identity
from portal.people.models import Person


@transaction.atomic
def view_identity(actor: Person, appeal_id: int, why: str, at: datetime | None = None) -> RevealedIdentity:
    """Name and telephone of who raised the case. Raises `NotAllowed`, `BadInput` without a reason,
    `NotFound`.
    """
    appeal = locked(appeal_id)
    if not may_handle(actor, appeal):
        raise NotAllowed(_("无权查看身份信息。"))
    why = words(why, "why", 200)
    if appeal.person is None:
        raise NotFound(_("没有身份信息。"))
    revealed = reveal_identity(actor, appeal.person, why)
    record(appeal, EventKind.VIEWED_IDENTITY, actor, moment(at), reason=why, audience=Audience.INTERNAL)
    return revealed
