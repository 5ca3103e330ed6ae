"""Questions, votes and answers: each change is one function of the rooms below, called once, in one
transaction.
"""

import logging
import uuid as uuids
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.lib.errors import BadInput, Conflict, NotFound
from portal.live.models import LiveSession
from portal.questions import actions, console
from portal.questions.models import Question
from portal.questions.queries import being_answered as being_answered_in
from portal.questions.states import StageState, WallState
from recordings.actions import LONGEST_CLIP_MS, request_clip
from recordings.queries import recording_of
from signaling.orm.door import door
from signaling.orm.people import actor
from transcripts.captions import join
from transcripts.queries import passage, transcript

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """What the asker is told at once. `query_code` is empty when the case has none yet (a raised hand)."""

    question_id: int
    uuid: str
    number: str
    query_code: str
    created: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """The answer's place in recording milliseconds; `end_ms` None while it is being given."""

    question_id: int
    begin_ms: int
    end_ms: int | None


def in_session(session_id: int, question_id: int) -> Question:
    """The question if it belongs to this session: a right in one session gives none in another."""
    found = Question.objects.filter(pk=question_id, session_id=session_id).first()
    if found is None:
        raise NotFound(_("本场直播没有这个问题"))
    return found


def _received(result: actions.AskResult) -> Received:
    return Received(
        result.question_id, str(result.uuid), result.case_number, result.query_code, result.created
    )


def _ask(person_id: int, session_id: int, uuid: str, text: str, village: str) -> Received:
    return _received(actions.ask(actor(person_id), session_id, uuids.UUID(uuid), text, village))


def _raise_hand(person_id: int, session_id: int, uuid: str, village: str) -> Received:
    return _received(actions.raise_hand(actor(person_id), session_id, uuids.UUID(uuid), village))


def _lower_hand(person_id: int, session_id: int) -> None:
    actions.lower_hand(actor(person_id), session_id)


def _vote(person_id: int, session_id: int, question_id: int) -> None:
    in_session(session_id, question_id)
    actions.vote(actor(person_id), question_id)


def _console_rows(session_id: int, since: int) -> tuple[int, list[dict[str, Any]]]:
    """Revision read before the rows: what changes in between is asked for once more, never missed."""
    revision = LiveSession.objects.values_list("revision", flat=True).get(pk=session_id)
    return revision, console.console_rows(session_id, since)


def _move(person_id: int, session_id: int, question_id: int, to: str, expected: str | None) -> None:
    in_session(session_id, question_id)
    actions.move(actor(person_id), question_id, to, expected)


def _put_back(
    person_id: int, session_id: int, question_id: int, to: tuple[str, str], expected: tuple[str, str]
) -> None:
    """`to` and `expected`: stage state and wall state."""
    in_session(session_id, question_id)
    was, left = (actions.Place(StageState(stage), WallState(wall)) for stage, wall in (to, expected))
    actions.put_back(actor(person_id), question_id, was, left)


def _hide(person_id: int, session_id: int, question_id: int, reason: str) -> None:
    in_session(session_id, question_id)
    actions.hide(actor(person_id), question_id, reason)


def _unhide(person_id: int, session_id: int, question_id: int) -> None:
    in_session(session_id, question_id)
    actions.unhide(actor(person_id), question_id)


def _mark_same(person_id: int, session_id: int, question_id: int, same_as: int) -> None:
    in_session(session_id, question_id)
    in_session(session_id, same_as)
    actions.mark_same(actor(person_id), question_id, same_as)


def _mark_same_many(person_id: int, session_id: int, question_ids: tuple[int, ...], same_as: int) -> None:
    for question_id in (*question_ids, same_as):
        in_session(session_id, question_id)
    actions.mark_same_many(actor(person_id), question_ids, same_as)


def _part(person_id: int, session_id: int, question_ids: tuple[int, ...]) -> None:
    for question_id in question_ids:
        in_session(session_id, question_id)
    actions.part(actor(person_id), question_ids)


