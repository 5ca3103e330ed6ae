"""Messages of the studio: co-hosts, a shared screen, promises. `signaling.protocol` reads them like all others."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from signaling.message import Message
from signaling.schema import Id, Text, Whole, YesNo, day

PROMISE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohost(Message):
    """Who has the co-host's place on stage; without `invitation` nobody."""

    type: ClassVar[str] = "cohost"
    invitation: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Message):
    """The sender's picture holds a screen or a document now (or no more): it stands first."""

    type: ClassVar[str] = "share"
    on: YesNo


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise(Message):
    """`ago_ms`: how long ago the button was pressed. With `promise` an earlier one is put right."""

    type: ClassVar[str] = "promise"
    question: Id
    unit: Id | None = None
    due_on: Annotated[date, day] | None = None
    text: Annotated[str, Text(PROMISE_LIMIT)] = ""
    ago_ms: Annotated[int, Whole(0, 600_000)] = 0
    promise: Id | None = None
