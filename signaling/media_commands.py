"""What the door asks of a media process beyond packets: the programme, the recording and their clock.

Plain data, so that the web process can name them without loading any media code. `to_wire` and `from_wire`
are the form in which these and the packet engine's own commands cross Redis.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from streaming.commands import Command, parse_command
from streaming.errors import StreamingError


@dataclass(frozen=True, slots=True)
class Sync:
    """Make programme, recording, slots and lower third what the rows say; asking twice is harmless. → {}"""

    session: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The moderator's wish for the layout: full, side or pip. → {}"""

    session: str
    layout: str


@dataclass(frozen=True, slots=True)
class Lead:
    """`participant` shares a screen (`state` on) or no more (off): their picture stands first. → {}"""

    session: str
    participant: str
    state: str


@dataclass(frozen=True, slots=True)
class Clock:
    """→ {ms: recording time now, since: recording ms at which the guest went on, or null}; error
    `no_recording`.
    """

    session: str


@dataclass(frozen=True, slots=True)
class Figures:
    """→ {programme: {...}, tracks: {...}, layout}: counters of the programme and the track writer, and what it
    lays out."""

    session: str


ProgrammeCommand = Sync | Picture | Lead | Clock | Figures
MediaCommand = Command | ProgrammeCommand
_KINDS: dict[str, type[ProgrammeCommand]] = {
    "sync": Sync,
    "picture": Picture,
    "lead": Lead,
    "clock": Clock,
    "figures": Figures,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_wire(command: MediaCommand) -> dict[str, Any]:
    if isinstance(command, ProgrammeCommand):
        return {"programme": _NAMES[type(command)], **dataclasses.asdict(command)}
    return {"engine": command.to_dict()}


def from_wire(found: dict[str, Any]) -> MediaCommand:
    """Raises StreamingError("bad_command") for what no version of this house would send."""
    if "engine" in found:
        return parse_command(found["engine"])
    kind = _KINDS.get(str(found.get("programme")))
    if kind is None:
        raise StreamingError("bad_command", "unknown programme command")
    names = {field.name for field in dataclasses.fields(kind)}
    values = {name: value for name, value in found.items() if name in names and isinstance(value, str)}
    if set(values) != names:
        raise StreamingError("bad_command", "programme command with missing fields")
    return kind(**values)
