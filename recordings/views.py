"""Serves clips with byte ranges. Nothing here may load the media stack, not even indirectly."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.lib.errors import NotAllowed, NotFound
from portal.live.queries import may_watch, seen_session
from recordings import queries
from recordings.cuts import cut_session, may_see_original

CHUNK = 256 << 10
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@require_safe
def clip(request: HttpRequest, clip_id: int) -> HttpResponseBase:
    """`/recordings/clips/<id>.mp4` for everybody who may watch the broadcast it is cut from."""
    found = queries.clip_by_id(clip_id)
    if found is None or found.path is None or not found.path.is_file():
        raise Http404
    if found.original:
        # As it was before the cut: it has an address of its own, with its own right.
        raise Http404
    if not may_watch(request.user, seen_session(request.user, found.session_id)):
        raise NotAllowed(_("您不能观看这个片段。"))
    return ranged_file(request, found.path, "video/mp4")


@require_safe
def original(request: HttpRequest, cut_id: int) -> HttpResponseBase:
    """`/recordings/cuts/<id>.mp4`: a passage that was cut, as it was. For the crew and supervisors."""
    session_id = cut_session(cut_id)
    if session_id is None:
        raise Http404
    if not may_see_original(request.user, session_id):
        raise NotAllowed(_("原片只对本场领导、主持人和督办员开放。"))
    found = queries.clip_of(f"cut-{cut_id}")
    if found is None or found.path is None or not found.path.is_file():
        raise NotFound(_("原片还在准备，请过一会儿再看。"))
    return ranged_file(request, found.path, "video/mp4")


@require_safe
def timeline(request: HttpRequest, session_id: int) -> HttpResponse:
    """`/recordings/<session>/timeline.json`: where recording time is in the replay list, piece by piece.

    {"session": 3, "pieces": [{"begin_ms": 0, "end_ms": 4400, "player_seconds": 0.0}, …]}
    """
    if not may_watch(request.user, seen_session(request.user, session_id)):
        raise NotAllowed(_("您不能观看这场直播。"))
    pieces = [asdict(piece) for piece in queries.pieces_of(session_id)]
    return JsonResponse({"session": session_id, "pieces": pieces})


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
