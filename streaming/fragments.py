"""ICE fragments (RFC 8840, section 9): all that WHIP and WHEP exchange after the answer.

As the lite side we never send a check, so the other side's candidates need only be well formed, not kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from streaming.errors import StreamingError

MAX_FRAGMENT = 16_384  # characters
MAX_LINES = 200
# RFC 8839, section 5.4: ice-char, and how many of them.
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}", re.ASCII)
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}", re.ASCII)
_LINE = re.compile(r"[a-z]=.{0,1000}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fragment:
    """The ICE session that a fragment speaks of; the credentials are empty where it names none."""

    ufrag: str = ""
    password: str = ""
    candidates: int = 0
    ended: bool = False  # the other side has told all its candidates


def parse_fragment(text: str) -> Fragment:
    """The fragment in `text`, also out of a whole description. Raises StreamingError("bad_sdp")."""
    if len(text) > MAX_FRAGMENT:
        raise StreamingError("bad_sdp", "an ICE fragment is shorter")
    lines = [line for line in text.splitlines() if line]
    if not lines or len(lines) > MAX_LINES or not all(_LINE.fullmatch(line) for line in lines):
        raise StreamingError("bad_sdp", "not an ICE fragment")
    ufrag, password = _only(lines, "ice-ufrag", _UFRAG), _only(lines, "ice-pwd", _PASSWORD)
    if bool(ufrag) != bool(password):
        raise StreamingError("bad_sdp", "ice-ufrag and ice-pwd come together")
    candidates = sum(line.startswith("a=candidate:") for line in lines)
    if not ufrag and not candidates and "a=end-of-candidates" not in lines:
        raise StreamingError("bad_sdp", "an ICE fragment names candidates or credentials")
    return Fragment(ufrag, password, candidates, "a=end-of-candidates" in lines)


def _only(lines: Sequence[str], name: str, form: re.Pattern[str]) -> str:
    """The attribute's value, which must be one and the same everywhere (we always bundle)."""
    values = {line.partition(":")[2].strip() for line in lines if line.startswith(f"a={name}:")}
    if len(values) > 1 or not all(form.fullmatch(value) for value in values):
        raise StreamingError("bad_sdp", f"{name} has a wrong value")
    return next(iter(values), "")


def write_fragment(mids: Sequence[str], ufrag: str, password: str, candidates: Sequence[str]) -> str:
    """Our side after an ICE restart. `mids` as in the answer; `candidates` are whole `a=candidate:` lines."""
    lines = [
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(mids),
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",  # RFC 8840, section 9.2: all but the mid is without meaning
        f"a=mid:{mids[0]}",
        f"a=ice-ufrag:{ufrag}",
        f"a=ice-pwd:{password}",
        *candidates,
        "a=end-of-candidates",
    ]
    return "\r\n".join(lines) + "\r\n"
