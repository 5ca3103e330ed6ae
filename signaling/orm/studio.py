"""Co-hosts and promises: each change is one function of the rooms below, called once, in one transaction."""

from typing import Any

from portal.live.actions.invitations import put_cohost as give_place
from portal.questions import actions
from portal.questions.actions import Noted, Wish
from signaling.orm.door import door
from signaling.orm.people import actor
from signaling.orm.questions import in_session
from transcripts.queries import passage

__all__ = ["Wish", "correct_promise", "note_promise", "put_cohost"]

# What was said in the seconds before the tap is the promise's first wording.
SPOKEN_BEFORE_MS = 15_000


def _put_cohost(person_id: int, session_id: int, invitation_id: int | None) -> None:
    give_place(actor(person_id), session_id, invitation_id)


def _facts(noted: Noted) -> dict[str, Any]:
    return {
        "promise": noted.promise_id,
        "question": noted.question_id,
        "text": noted.text,
        "unit": {"id": noted.unit_id, "name": noted.unit},
        "due_on": noted.due_on.isoformat(),
        "at_ms": noted.at_ms,
    }


def _note_promise(
    person_id: int, session_id: int, question_id: int, at_ms: int | None, wish: Wish
) -> dict[str, Any]:
    in_session(session_id, question_id)
    spoken = passage(session_id, max(0, at_ms - SPOKEN_BEFORE_MS), at_ms + 1) if at_ms is not None else ""
    return _facts(actions.note_promise_at(actor(person_id), question_id, at_ms, wish, spoken))


def _correct_promise(
    person_id: int, session_id: int, question_id: int, promise_id: int, wish: Wish
) -> dict[str, Any]:
    in_session(session_id, question_id)
    return _facts(actions.correct_promise_of(actor(person_id), question_id, promise_id, wish))


put_cohost = door(_put_cohost)
note_promise = door(_note_promise)
correct_promise = door(_correct_promise)
