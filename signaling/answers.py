"""Messages the server sends, each a frozen dataclass; `as_message` makes the JSON object.

Announcements of the civic rooms (`session`, `question`) and captions travel as they were told; they are
listed in `TOLD` so that PROTOCOL.md can be held against everything a client may meet.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    type: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Ok(Answer):
    type: ClassVar[str] = "ok"


@dataclass(frozen=True, slots=True)
class Pong(Answer):
    type: ClassVar[str] = "pong"
    t: float


@dataclass(frozen=True, slots=True)
class Welcome(Answer):
    type: ClassVar[str] = "welcome"
    session: Row
    you: Row
    revision: int
    wall: list[Row]
    stage: Row
    captions: list[Row]
    media: Row
    limits: Row
    cuts: list[Row]


@dataclass(frozen=True, slots=True)
class Offer(Answer):
    """`ice`: relays for this peer, as RTCIceServer."""

    type: ClassVar[str] = "offer"
    peer: str
    sdp: str
    ice: list[Row]


@dataclass(frozen=True, slots=True)
class SdpAnswer(Answer):
    type: ClassVar[str] = "answer"
    peer: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Accepted(Answer):
    """`playable` false: none of the offered codecs was taken, the page goes to HLS."""

    type: ClassVar[str] = "ok"
    playable: bool


@dataclass(frozen=True, slots=True)
class Received(Answer):
    type: ClassVar[str] = "received"
    question: int
    uuid: str
    number: str
    query_code: str
    created: bool


@dataclass(frozen=True, slots=True)
class ChangesAnswer(Answer):
    type: ClassVar[str] = "changes"
    revision: int
    wall: list[Row]
    session: Row
    stage: Row


@dataclass(frozen=True, slots=True)
class QuestionsAnswer(Answer):
    type: ClassVar[str] = "questions"
    revision: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Proposal(Answer):
    type: ClassVar[str] = "proposal"
    question: int
    text: str


@dataclass(frozen=True, slots=True)
class StatisticsAnswer(Answer):
    type: ClassVar[str] = "statistics"
    media: Row
    programme: Row
    sockets: Row


@dataclass(frozen=True, slots=True)
class Stage(Answer):
    type: ClassVar[str] = "stage"
    revision: int
    main: Row
    guest: Row | None
    queue: list[Row]
    cohosts: list[Row]
    sharing: str
    hands: list[Row]


@dataclass(frozen=True, slots=True)
class Cuts(Answer):
    type: ClassVar[str] = "cuts"
    session: int
    cuts: list[Row]


@dataclass(frozen=True, slots=True)
class AnswerMark(Answer):
    type: ClassVar[str] = "answer_mark"
    question: int
    begin_ms: int
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class Promised(Answer):
    type: ClassVar[str] = "promised"
    promise: int
    question: int
    text: str
    unit: Row
    due_on: str
    at_ms: int | None


@dataclass(frozen=True, slots=True)
class Viewers(Answer):
    type: ClassVar[str] = "viewers"
    webrtc: int
    hls: int
    sound: int


@dataclass(frozen=True, slots=True)
class Prompt(Answer):
    type: ClassVar[str] = "prompt"
    question: int


@dataclass(frozen=True, slots=True)
class Replaced(Answer):
    type: ClassVar[str] = "replaced"
    peer: str


@dataclass(frozen=True, slots=True)
class PictureIs(Answer):
    """What is sent of the picture: full, reduced (smaller), paused (the sound goes on)."""

    type: ClassVar[str] = "picture"
    peer: str
    picture: str


@dataclass(frozen=True, slots=True)
class MediaMoved(Answer):
    type: ClassVar[str] = "media_moved"


@dataclass(frozen=True, slots=True)
class Stale(Answer):
    type: ClassVar[str] = "stale"


# Told by other rooms: type → fields beside it.
TOLD: dict[str, tuple[str, ...]] = {
    "session": ("session", "revision", "state", "slow_seconds", "delay_seconds"),
    "question": ("session", "revision", "id", "question"),
    "claimed": ("session", "question", "by"),
    "running_order": ("session", "items"),
    "caption": ("session", "cue"),
    "error": ("re", "code", "message"),
}


def as_message(answer: Answer, re: str | int | None = None) -> dict[str, Any]:
    """The JSON object, with `re` where it answers a message that had an id."""
    values = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}
    head: dict[str, Any] = {"type": answer.type}
    return head | values if re is None else head | {"re": re} | values
