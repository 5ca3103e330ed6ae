"""Everything that changes a case. Each action is one transaction: rights, state, change, event, messages."""

from portal.appeals.actions.answers import (
    approve_reply,
    assist,
    record_spoken_reply,
    record_written_answer,
    redact,
    reply,
    set_text,
)
from portal.appeals.actions.bulk import MOST_IN_BULK, Bulk, accept_and_dispatch, sign_several
from portal.appeals.actions.calendar import DayNotice, load_days, load_official_years
from portal.appeals.actions.desks import remove_filter, save_filter
from portal.appeals.actions.files import tidy_files
from portal.appeals.actions.identity import view_identity
from portal.appeals.actions.joining import link_common, link_same, merge, part_same, split, unmerge
from portal.appeals.actions.looking import code_proves, look_up
from portal.appeals.actions.promises import correct_promise, keep_promise, promise
from portal.appeals.actions.publishing import publish, unpublish
from portal.appeals.actions.rating import (
    call_back,
    close_explained,
    evaluate,
    reopen,
    reopen_as,
    withdraw,
)
from portal.appeals.actions.registering import Registered, key_of_words, register
from portal.appeals.actions.requests import ask_extend, ask_suspend, decline, extend, resume, suspend
from portal.appeals.actions.ticking import tick
from portal.appeals.actions.triage import (
    accept,
    change_urgency,
    dispatch,
    hold_jointly,
    refuse,
    return_,
    sign,
)

__all__ = [
    "MOST_IN_BULK",
    "Bulk",
    "DayNotice",
    "Registered",
    "accept",
    "accept_and_dispatch",
    "approve_reply",
    "ask_extend",
    "ask_suspend",
    "assist",
    "call_back",
    "change_urgency",
    "close_explained",
    "code_proves",
    "correct_promise",
    "decline",
    "dispatch",
    "evaluate",
    "extend",
    "hold_jointly",
    "keep_promise",
    "key_of_words",
    "link_common",
    "link_same",
    "load_days",
    "load_official_years",
    "look_up",
    "merge",
    "part_same",
    "promise",
    "publish",
    "record_spoken_reply",
    "record_written_answer",
    "redact",
    "refuse",
    "register",
    "remove_filter",
    "reopen",
    "reopen_as",
    "reply",
    "resume",
    "return_",
    "save_filter",
    "set_text",
    "sign",
    "sign_several",
    "split",
    "suspend",
    "tick",
    "tidy_files",
    "unmerge",
    "unpublish",
    "view_identity",
    "withdraw",
]
