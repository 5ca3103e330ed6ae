"""What may be asked of the case store: rights, desks, stories, time."""

from portal.appeals.queries.desks import DESK_TABS, DeskTab, desk, desk_counts, desk_rows, may_triage, tabs_of
from portal.appeals.queries.files import file_of, files_of, may_see_files, upload_of
from portal.appeals.queries.promises import PromiseRow, may_keep, open_promises, promise_rows
from portal.appeals.queries.rights import (
    ActionOption,
    allowed_actions,
    capacities,
    check_step,
    find_appeal,
    may_handle,
    may_read,
)
from portal.appeals.queries.stories import (
    appeal_by_code,
    appeal_by_token,
    case_story,
    my_cases,
    public_facts,
    rated_now,
    reopen_until,
)
from portal.appeals.queries.time import (
    TimeLeft,
    clock_times,
    one_calendar,
    stand_stills,
    stored_calendar,
    time_left,
)

__all__ = [
    "DESK_TABS",
    "ActionOption",
    "DeskTab",
    "PromiseRow",
    "TimeLeft",
    "allowed_actions",
    "appeal_by_code",
    "appeal_by_token",
    "capacities",
    "case_story",
    "check_step",
    "clock_times",
    "desk",
    "desk_counts",
    "desk_rows",
    "file_of",
    "files_of",
    "find_appeal",
    "may_handle",
    "may_keep",
    "may_read",
    "may_see_files",
    "may_triage",
    "my_cases",
    "one_calendar",
    "open_promises",
    "promise_rows",
    "public_facts",
    "rated_now",
    "reopen_until",
    "stand_stills",
    "stored_calendar",
    "tabs_of",
    "time_left",
    "upload_of",
]
