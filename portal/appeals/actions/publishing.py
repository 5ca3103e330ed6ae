"""A case is shown to everybody, or not any more. Where it is shown is the business of its channel."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from portal.appeals.actions.change import locked, moment, record
from portal.appeals.models import Appeal
from portal.appeals.queries.rights import capacities
from portal.appeals.states import WITH_REPLY, Who
from portal.appeals.vocabulary import Audience, EventKind
from portal.lib.errors import Conflict, NotAllowed
from portal.people.models import Person


@transaction.atomic
def publish(actor: Person, appeal_id: int, at: datetime | None = None) -> int:
    """Write down that message and reply are open to everybody; the cycle whose reply it is.

    Raises `NotFound`, `NotAllowed` (no clerk), `Conflict` (there is no reply to be read yet).
    """
    appeal = locked(appeal_id)
    _check(actor, appeal)
    if appeal.state not in WITH_REPLY:
        raise Conflict(_("这件诉求现在%(state)s，答复后才能公开。") % {"state": appeal.get_state_display()})
    record(appeal, EventKind.PUBLISHED, actor, moment(at), audience=Audience.CITIZEN)
    return appeal.cycle


@transaction.atomic
def unpublish(actor: Person, appeal_id: int, at: datetime | None = None) -> None:
    """Write down that it is not open any more. Raises `NotFound`, `NotAllowed`."""
    appeal = locked(appeal_id)
    _check(actor, appeal)
    record(appeal, EventKind.UNPUBLISHED, actor, moment(at), audience=Audience.CITIZEN)


def _check(actor: Person, appeal: Appeal) -> None:
    if Who.CLERK not in capacities(actor, appeal):
        raise NotAllowed(_("只有受理员可以公开或撤下留言。"))
