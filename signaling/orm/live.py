"""The session itself: what everybody sees of it, and its steps from planned to ended."""

from typing import Any

from django.db import connection
from django.utils.translation import get_language

from portal.lib.errors import NotFound
from portal.live import actions
from portal.live.queries import may_watch, session_of, session_view, view_of
from portal.questions import queries as questions
from recordings import withheld
from recordings.actions import open_recording
from recordings.playlists import Cue
from recordings.queries import directory_of
from signaling.orm.door import door
from signaling.orm.people import actor
from transcripts.models import Cue as Captions
from transcripts.queries import recent

CAPTIONS_AT_HELLO = 4
# Sessions and languages whose picture is kept.
PICTURES = 64

_pictures: dict[tuple[int, str], dict[str, Any]] = {}


def _picture_of(session_id: int, captions: int) -> dict[str, Any]:
    """Session, wall, stage and the last captions, as one client needs them to draw its page.

    All but the captions is the same for everybody and changes only with the revision, so it is drawn once per
    revision: at 19:30 a whole county says hello.
    """
    session = session_view(session_id)
    key = (session_id, get_language() or "")
    picture = _pictures.get(key)
    if picture is None or picture["revision"] != session["revision"]:
        picture = {
            "session": session,
            "revision": session["revision"],
            "wall": questions.wall(session_id),
            "stage": questions.stage(session_id),
        }
        if key not in _pictures and len(_pictures) >= PICTURES:
            _pictures.clear()
        _pictures[key] = picture
    said = [cue.message() for cue in recent(session_id, captions)] if captions else []
    return picture | {"session": session, "captions": said}


def _may_everybody_watch(session_id: int) -> bool:
    try:
        return may_watch(None, session_of(session_id))
    except NotFound:
        return False


def _go_live(person_id: int, session_id: int) -> dict[str, Any]:
    session = view_of(actions.go_live(actor(person_id), session_id))
    open_recording(session_id)
    return session


def _pause(person_id: int, session_id: int) -> dict[str, Any]:
    return view_of(actions.pause(actor(person_id), session_id))


def _resume(person_id: int, session_id: int) -> dict[str, Any]:
    return view_of(actions.resume(actor(person_id), session_id))


def _end(person_id: int, session_id: int) -> dict[str, Any]:
    return view_of(actions.end(actor(person_id), session_id))


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _stage(session_id: int) -> dict[str, Any]:
    return questions.stage(session_id)


def _captions_between(session_id: int, begin_ms: int, end_ms: int) -> list[Cue]:
    """Final captions that overlap the span, for the caption segments of the lists."""
    rows = Captions.objects.filter(session_id=session_id, begin_ms__lt=end_ms, end_ms__gt=begin_ms)
    kept = withheld.read(directory_of(session_id))
    return [
        Cue(
            row.begin_ms,
            row.end_ms,
            row.speaker,
            row.text,
            row.kept_at.timestamp() if row.kept_at else None,
        )
        for row in rows
        if not kept.hides(row.begin_ms, row.end_ms)
    ]


captions_between = door(_captions_between)
picture_of = door(_picture_of)
may_everybody_watch = door(_may_everybody_watch)
stage = door(_stage)
go_live = door(_go_live)
pause = door(_pause)
resume = door(_resume)
end = door(_end)
database_answers = door(_database_answers)
