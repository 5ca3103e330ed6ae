"""What a media worker can be told. Plain values, so that they cross a process border as JSON.

`to_dict()` and `parse_command()` are each other's inverse; anything else is refused with `bad_command`.
"""

from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, ClassVar, Literal, get_args

from streaming.errors import StreamingError

SlotName = Literal["main", "guest", "cohost"]
SLOTS: tuple[SlotName, ...] = ("main", "guest", "cohost")
MAX_SDP = 65_536
MAX_NAME = 200


class _Command:
    type: ClassVar[str]

    def to_dict(self) -> dict[str, Any]:
        """`{"type": …, field: value …}`."""
        return {"type": self.type, **asdict(self)}  # type: ignore[call-overload]  # every subclass is a dataclass


@dataclass(frozen=True, slots=True)
class Publish(_Command):
    """A participant offers to send. Result: `{peer, sdp}` with our answer."""

    type: ClassVar[str] = "publish"
    session: str
    participant: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Watch(_Command):
    """Somebody wants to see. Result: `{peer, sdp}` with our offer; `full` beyond the viewer limit.

    With the offer of a player in `sdp` (WHEP) the result's is our answer, and no Accept follows. `label`: where the
    viewer belongs, for the statistics of the audience.
    """

    type: ClassVar[str] = "watch"
    session: str
    viewer: str
    sdp: str | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Accept(_Command):
    """The viewer's answer. Result: `{playable, codecs}`; not playable means: go to HLS."""

    type: ClassVar[str] = "accept"
    session: str
    peer: str
    sdp: str


@dataclass(frozen=True, slots=True)
class Restart(_Command):
    """ICE restart on the same keys: a publisher brings its new offer, a viewer none. Result: `{sdp}`."""

    type: ClassVar[str] = "restart"
    session: str
    peer: str
    sdp: str | None = None


@dataclass(frozen=True, slots=True)
class RestartIce(_Command):
    """ICE restart without a description (WHIP, WHEP). Result: `{ufrag, password, candidates}`, ours from now on."""

    type: ClassVar[str] = "restart_ice"
    session: str
    peer: str


@dataclass(frozen=True, slots=True)
class Leave(_Command):
    """Close one peer. A publisher's slot stays reserved. Result: `{}`, also when it is gone already."""

    type: ClassVar[str] = "leave"
    session: str
    peer: str


@dataclass(frozen=True, slots=True)
class Assign(_Command):
    """Reserve a slot for a participant (who may be publishing already, or not yet), or free it with None."""

    type: ClassVar[str] = "assign"
    session: str
    slot: SlotName
    participant: str | None = None


@dataclass(frozen=True, slots=True)
class Hold(_Command):
    """While on, frames of the slot go nowhere: neither to viewers nor to sinks."""

    type: ClassVar[str] = "hold"
    session: str
    slot: SlotName
    on: bool


@dataclass(frozen=True, slots=True)
class CloseRoom(_Command):
    """End the session: every peer is closed. Result: `{}`."""

    type: ClassVar[str] = "close_room"
    session: str


@dataclass(frozen=True, slots=True)
class Statistics(_Command):
    """Result: see `streaming.statistics`."""

    type: ClassVar[str] = "statistics"
    session: str


Command = Publish | Watch | Accept | Restart | RestartIce | Leave | Assign | Hold | CloseRoom | Statistics
_TYPES: dict[str, type[Command]] = {kind.type: kind for kind in get_args(Command)}
_FIELDS = {kind: {field.name: field for field in fields(kind)} for kind in _TYPES.values()}
_OPTIONAL = {("watch", "sdp"), ("restart", "sdp"), ("assign", "participant")}


def parse_command(message: object) -> Command:
    """The command in a decoded JSON object. Raises StreamingError("bad_command")."""
    if not isinstance(message, dict):
        raise StreamingError("bad_command", "a command is an object")
    name = message.get("type")
    kind = _TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise StreamingError("bad_command", "unknown type of command")
    wanted = _FIELDS[kind]
    unknown = set(message) - set(wanted) - {"type"}
    if unknown:
        raise StreamingError("bad_command", f"{name} does not know {sorted(map(str, unknown))}")
    values: dict[str, Any] = {}
    for key, field in wanted.items():
        if key in message:
            values[key] = _checked(kind.type, key, message[key])
        elif field.default is MISSING:
            raise StreamingError("bad_command", f"{name} needs {key}")
    return kind(**values)


def _checked(kind: str, key: str, value: object) -> object:
    if value is None and (kind, key) in _OPTIONAL:
        return None
    if key == "on":
        valid = isinstance(value, bool)
    elif key == "slot":
        valid = isinstance(value, str) and value in SLOTS
    elif key == "label":
        valid = isinstance(value, str) and len(value) <= MAX_NAME
    elif key == "sdp":
        valid = isinstance(value, str) and len(value) <= MAX_SDP
    else:
        valid = isinstance(value, str) and 0 < len(value) <= MAX_NAME
    if not valid:
        raise StreamingError("bad_command", f"{kind}: {key} has a wrong value")
    return value
