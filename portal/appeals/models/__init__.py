"""Tables of the case store: the case itself, its story, its clocks, its answers, and the calendar."""

from portal.appeals.models.answers import Evaluation, Promise, Reply
from portal.appeals.models.cases import (
    Appeal,
    Assignment,
    CaseEvent,
    CommonMatter,
    NumberSeries,
    UnitRequest,
    UrgencyClass,
)
from portal.appeals.models.desks import SavedFilter
from portal.appeals.models.files import Attachment
from portal.appeals.models.time import Clock, Day, Pause

__all__ = [
    "Appeal",
    "Assignment",
    "Attachment",
    "CaseEvent",
    "Clock",
    "CommonMatter",
    "Day",
    "Evaluation",
    "NumberSeries",
    "Pause",
    "Promise",
    "Reply",
    "SavedFilter",
    "UnitRequest",
    "UrgencyClass",
]
