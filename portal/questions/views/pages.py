"""Home, live, console, stage and replay; their context is listed in `portal/live/views/__init__.py`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from portal.board.queries import row as board_row
from portal.board.queries import shown as board_shown
from portal.lib.errors import NotAllowed, NotFound
from portal.live.queries import (
    Anyone,
    crewed,
    current,
    may_moderate,
    may_watch,
    opens_overlay,
    past,
    reminded,
    seen_session,
    session_of,
    upcoming,
)
from portal.live.states import TAKES_QUESTIONS, SessionState
from portal.live.views import page_context, rights, with_start
from portal.notices.models import Notice
from portal.notices.push import public_key
from portal.notices.queries import changes_of_broadcasts
from portal.people.models import Person
from portal.people.queries import is_verified
from portal.questions.queries import (
    chapters,
    guest_question,
    my_questions,
    my_row,
    on_air,
    place_in_line,
    recent_answers,
    voted,
    wall,
    written_answers,
)
from portal.questions.states import Lane

# The home page shows so many messages of the board.
BOARD_ROWS = 3
LANE_KEYS = {Lane.NEW: "1", Lane.SHORTLIST: "2", Lane.STAGE: "", Lane.DONE: "3"}


def hide_reasons() -> list[str]:
    return [_("含个人隐私"), _("言语不当"), _("与民生诉求无关"), _("重复提交"), _("涉及正在办理的案件")]


def block_reasons() -> list[str]:
    return [_("反复刷屏"), _("辱骂他人"), _("散布他人隐私"), _("广告")]


def _changes(person: Anyone) -> list[Notice]:
    if not isinstance(person, Person) or not person.is_staff:
        return []
    return list(changes_of_broadcasts(person))


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    now = current()
    announced = upcoming()
    nearest = ([now] if now is not None else []) + announced
    mine_to_run = [session for session in crewed(request.user) if session not in nearest[:1]]
    coming = [with_start(session) for session in nearest]
    context = {
        "tonight": coming[0] if coming else None,
        "coming": coming[1:],
        "to_run": [with_start(each) | {"may": rights(request.user, each)} for each in mine_to_run],
        "past": [with_start(session) for session in past(6)],
        "mine": my_questions(request.user, limit=5),
        "answers": recent_answers(),
        "board": [board_row(message) for message in board_shown()[:BOARD_ROWS]],
        "may": rights(request.user, nearest[0] if nearest else None),
        "changes": _changes(request.user),
    }
    return render(request, "live/home.html", context)


@require_GET
@ensure_csrf_cookie
def live(request: HttpRequest, session_id: int) -> HttpResponse:
    session = seen_session(request.user, session_id)
    standing = {"voted": voted(session_id, request.user), "place": place_in_line(session_id, request.user)}
    context = page_context(request, session, "viewer", **standing) | {
        "wall": wall(session_id),
        "voted": standing["voted"],
        "on_air": on_air(session_id),
        "mine": my_questions(request.user, session),
        "taking": session.state in TAKES_QUESTIONS,
        "verified": is_verified(request.user),
        "reminded": session.pk in reminded(request.user),
        "push_key": public_key(),
    }
    return render(request, "live/live.html", context)


@require_GET
@ensure_csrf_cookie
def console(request: HttpRequest, session_id: int) -> HttpResponse:
    session = seen_session(request.user, session_id)
    if not may_moderate(request.user, session):
        raise NotAllowed(_("主持台只对本场主持人开放。"))
    lanes = [{"code": lane.value, "label": lane.label, "key": LANE_KEYS[lane]} for lane in Lane]
    more = {"lanes": lanes, "hide_reasons": hide_reasons(), "block_reasons": block_reasons()}
    return render(request, "live/console.html", page_context(request, session, "moderator") | more)


@require_GET
def overlay(request: HttpRequest, session_id: int, key: str) -> HttpResponse:
    """Question on air, captions and the length of the queue on nothing: laid over a picture by a mixer (OBS)."""
    session = session_of(session_id)
    if not opens_overlay(session_id, key):
        raise NotFound(_("没有这个页面。"))
    return render(request, "live/overlay.html", page_context(request, session, "viewer"))


@require_GET
def stage(request: HttpRequest, session_id: int) -> HttpResponse:
    session = seen_session(request.user, session_id)
    person = request.user if isinstance(request.user, Person) else None
    question = guest_question(session_id, person.pk) if person is not None else None
    if question is None:
        raise NotAllowed(_("您还没有举手，或主持人还没有呼叫您。"))
    context = page_context(request, session, "guest", question=question.pk)
    return render(request, "live/stage.html", context | {"question": my_row(question)})


@require_GET
def replay(request: HttpRequest, session_id: int) -> HttpResponse:
    session = seen_session(request.user, session_id)
    if not may_watch(request.user, session):
        raise NotAllowed(_("这场直播已取消，没有回放。"))
    if session.is_rehearsal:
        raise NotFound(_("排练不录像，没有回放。"))
    if session.state == SessionState.PLANNED:
        return redirect("live:live", session_id)
    spoken = chapters(session_id)
    marks = [
        {
            "question": row["id"],
            "number": row["number"],
            "text": row["text"],
            "begin_ms": row["answer_begin_ms"],
            "end_ms": row["answer_end_ms"],
        }
        for row in spoken
    ]
    context = page_context(
        request, session, "viewer", replay=f"/hls/{session_id}/replay.m3u8", chapters=marks
    )
    return render(
        request, "live/replay.html", context | {"chapters": spoken, "written": written_answers(session_id)}
    )
