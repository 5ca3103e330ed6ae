"""The words of a session over HTTP: for the page, for players and to take away."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.lib.errors import NotAllowed
from portal.live.models import LiveSession
from portal.live.queries import may_watch, seen_session
from portal.people.models import Person
from recordings.queries import player_times
from transcripts import queries
from transcripts.captions import Caption, readable, stamp, webvtt

# In front of the recording's first picture; see the time line of the recordings.
MEDIA_OFFSET_MS = 1000


def _viewer(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _rows(request: HttpRequest, session_id: int) -> list[queries.CueRow]:
    if not may_watch(_viewer(request), seen_session(_viewer(request), session_id)):
        raise NotAllowed(_("您不能观看这场直播。"))
    return queries.transcript(session_id)


@require_GET
def transcript_json(request: HttpRequest, session_id: int) -> HttpResponse:
    """All captions; `begin_ms` and `end_ms` are recording time, `player_seconds` the place in the replay."""
    rows = _rows(request, session_id)
    places = player_times(session_id, [row.begin_ms for row in rows])
    cues = [row.message() for row in rows]
    if any(places):  # without a recording there is no place to jump to
        for cue, place in zip(cues, places, strict=True):
            cue["player_seconds"] = round(place, 3)
    return JsonResponse({"session": session_id, "cues": cues})


@require_GET
def transcript_vtt(request: HttpRequest, session_id: int) -> HttpResponse:
    """WebVTT on recording time; `?media=1` puts it on the media time of the segment files."""
    captions = [
        Caption(row.uid, row.begin_ms, row.end_ms, row.text, row.speaker)
        for row in _rows(request, session_id)
    ]
    media = request.GET.get("media") == "1"
    text = webvtt(readable(captions), MEDIA_OFFSET_MS if media else 0, timestamp_map=media)
    return HttpResponse(text, content_type="text/vtt; charset=utf-8")


@require_GET
def transcript_txt(request: HttpRequest, session_id: int) -> HttpResponse:
    """Plain text to keep or print: time, speaker, words."""
    lines = [f"[{stamp(row.begin_ms)[:8]}] {row.speaker}: {row.text}" for row in _rows(request, session_id)]
    response = HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="transcript-{session_id}.txt"'
    return response


@require_GET
def search_json(request: HttpRequest) -> HttpResponse:
    """`?q=` over the captions of every broadcast that this person may watch."""
    hits = queries.search(request.GET.get("q", "")[:200], limit=200)
    sessions = LiveSession.objects.in_bulk({hit.session_id for hit in hits})
    allowed = {pk for pk, session in sessions.items() if may_watch(_viewer(request), session)}
    shown = [
        {"session": hit.session_id, "title": hit.title, "cue": hit.cue.message()}
        for hit in hits
        if hit.session_id in allowed
    ]
    return JsonResponse({"hits": shown[:50]})
