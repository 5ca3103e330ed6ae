"""What a media process needs to know of a session, and what it writes down about it."""

from dataclasses import dataclass
from pathlib import Path

from portal.lib.errors import Conflict, DirectTrainError, NotFound
from portal.live.queries import cohost_on_air, live_session_ids, restreamed, session_of
from portal.live.states import ON_AIR, SessionState
from portal.questions import actions as question_actions
from portal.questions.models import Question
from portal.questions.queries import number_of, public_text
from portal.questions.states import StageState
from recordings.actions import discard as discard_recording
from recordings.actions import finish as finish_recording
from recordings.actions import open_recording
from signaling.orm.door import door


@dataclass(frozen=True, slots=True)
class OnAir:
    """The question on air in the words that the public reads; `person` is whom it belongs to, there or not."""

    question: int
    text: str
    number: str
    person: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What programme and slots should be, from the rows alone: asking again after a crash gives the same.

    `restreamed` is the session whose programme the engines of others get, None for a rehearsal.
    """

    session_id: int
    on_air: bool
    paused: bool
    over: bool
    slate: str
    host: int
    question: OnAir | None
    restreamed: int | None
    cohost: int | None = None


@dataclass(frozen=True, slots=True)
class RecordingPlace:
    """`began` is the wall-clock second (Unix) of recording time 0."""

    directory: Path
    began: float


def _wanted(session_id: int) -> Wanted | None:
    """None when there is no such session."""
    try:
        session = session_of(session_id)
    except NotFound:
        return None
    question = (
        Question.objects.select_related("appeal", "person")
        .filter(session_id=session_id, stage_state=StageState.ON)
        .first()
    )
    return Wanted(
        session_id=session_id,
        on_air=session.state in ON_AIR,
        paused=session.state == SessionState.PAUSED,
        over=session.state in (SessionState.ENDED, SessionState.CANCELLED),
        slate=session.slate_text,
        host=session.host_id,
        question=OnAir(question.pk, public_text(question), number_of(question), question.person_id)
        if question is not None
        else None,
        restreamed=None if session.is_rehearsal else restreamed(),
        cohost=cohost_on_air(session_id),
    )


def _open_recording(session_id: int) -> RecordingPlace:
    value = open_recording(session_id)
    return RecordingPlace(Path(value.directory), value.began_at.timestamp())


def _guest_is(session_id: int, person_id: int, state: str) -> None:
    """A media event about a guest. That the queue has moved on meanwhile is no error."""
    try:
        question_actions.stage_report(session_id, person_id, state)
    except (Conflict, NotFound):
        return


def _finish(session_id: int) -> bool:
    """Close the session's recording; False when it had none or it is closed already. A rehearsal's is
    thrown away."""
    if session_of(session_id).is_rehearsal:
        discard_recording(session_id)
        return True
    try:
        finish_recording(session_id)
    except DirectTrainError:
        return False
    return True


wanted = door(_wanted)
open_place = door(_open_recording)
guest_is = door(_guest_is)
finish = door(_finish)
live_sessions = door(live_session_ids)
