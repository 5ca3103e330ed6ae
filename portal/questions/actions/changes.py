"""The frame of every change: right, lock, conditional write, revision, announcement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.events import tell
from portal.lib.errors import Conflict, NotAllowed, NotFound
from portal.live.actions import bump, topic_of
from portal.live.models import LiveSession
from portal.live.queries import may_moderate
from portal.people.models import Person
from portal.questions.models import Question
from portal.questions.queries import Row, public_row_of
from portal.questions.states import StageState

Right = Callable[[Person, LiveSession], bool]
MOVING = {"stage_state", "wall_state"}


@dataclass(frozen=True, slots=True)
class Change:
    """One question under the session's lock. `question` is as it was found; `write` changes the row."""

    question: Question
    session: LiveSession
    revision: int
    actor: Person | None
    at: datetime

    def write(self, **fields: Any) -> None:
        """Set `fields` if the question is still where it was found, else `Conflict`."""
        found, fields = self.question, self._signed(fields)
        still = Question.objects.filter(
            pk=found.pk, stage_state=found.stage_state, wall_state=found.wall_state
        )
        if not still.update(revision=self.revision, **fields):
            raise Conflict(_("这个问题刚刚被别人改动过，请刷新后再试。"))
        for name, value in fields.items():
            setattr(found, name, value)

    def write_other(self, question: Question, **fields: Any) -> None:
        """Change a second question of the same session in the same revision, and tell it too."""
        Question.objects.filter(pk=question.pk).update(revision=self.revision, **self._signed(fields))
        announce(question.pk, self.session.pk, self.revision)

    def _signed(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Who comes too late is told by whom it was moved: that is not always who has claimed it."""
        return fields | {"moved_by": self.actor} if fields.keys() & MOVING else fields


def announce(question_id: int, session_id: int, revision: int) -> None:
    announce_row(question_id, session_id, revision, public_row_of(question_id))


def announce_row(question_id: int, session_id: int, revision: int, row: Row | None) -> None:
    """`row`: what the wall shows of the question now, None for nothing."""
    message = {"session": session_id, "revision": revision, "id": question_id, "question": row}
    tell(topic_of(session_id), {"type": "question"} | message)


def _find(question_id: int) -> Question:
    found = (
        Question.objects.select_related("session", "person", "appeal", "moved_by")
        .filter(pk=question_id)
        .first()
    )
    if found is None:
        raise NotFound(_("没有这个问题。"))
    return found


def session_of_question(question_id: int) -> LiveSession:
    found = LiveSession.objects.filter(questions=question_id).first()
    if found is None:
        raise NotFound(_("没有这个问题。"))
    return found


@contextmanager
def changing(
    actor: Person | None,
    question_id: int,
    right: Right | None = may_moderate,
    at: datetime | None = None,
) -> Iterator[Change]:
    """One change of one question by `actor`, who needs `right` on its session (None: the caller has asked).

    `at` (now) is for what happened earlier and is written down later. Raises `NotFound`, `NotAllowed`. The
    row is read after `bump`, that is under the session's lock: what was found stays so until the commit.
    """
    session = session_of_question(question_id)
    if right is not None and (actor is None or not right(actor, session)):
        raise NotAllowed(_("只有本场主持人可以操作问题。"))
    with transaction.atomic():
        revision = bump(session.pk)
        question = _find(question_id)
        yield Change(question, question.session, revision, actor, at or timezone.now())
        announce(question.pk, session.pk, revision)


def label(state: str) -> str:
    return str(StageState(state).label)


def moved(change: Change, found: str) -> str:
    """What happened to a question that is not where the moderator saw it but `found` (a label), and by whom as far
    as it is kept.
    """
    mover = change.question.moved_by
    if mover is None or mover == change.actor:
        return _("问题现在是“%(found)s”，不是您看到的那样了。") % {"found": found}
    return _("%(name)s 已把问题移到“%(found)s”。") % {"found": found, "name": mover}


def clear_the_air(change: Change) -> None:
    """Refuse when another question of the session is on air; the partial unique constraint holds it in any
    case."""
    other = (
        Question.objects.filter(session=change.session, stage_state=StageState.ON)
        .exclude(pk=change.question.pk)
        .values_list("pk", flat=True)
        .first()
    )
    if other is not None:
        raise Conflict(_("问题 %(other)s 正在连线，请先结束。") % {"other": other})


def on_fields(change: Change) -> dict[str, Any]:
    """What becomes of a question that goes on air; whoever speaks there has seen the public."""
    return {"stage_state": StageState.ON, "claimed_by": change.actor, "claimed_at": change.at}
