"""Co-hosts: a department is invited by a link, takes its seat, and is put on air and off again."""

import logging

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live.actions import bump, topic_of
from portal.live.models import Invitation, LiveSession
from portal.live.queries import may_plan, may_run, session_of
from portal.live.states import ON_AIR, TAKES_QUESTIONS
from portal.people.models import Person, Unit

NAME_LENGTH = 40
MOST_INVITED = 20

log = logging.getLogger(__name__)
_signer = Signer(salt="portal.live.invitation")


def invitation_token(invitation: Invitation) -> str:
    """What the link carries. It is made of the row's number and our key, so no secret is stored."""
    return _signer.sign(str(invitation.pk))


def invitation_by_token(session_id: int, token: str) -> Invitation:
    """Raises `NotFound` for a wrong, foreign or withdrawn link."""
    try:
        number = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        number = 0
    found = (
        Invitation.objects.select_related("session__host", "unit", "person")
        .filter(pk=number, session_id=session_id, revoked_at=None)
        .first()
    )
    if found is None:
        raise NotFound(_("邀请链接无效或已撤回。请向邀请您的人要新的链接。"))
    return found


def may_invite(actor: Person, session: LiveSession) -> bool:
    return may_run(actor, session) or may_plan(actor) and not session.is_rehearsal


def _inviting(actor: Person, session_id: int) -> LiveSession:
    session = session_of(session_id)
    if not may_invite(actor, session):
        raise NotAllowed(_("只有本场领导、主持人和安排直播的人可以邀请部门。"))
    return session


def invite(actor: Person, session_id: int, unit_id: int, name: str = "") -> Invitation:
    """One seat for one department; `name` (the unit's own when empty) is shown on air.

    Raises `NotAllowed`, `NotFound`, `BadInput` with its field, `Conflict` when the broadcast is over or too
    many are invited.
    """
    session = _inviting(actor, session_id)
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise BadInput(_("请选择单位。"), field="unit")
    name = name.replace("\x00", "").strip() or unit.name[:NAME_LENGTH]
    if len(name) > NAME_LENGTH:
        raise BadInput(_("名字最多%(limit)d字。") % {"limit": NAME_LENGTH}, field="name")
    if session.state not in TAKES_QUESTIONS:
        raise Conflict(_("直播现在是“%(found)s”，不能再邀请。") % {"found": session.get_state_display()})
    if Invitation.objects.filter(session=session, revoked_at=None).count() >= MOST_INVITED:
        raise Conflict(_("一场直播最多邀请%(limit)d位。") % {"limit": MOST_INVITED})
    made = Invitation.objects.create(session=session, unit=unit, name=name, invited_by=actor)
    log.info("invitation %s to session %s by person %s", made.pk, session_id, actor.pk)
    return made


def revoke(actor: Person, session_id: int, invitation_id: int) -> None:
    """The link ends, and who sat there leaves the stage. Raises `NotAllowed`, `NotFound`."""
    session = _inviting(actor, session_id)
    with transaction.atomic():
        revision = bump(session_id)
        seat = Invitation.objects.filter(pk=invitation_id, session=session)
        if not seat.filter(revoked_at=None).update(revoked_at=timezone.now(), on_air=False):
            raise NotFound(_("没有这个邀请。"))
        _tell_session(session, revision)
        # Open pages of whoever sat there end with their media; they may come again as everybody may.
        if person := seat.values_list("person_id", flat=True).first():
            tell("people", {"type": "logged_out", "person": person})
    log.info("invitation %s withdrawn by person %s", invitation_id, actor.pk)


def take_seat(person: Person, session_id: int, token: str) -> Invitation:
    """Who opens the link first has the seat; opening it again changes nothing.

    Raises `NotFound`, `Conflict` when somebody else has it, the person has another seat here, or the
    broadcast is over.
    """
    found = invitation_by_token(session_id, token)
    if found.session.state not in TAKES_QUESTIONS:
        raise Conflict(_("直播现在是“%(found)s”。") % {"found": found.session.get_state_display()})
    if found.person_id == person.pk:
        return found
    if person.pk == found.session.host_id:
        raise Conflict(_("您是本场领导，请用演播台。"))
    try:
        with transaction.atomic():
            taken = Invitation.objects.filter(pk=found.pk, person=None, revoked_at=None).update(person=person)
    except IntegrityError:
        raise Conflict(_("您在本场直播已经有一个座位。")) from None
    if not taken:
        raise Conflict(_("这个链接已经有人使用。请向邀请您的人要一个新的链接。"))
    found.person = person
    log.info("invitation %s taken by person %s", found.pk, person.pk)
    return found


def put_cohost(actor: Person, session_id: int, invitation_id: int | None) -> None:
    """Give the co-host's place on stage to who holds this seat, or with None to nobody.

    Raises `NotAllowed`, `NotFound`, `Conflict` when the broadcast is not on air or nobody has taken the seat.
    """
    session = session_of(session_id)
    if not may_run(actor, session):
        raise NotAllowed(_("只有本场领导和主持人可以请部门上台。"))
    with transaction.atomic():
        revision = bump(session_id)
        others = Invitation.objects.filter(session=session, on_air=True)
        others.exclude(pk=invitation_id or 0).update(on_air=False)
        if invitation_id is not None:
            _put(session, invitation_id)
        _tell_session(session, revision)
    log.info("session %s: co-host %s by person %s", session_id, invitation_id, actor.pk)


def _tell_session(session: LiveSession, revision: int) -> None:
    message = {"type": "session", "session": session.pk, "revision": revision, "state": session.state}
    tell(topic_of(session.pk), message)


def _put(session: LiveSession, invitation_id: int) -> None:
    if session.state not in ON_AIR:
        raise Conflict(_("直播现在是“%(found)s”，不能上台。") % {"found": session.get_state_display()})
    seats = Invitation.objects.filter(pk=invitation_id, session=session, revoked_at=None)
    if not seats.exists():
        raise NotFound(_("没有这个邀请。"))
    if not seats.exclude(person=None).update(on_air=True):
        raise Conflict(_("受邀人还没有打开链接。"))