def _claim(person_id: int, session_id: int, question_id: int, release: bool) -> None:
    in_session(session_id, question_id)
    (actions.release if release else actions.claim)(actor(person_id), question_id)


def _answer_in_writing(person_id: int, session_id: int, question_id: int, text: str, final: bool) -> None:
    in_session(session_id, question_id)
    actions.answer_in_writing(actor(person_id), question_id, text, final)


def _begin_answer(person_id: int, session_id: int, question_id: int, at_ms: int) -> Marked:
    in_session(session_id, question_id)
    actions.begin_answer(actor(person_id), question_id, at_ms)
    return Marked(question_id, at_ms, None)


def _end_answer(person_id: int, session_id: int, question_id: int, at_ms: int) -> Marked:
    """The reply and the order for its clip are written together; what final captions add comes later by the
    clerk.
    """
    question = in_session(session_id, question_id)
    begin_ms = question.answer_begin_ms
    words = passage(session_id, begin_ms, at_ms) if begin_ms is not None else ""
    with transaction.atomic():
        ended = actions.end_answer(actor(person_id), question_id, at_ms, words)
        # Nobody pressed "answer done" for an hour: the answer counts all the same.
        last_ms = min(ended.end_ms, ended.begin_ms + LONGEST_CLIP_MS)
        if recording_of(session_id) is not None:
            # A joined question has a reply of its own, and its page plays the same seconds.
            for reply_id in filter(None, (ended.reply_id, *ended.member_reply_ids)):
                request_clip(session_id, ended.begin_ms, last_ms, f"reply-{reply_id}")
    return Marked(ended.question_id, ended.begin_ms, ended.end_ms)


def _being_answered(session_id: int) -> int | None:
    return being_answered_in(session_id)


def _end_if_running(person_id: int, session_id: int, question_id: int, at_ms: int) -> Marked | None:
    """None where it cannot be ended so, for one because somebody else has just done it."""
    try:
        return _end_answer(person_id, session_id, question_id, at_ms)
    except (BadInput, Conflict) as error:
        log.warning("question %s: its answer was not ended (%s)", question_id, error.code)
        return None


def _set_spoken_text(person_id: int, session_id: int, question_id: int, text: str) -> None:
    in_session(session_id, question_id)
    actions.set_spoken_text(actor(person_id), question_id, text)


def _spoken_since(session_id: int, question_id: int, begin_ms: int, end_ms: int) -> str:
    """What the person of this question said between two recording times."""
    question = in_session(session_id, question_id)
    participant = f"guest-{question.person_id}"
    return join(
        cue.text
        for cue in transcript(session_id)
        if cue.participant == participant and begin_ms <= (cue.begin_ms + cue.end_ms) / 2 <= end_ms
    )


def _person_of(session_id: int, question_id: int) -> int | None:
    return in_session(session_id, question_id).person_id


def _stage_state(session_id: int, question_id: int) -> str:
    return in_session(session_id, question_id).stage_state


def _stage_report(session_id: int, person_id: int, state: str) -> None:
    actions.stage_report(session_id, person_id, state)


ask = door(_ask)
raise_hand = door(_raise_hand)
lower_hand = door(_lower_hand)
vote = door(_vote)
console_rows = door(_console_rows)
move = door(_move)
put_back = door(_put_back)
hide = door(_hide)
unhide = door(_unhide)
mark_same = door(_mark_same)
mark_same_many = door(_mark_same_many)
part = door(_part)
claim = door(_claim)
answer_in_writing = door(_answer_in_writing)
begin_answer = door(_begin_answer)
end_answer = door(_end_answer)
being_answered = door(_being_answered)
end_if_running = door(_end_if_running)
set_spoken_text = door(_set_spoken_text)
spoken_since = door(_spoken_since)
person_of = door(_person_of)
stage_state = door(_stage_state)
stage_report = door(_stage_report)
