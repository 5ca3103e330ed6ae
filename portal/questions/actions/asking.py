"""What citizens do: ask, raise a hand, vote. A repeat of the same UUID writes nothing and gets the same
answer."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.appeals.actions import key_of_words, register
from portal.appeals.sealing import query_code
from portal.appeals.vocabulary import Channel
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live.actions import bump, held
from portal.live.models import LiveSession
from portal.live.queries import may_see, session_of
from portal.live.states import TAKES_QUESTIONS
from portal.people.actions import VILLAGE_LENGTH
from portal.people.models import Person
from portal.people.queries import is_verified
from portal.questions.actions.changes import announce, announce_row, session_of_question
from portal.questions.actions.limits import block_of, check_pace, check_slow_mode
from portal.questions.models import Block, Question, Vote
from portal.questions.queries import public_row
from portal.questions.states import PUBLIC, Kind, StageState, WallState

TEXT_LENGTH = 2000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskResult:
    """`case_number` and `query_code` are empty for a raised hand, whose case begins on stage, and in a
    rehearsal."""

    question_id: int
    uuid: UUID
    case_number: str
    query_code: str
    created: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """One question to be written. `taken_by`: who of the crew typed it in; limits are for citizens' own."""

    person: Person
    session_id: int
    uuid: UUID
    kind: Kind
    text: str
    village: str
    at: datetime | None = None
    channel: Channel = Channel.LIVE
    taken_by: Person | None = None


def parsed_uuid(given: UUID | str) -> UUID:
    if isinstance(given, UUID):
        return given
    try:
        return UUID(given)
    except (ValueError, AttributeError, TypeError):
        raise BadInput(_("提问编号无效，请刷新页面后再试。"), field="uuid") from None


def clean_text(text: str) -> str:
    """The question without surrounding space; raises `BadInput` when it is empty or too long."""
    # A NUL cannot be stored by PostgreSQL and is never meant.
    bare = text.replace("\x00", "").strip()
    if not bare:
        raise BadInput(_("请写下您的问题。"), field="text")
    if len(bare) > TEXT_LENGTH:
        raise BadInput(
            _("问题最多%(limit)d字，现在有%(found)d字。") % {"limit": TEXT_LENGTH, "found": len(bare)},
            code="too_long",
            field="text",
        )
    return bare


def clean_village(village: str, person: Person | None = None) -> str:
    bare = village.replace("\x00", "").strip() or (person.village if person is not None else "")
    if len(bare) > VILLAGE_LENGTH:
        raise BadInput(_("村或社区名最多%(limit)d字。") % {"limit": VILLAGE_LENGTH}, field="village")
    return bare


def _known(wish: Wish) -> AskResult | None:
    """What the first sending of this UUID got; a UUID of somebody else or of another place is refused."""
    sent = Question.objects.filter(uuid=wish.uuid)
    found = sent.values_list("pk", "person_id", "session_id", "kind", "appeal__number").first()
    if found is None:
        return None
    pk, *whose, number = found
    if whose != [wish.person.pk, wish.session_id, wish.kind]:
        raise Conflict(_("这个提问编号已被使用，请刷新页面后再试。"))
    if not number or wish.kind == Kind.SPOKEN:
        return AskResult(pk, wish.uuid, "", "", False)
    return AskResult(pk, wish.uuid, number, query_code(number), False)


def _check_person(person: Person, session: LiveSession) -> None:
    """A rehearsal exists for its crew only, who need no telephone number there."""
    if not may_see(person, session):
        raise NotFound(_("没有这场直播。"))
    if not session.is_rehearsal and not (person.is_active and is_verified(person)):
        raise NotAllowed(_("请先用手机号验证身份，再提问。"))


def _check_session(session: LiveSession) -> None:
    if session.state not in TAKES_QUESTIONS:
        raise Conflict(
            _("本场直播%(found)s，不再接收提问。您可以在下一场直播提问。")
            % {"found": session.get_state_display()},
            code="session_over",
        )


def _check_hand(wish: Wish, blocked: Block | None) -> None:
    if blocked is not None:
        raise NotAllowed(_("您在本场直播不能举手。文字提问照常登记和办理。"), code="blocked")
    waiting = Question.objects.filter(person=wish.person, session_id=wish.session_id, kind=Kind.SPOKEN)
    if waiting.exclude(stage_state=StageState.DONE).exclude(wall_state=WallState.HIDDEN).exists():
        raise Conflict(_("您已经举手，请等候主持人呼叫。"))


