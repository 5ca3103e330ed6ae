"""Messages of the moderators: the queue, answers, the stage. `signaling.protocol` reads them like all others."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from signaling.message import TEXT_LIMIT, Message
from signaling.schema import Id, Ids, OneOf, Revision, Text, Whole, YesNo

WALL_STATES = ("received", "shown", "answered", "hidden")
STAGE_STATES = ("new", "shortlisted", "prompted", "checking", "ready", "on", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions(Message):
    type: ClassVar[str] = "questions"
    since: Revision = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Message):
    type: ClassVar[str] = "move"
    question: Id
    to: Annotated[str, OneOf(STAGE_STATES)]
    expected: Annotated[str, OneOf(STAGE_STATES)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack(Message):
    """A step is taken back, if the question still stands where the step left it."""

    type: ClassVar[str] = "put_back"
    question: Id
    stage: Annotated[str, OneOf(STAGE_STATES)]
    wall: Annotated[str, OneOf(WALL_STATES)]
    expected_stage: Annotated[str, OneOf(STAGE_STATES)]
    expected_wall: Annotated[str, OneOf(WALL_STATES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide(Message):
    type: ClassVar[str] = "hide"
    question: Id
    reason: Annotated[str, Text(200, least=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhide(Message):
    type: ClassVar[str] = "unhide"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Same(Message):
    type: ClassVar[str] = "same"
    question: Id
    as_: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Message):
    type: ClassVar[str] = "write"
    question: Id
    text: Annotated[str, Text(TEXT_LIMIT, least=1)]
    final: YesNo = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginAnswer(Message):
    type: ClassVar[str] = "begin_answer"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAnswer(Message):
    type: ClassVar[str] = "end_answer"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Message):
    type: ClassVar[str] = "propose"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenText(Message):
    type: ClassVar[str] = "spoken_text"
    question: Id
    text: Annotated[str, Text(TEXT_LIMIT, least=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUp(Message):
    type: ClassVar[str] = "call_up"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOn(Message):
    type: ClassVar[str] = "put_on"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOff(Message):
    type: ClassVar[str] = "take_off"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Message):
    type: ClassVar[str] = "claim"
    question: Id
    release: YesNo = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SameMany(Message):
    type: ClassVar[str] = "same_many"
    questions: Ids
    as_: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Message):
    type: ClassVar[str] = "part"
    questions: Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(Message):
    type: ClassVar[str] = "delay"
    seconds: Annotated[int, Whole(0, 60)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Message):
    """`back` seconds before this moment are left out too."""

    type: ClassVar[str] = "cut"
    back: Annotated[int, Whole(0, 120)] = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CutEnd(Message):
    type: ClassVar[str] = "cut_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class CutUndo(Message):
    type: ClassVar[str] = "cut_undo"
    cut: Id
