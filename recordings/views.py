"""Serves clips with byte ranges. Nothing here may load the media stack, not even indirectly."""

from dataclasses import asdict

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.lib.errors import NotAllowed, NotFound
from portal.lib.ranges import ranged_file
from portal.live.queries import may_watch, session_of
from portal.questions.queries import spoken_answer
from recordings import queries
from recordings.cuts import cut_session, may_see_original


@require_safe
def clip(request: HttpRequest, clip_id: int) -> HttpResponseBase:
    """`/recordings/clips/<id>.mp4` for everybody who may watch the broadcast it is cut from."""
    found = queries.clip_by_id(clip_id)
    if found is None or found.path is None or not found.path.is_file():
        raise Http404
    if found.original:
        # As it was before the cut: it has an address of its own, with its own right.
        raise Http404
    if not may_watch(request.user, session_of(found.session_id)):
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
def answer(request: HttpRequest, question_id: int) -> HttpResponseBase:
    """`/recordings/answers/<question>.mp4`: the clip of an answer that stands on the wall."""
    found = spoken_answer(question_id)
    clip = queries.clip_of(f"reply-{found[1]}") if found is not None else None
    if found is None or clip is None or clip.path is None or not clip.path.is_file():
        raise Http404
    if not may_watch(request.user, session_of(found[0])):
        raise NotAllowed(_("您不能观看这个片段。"))
    return ranged_file(request, clip.path, "video/mp4")


@require_safe
def timeline(request: HttpRequest, session_id: int) -> HttpResponse:
    """`/recordings/<session>/timeline.json`: where recording time is in the replay list, piece by piece.

    {"session": 3, "pieces": [{"begin_ms": 0, "end_ms": 4400, "player_seconds": 0.0}, …]}
    """
    if not may_watch(request.user, session_of(session_id)):
        raise NotAllowed(_("您不能观看这场直播。"))
    pieces = [asdict(piece) for piece in queries.pieces_of(session_id)]
    return JsonResponse({"session": session_id, "pieces": pieces})