def write(wish: Wish) -> AskResult:
    """Question, appeal and event in one transaction, under the session's lock."""
    at = wish.at or timezone.now()
    with transaction.atomic():
        session = held(wish.session_id)
        known = _known(wish)
        if known is not None:
            # Sent before, maybe by a twin of this request a moment ago. The revision of then says so already.
            transaction.set_rollback(True)
            return known
        if wish.taken_by is None:
            _check_person(wish.person, session)
        _check_session(session)
        blocked = block_of(wish.person, wish.session_id) if wish.taken_by is None else None
        if wish.taken_by is None:
            check_pace(wish.person, at)
        appeal_id, number, code = None, "", ""
        if wish.kind == Kind.SPOKEN:
            _check_hand(wish, blocked)
        else:
            if wish.taken_by is None:
                check_slow_mode(wish.person, session, at)
            if not session.is_rehearsal:
                made = register(wish.channel, wish.person, wish.text, wish.village, wish.uuid, raised_at=at)
                appeal_id, number, code = made.appeal_id, made.number, made.query_code
        question = Question.objects.create(
            uuid=wish.uuid,
            session_id=wish.session_id,
            person=wish.person,
            appeal_id=appeal_id,
            kind=wish.kind,
            text=wish.text,
            village=wish.village,
            asked_at=at,
            order=session.revision,
            revision=session.revision,
            taken_by=wish.taken_by,
            # A blocked person's matter is a case like any other; it only does not reach the wall.
            wall_state=WallState.HIDDEN if blocked else WallState.RECEIVED,
            hidden_reason=_("提问人已禁言：%(reason)s") % {"reason": blocked.reason} if blocked else "",
            hidden_by=blocked.by if blocked else None,
        )
        announce_row(question.pk, session.pk, session.revision, public_row(question))
    log.info("question %s in session %s", question.pk, wish.session_id)
    return AskResult(question.pk, wish.uuid, number, code, True)


def _submit(wish: Wish) -> AskResult:
    try:
        return write(wish)
    except IntegrityError:
        # Another request with the same UUID, in another session, committed between our look and our insert.
        known = _known(wish)
        if known is None:
            raise
        return known


def ask(
    person: Person,
    session_id: int,
    uuid: UUID | str,
    text: str,
    village: str = "",
    at: datetime | None = None,
) -> AskResult:
    """Send a question: it becomes a case in the same transaction.

    `uuid` is the client's idempotency key: sending the same words again gives the same numbers, `created`
    False, whatever has happened since. `at` (now) is for imports of earlier questions. Raises `BadInput`,
    `NotAllowed` (no verified telephone), `NotFound`, `Conflict` (somebody else's UUID; the session is over),
    `TryLater` (more than 10 in 10 minutes).
    """
    wish = Wish(
        person,
        session_id,
        parsed_uuid(uuid),
        Kind.WRITTEN,
        clean_text(text),
        clean_village(village, person),
        at,
    )
    mine = Question.objects.filter(uuid=wish.uuid, person=person, session_id=session_id, kind=wish.kind)
    before = mine.values_list("text", flat=True).first()
    result = _submit(replace(wish, uuid=key_of_words(wish.uuid, wish.text, before)))
    # The client knows its question by the uuid it sent.
    return replace(result, uuid=wish.uuid)


def raise_hand(
    person: Person, session_id: int, uuid: UUID | str, village: str = "", at: datetime | None = None
) -> AskResult:
    """Ask to speak. One raised hand per person and broadcast; the case begins when the citizen is on stage.

    Raises as `ask` does, and `Conflict` when a hand is up already.
    """
    wish = Wish(person, session_id, parsed_uuid(uuid), Kind.SPOKEN, "", clean_village(village, person), at)
    return _submit(wish)


def vote(person: Person, question_id: int) -> int:
    """One vote per person and public question; returns the new count. Raises `Conflict` for the second
    one."""
    session_id = session_of_question(question_id).pk
    _check_person(person, session_of(session_id))
    if block_of(person, session_id) is not None:
        raise NotAllowed(_("您在本场直播不能投票。"), code="blocked")
    with transaction.atomic():
        revision = bump(session_id)
        shown = Question.objects.filter(pk=question_id, wall_state__in=PUBLIC)
        if not shown.update(votes=F("votes") + 1, revision=revision):
            raise Conflict(_("这个问题现在不能投票。"))
        _row, created = Vote.objects.get_or_create(person=person, question_id=question_id)
        if not created:
            raise Conflict(_("您已经支持过这个问题。"), code="voted")
        announce(question_id, session_id, revision)
    return Question.objects.values_list("votes", flat=True).get(pk=question_id)
