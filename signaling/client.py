"""One open socket: who says it is, what it may still send, what waits to be sent to it."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from signaling.orm.people import Rights
from signaling.outbox import Outbox

MESSAGES_PER_SECOND = 20.0
BURST = 40.0


class Allowance:
    """A bucket of messages: `burst` at once, refilled by `per_second`. `refused` counts what was too many."""

    def __init__(
        self,
        per_second: float = MESSAGES_PER_SECOND,
        burst: float = BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._left = burst
        self._seen = clock()
        self.refused = 0

    def take(self) -> bool:
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._seen) * self._per_second)
        self._seen = now
        if self._left < 1:
            self.refused += 1
            return False
        self._left -= 1
        return True


def owner_name(person_id: int | None, tab: str) -> str:
    return f"{person_id or 0}:{tab}"


@dataclass(eq=False)
class Client:
    """State of one socket. `person_id` and `joined` are what the cookie said at hello; every message that needs more
    than being allowed to watch asks for the rights again.
    """

    session_id: int
    session_key: str | None
    language: str
    socket: str = field(default_factory=lambda: secrets.token_hex(8))
    role: str | None = None
    tab: str = ""
    person_id: int | None = None
    joined: Rights | None = None
    moderates: bool = False
    # The last number of viewers this socket was told, as the message's text.
    viewers_told: str = ""
    publishing: str | None = None
    # What its page plays: rtc, hls, sound (HLS without picture) or none.
    line: str = "none"
    outbox: Outbox = field(default_factory=Outbox)
    allowance: Allowance = field(default_factory=Allowance)
    peers: set[str] = field(default_factory=set)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    @property
    def owner(self) -> str:
        """Whom a media connection belongs to: this tab of this person, whichever socket it speaks through."""
        return owner_name(self.person_id, self.tab)

    def send(self, message: dict[str, Any]) -> None:
        self.offer(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    def offer(self, text: str) -> None:
        self.outbox.offer(text)
        if self.outbox.hopeless:
            self.closing.set()

    def logged_out(self, person_id: int) -> None:
        """Their telephone may be in other hands: nothing more is told, and what they send ends too."""
        if self.person_id == person_id:
            self.ended = True
            self.closing.set()

    def is_meant(self, to: dict[str, Any]) -> bool:
        if "person" in to:
            return self.person_id is not None and self.person_id == to["person"]
        if "peer" in to:
            return to["peer"] in self.peers
        return to.get("moderators") is True and self.moderates
