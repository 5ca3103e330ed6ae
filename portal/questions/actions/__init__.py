"""What changes questions. Each action is one transaction, ends with the session's next revision and tells it
after commit."""

from portal.questions.actions.answers import (
    EndedAnswer,
    answer_in_writing,
    begin_answer,
    end_answer,
    set_spoken_text,
)
from portal.questions.actions.asking import AskResult, ask, raise_hand, vote
from portal.questions.actions.blocking import block, lift_block
from portal.questions.actions.joining import mark_same, mark_same_many, part
from portal.questions.actions.noting import set_public_text
from portal.questions.actions.promising import Noted, Wish, correct_promise_of, note_promise_at
from portal.questions.actions.queue import claim, hide, move, release, unhide
from portal.questions.actions.rehearsing import rehearse
from portal.questions.actions.stage import lower_hand, stage_report
from portal.questions.actions.taking_down import Told, take_down
from portal.questions.actions.undoing import Place, put_back

__all__ = [
    "AskResult",
    "EndedAnswer",
    "Noted",
    "Place",
    "Told",
    "Wish",
    "answer_in_writing",
    "ask",
    "begin_answer",
    "block",
    "claim",
    "correct_promise_of",
    "end_answer",
    "hide",
    "lift_block",
    "lower_hand",
    "mark_same",
    "mark_same_many",
    "move",
    "note_promise_at",
    "part",
    "put_back",
    "raise_hand",
    "rehearse",
    "release",
    "set_public_text",
    "set_spoken_text",
    "stage_report",
    "take_down",
    "unhide",
    "vote",
]
