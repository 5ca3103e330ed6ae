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
from portal.questions.actions.queue import claim, hide, mark_same, move, unhide
from portal.questions.actions.stage import stage_report

__all__ = [
    "AskResult",
    "EndedAnswer",
    "answer_in_writing",
    "ask",
    "begin_answer",
    "claim",
    "end_answer",
    "hide",
    "mark_same",
    "move",
    "raise_hand",
    "set_spoken_text",
    "stage_report",
    "unhide",
    "vote",
]
