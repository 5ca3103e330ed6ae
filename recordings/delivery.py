"""What a request for lists and segments asks for, and what it gets: directives, byte ranges, answers. No
sockets here."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from recordings.journal import Segment

FOR_EVER = "public, max-age=31536000, immutable"
NO_CACHE = "no-cache"
# A list that was waited for never changes its meaning; 8216bis appendix B.1 wants six target durations.
AWAITED = "public, max-age=6"
# What a cache in front of us keeps for how many seconds, whatever browsers do (nginx reads X-Accel-Expires): lists
# that change are shared by those who ask in the same second, and what is cut or withdrawn is gone in ten.
SHARED = (b"x-accel-expires", b"1")
KEPT = (b"x-accel-expires", b"10")
RANGE = re.compile(r"bytes=(?P<first>\d{0,15})-(?P<last>\d{0,15})")


class Refused(Exception):
    """The answer is only a status and a short reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


@dataclass(frozen=True, slots=True)
class Answer:
    """One response with its whole body; a segment is a few hundred kilobytes at most."""

    body: bytes
    kind: str
    cache: str
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """Delivery directives of a list request (draft-pantos-hls-rfc8216bis section 6.2.5)."""

    msn: int | None
    part: int | None
    skip: bool


def read_wish(query: bytes) -> Wish:
    """Delivery directives of a query. Refused(400) for what is no number, and for a part without its
    segment."""
    fields = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    msn, part = (_number(fields, name) for name in ("_HLS_msn", "_HLS_part"))
    if part is not None and msn is None:
        raise Refused(400, "_HLS_part needs _HLS_msn")
    return Wish(msn, part, fields.get("_HLS_skip") in ("YES", "v2"))


def _number(fields: dict[str, str], name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise Refused(400, f"{name} must be a number")
    return int(value)


def read_range(wanted: str | None) -> tuple[int, int | None]:
    """(first, last) byte. Refused(400) for anything but one range with a beginning (RFC 9110 section
    14.2)."""
    if wanted is None:
        return 0, None
    found = RANGE.fullmatch(wanted)
    if found is None or not found["first"]:
        raise Refused(400, "one range with a beginning")
    first, last = int(found["first"]), int(found["last"]) if found["last"] else None
    if last is not None and last < first:
        raise Refused(400, "a range that ends before it begins")
    return first, last


def segment_answer(
    path: Path | str, segment: Segment, wanted: str | None, first: int, last: int | None
) -> Answer:
    size = segment.size
    if first >= size:
        unsatisfied = ((b"content-range", f"bytes */{size}".encode()),)
        return Answer(b"", "video/mp4", "no-store", 416, unsatisfied)
    end = size if last is None else min(size, last + 1)
    body = _bytes_of(path, first, end - first)
    accept = (b"accept-ranges", b"bytes")
    # A growing file answers as far as it is written: the same words ask for more a moment later.
    growing = not segment.complete and (last is None or last >= size)
    kept, shared = ("no-store", SHARED) if growing else (FOR_EVER, KEPT)
    if wanted is None:
        return Answer(body, "video/mp4", kept, 200, (accept, shared))
    total = str(size) if segment.complete else "*"
    where = (b"content-range", f"bytes {first}-{first + len(body) - 1}/{total}".encode())
    return Answer(body, "video/mp4", kept, 206, (accept, where, shared))


def _bytes_of(path: Path | str, first: int, count: int) -> bytes:
    """A piece of a file in three calls of the kernel: this is asked for thousands of times a second."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Refused(404, "no such segment") from None
    try:
        return os.pread(file, count, first)
    finally:
        os.close(file)
