"""Messages a browser may send, each a frozen dataclass, and `parse`, which makes one out of untrusted text.

`parse` raises nothing but `Refusal`, whatever comes. Unknown fields are ignored, so that a newer page can
talk to an older server. PROTOCOL.md is the page for those who write a client; a test holds it against this
file.
"""

import json
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext as _

from signaling.crew_messages import (
    BeginAnswer,
    CallUp,
    Claim,
    Cut,
    CutEnd,
    CutUndo,
    Delay,
    EndAnswer,
    Hide,
    Move,
    Part,
    Propose,
    PutBack,
    PutOn,
    Questions,
    Same,
    SameMany,
    SpokenText,
    TakeOff,
    Unhide,
    Write,
)
from signaling.errors import Refusal
from signaling.message import TEXT_LIMIT, Message
from signaling.schema import Field, Id, Number, OneOf, Peer, Revision, Sdp, Text, Uuid, Village, fields_of
from signaling.studio_messages import Cohost, Promise, Share

__all__ = [
    "FIELDS",
    "MESSAGE_LIMIT",
    "TEXT_LIMIT",
    "TYPES",
    "Accept",
    "Ask",
    "BeginAnswer",
    "CallUp",
    "Changes",
    "Claim",
    "Cohost",
    "Cut",
    "CutEnd",
    "CutUndo",
    "Delay",
    "End",
    "EndAnswer",
    "GoLive",
    "Hello",
    "Hide",
    "Layout",
    "Leave",
    "LeaveStage",
    "Message",
    "Move",
    "Part",
    "Pause",
    "Ping",
    "Playing",
    "Promise",
    "Propose",
    "Publish",
    "PutBack",
    "PutOn",
    "Questions",
    "RaiseHand",
    "Restart",
    "Resume",
    "Same",
    "SameMany",
    "Share",
    "SpokenText",
    "StageCheck",
    "Statistics",
    "TakeOff",
    "Unhide",
    "Vote",
    "Watch",
    "Write",
    "parse",
]
MESSAGE_LIMIT = 64 * 1024
ROLES = ("viewer", "leader", "moderator", "guest", "cohost")
LINES = ("rtc", "hls", "sound", "none")
LAYOUTS = ("full", "side", "pip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Message):
    type: ClassVar[str] = "hello"
    role: Annotated[str, OneOf(ROLES)]
    tab: Uuid
    since: Revision = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping(Message):
    type: ClassVar[str] = "ping"
    t: Number = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Message):
    type: ClassVar[str] = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing(Message):
    type: ClassVar[str] = "playing"
    line: Annotated[str, OneOf(LINES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Message):
    type: ClassVar[str] = "accept"
    peer: Peer
    sdp: Sdp


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(Message):
    type: ClassVar[str] = "restart"
    peer: Peer
    sdp: Sdp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Message):
    type: ClassVar[str] = "leave"
    peer: Peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Message):
    type: ClassVar[str] = "publish"
    sdp: Sdp


@dataclass(frozen=True, slots=True, kw_only=True)
class GoLive(Message):
    type: ClassVar[str] = "go_live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Message):
    type: ClassVar[str] = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Message):
    type: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Message):
    type: ClassVar[str] = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Message):
    type: ClassVar[str] = "ask"
    uuid: Uuid
    text: Annotated[str, Text(TEXT_LIMIT, least=1)]
    village: Village = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseHand(Message):
    type: ClassVar[str] = "raise_hand"
    uuid: Uuid
    village: Village = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerHand(Message):
    type: ClassVar[str] = "lower_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote(Message):
    type: ClassVar[str] = "vote"
    question: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Message):
    type: ClassVar[str] = "changes"
    since: Revision = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCheck(Message):
    type: ClassVar[str] = "stage_check"
    state: Annotated[str, OneOf(("checking", "ready"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveStage(Message):
    type: ClassVar[str] = "leave_stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(Message):
    type: ClassVar[str] = "layout"
    name: Annotated[str, OneOf(LAYOUTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics(Message):
    type: ClassVar[str] = "statistics"


TYPES: dict[str, type[Message]] = {kind.type: kind for kind in Message.__subclasses__()}
FIELDS: dict[type[Message], dict[str, Field]] = {
    kind: fields_of(kind, leave_out="id") for kind in TYPES.values()
}


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


def _read_object(text: str) -> dict[str, Any]:
    if len(text) > MESSAGE_LIMIT or len(text.encode("utf-8", "surrogatepass")) > MESSAGE_LIMIT:
        raise Refusal("too_big", _("消息超过 %(limit)d 字节") % {"limit": MESSAGE_LIMIT})
    try:
        found = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Refusal("bad_message", _("消息不是有效的 JSON")) from None
    if not isinstance(found, dict):
        raise Refusal("bad_message", _("消息应为一个 JSON 对象"))
    return found


def _read_id(found: dict[str, Any]) -> str | int | None:
    """The client's `id` if it is fit to be sent back, else none."""
    value = found.get("id")
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, int):
        return value if abs(value) < 2**53 else None
    return value if len(value) <= 64 and value.isprintable() else None


def parse(text: str) -> Message:
    """The message in `text`.

    Raises Refusal with code too_big, bad_message or unknown_type and `re` where the message had a usable id.
    """
    found = _read_object(text)
    identity = _read_id(found)
    kind = TYPES.get(word) if isinstance(word := found.get("type"), str) else None
    if kind is None:
        raise Refusal("unknown_type", _("服务器不认识这种消息"), identity)
    values: dict[str, Any] = {}
    try:
        for name, field in FIELDS[kind].items():
            value = found.get(name)
            if value is None:
                if field.required:
                    raise Refusal("bad_message", _("缺少字段 %(name)s") % {"name": name})
                continue
            values[field.attribute] = field.check(name, value)
    except Refusal as refusal:
        refusal.re = identity
        raise
    return kind(id=identity, **values)
