"""A file over HTTP, whole or by one range: players jump, and a broken download goes on where it stopped."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

CHUNK = 256 << 10
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def ranged_file(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    """The file, or the one range of it that was asked for (RFC 9110 section 14); 416 for one outside of
    it."""
    size = path.stat().st_size
    wanted = _wanted_range(request.headers.get("Range", ""), size)
    if wanted is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = wanted
    partial = "Range" in request.headers and RANGE.fullmatch(request.headers["Range"]) is not None
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(last - first + 1),
        # A recut clip has another file and the page another address only if the row changes: ask again each
        # time.
        "Cache-Control": "private, max-age=60",
    }
    if partial:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    status = 206 if partial else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, content_type=content_type, headers=headers)
    return StreamingHttpResponse(
        _pieces(path, first, last), status=status, content_type=content_type, headers=headers
    )


def _wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """(first, last) byte; all of it for no range or one in a form we do not know; None when it is not
    satisfiable."""
    found = RANGE.fullmatch(header)
    if found is None or found.groups() == ("", ""):
        return 0, size - 1
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else None
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) <= end else None


async def _pieces(path: Path, first: int, last: int) -> AsyncIterator[bytes]:
    at = first
    while at <= last:
        piece = await asyncio.to_thread(_read, path, at, min(CHUNK, last - at + 1))
        if not piece:
            return
        at += len(piece)
        yield piece


def _read(path: Path, at: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(size)
