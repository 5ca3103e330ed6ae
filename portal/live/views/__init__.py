"""Pages of a broadcast and what their templates are given.

All of them but plan show questions too and are written one storey up, in
`portal/questions/views/pages.py`; their names stay in the namespace `live`:
`live:home`, `live:live`, `live:studio`, `live:console`, `live:stage`, `live:replay`, `live:plan`.

Every page of a broadcast has
    session     dict of `portal.live.queries.session_view`, plus "starts": aware datetime for template filters
    page_data   JSON-able dict for `{{ page_data|json_script:"page" }}`:
                {"session": session_view, "role": "viewer|leader|moderator|guest|cohost", "socket": "/ws/live/<id>/",
                 "hls": "/hls/<id>/master.m3u8", "limits": {"text": 2000},
                 "me": {"id", "name", "verified": bool, "village"} | null,
                 "urls": {"live", "ask", "questions", "mine", "similar", "stage", "studio", "console", "replay",
                          "invitations", "login", "code", "verify", "transcript", "case": "/cases/"}}
    may         {"host": bool, "moderate": bool, "plan": bool}

live/home.html      tonight (session dict or None: the one on air, else the next), coming (those after it),
                    to_run (session dict + {"may"}: further broadcasts that one hosts or moderates),
                    changes (`Notice` of changed broadcasts, for staff), past,
                    mine (my-question rows), answers (answer rows), may
live/live.html      + wall (public rows), on_air (public row or None), mine (my-question rows of this
                    broadcast), taking (bool: questions are taken), verified (bool),
                    reminded (bool), push_key, voted (ids of the questions one voted for);
                    page_data also has "voted" and "place" (in the
                    line before the microphone, 0: not waiting)
live/stage.html     + question (my-question row: the raised hand or the called-up question);
                    page_data also has "question": id
live/studio.html    + on_air (public row or None), stage (dict of `portal.questions.queries.stage`): what is there
                    before the socket says more; agenda (open promises of the last broadcasts), desk (JSON-able:
                    units, due dates, invitations; see `portal.questions.views.studio`), encoder ({"address",
                    "key"}: where and with what an encoder sends)
live/console.html   + lanes ([{"code", "label", "key"}]), hide_reasons ([str])
live/replay.html    + chapters (answer rows, in the order of the broadcast), written (answer rows with
                    written_answer); page_data also has "replay": "/hls/<id>/replay.m3u8" and
                    "chapters": [{"question", "number", "text", "begin_ms", "end_ms"}]
live/calendar.html  months ([{"first": date, "rows": [session dict + {"reminded": bool}]}]), may
live/rota.html      form (`RotaForm`), rows (session dicts + {"move": `MoveForm`})
live/plan.html      form (`PlanForm`), coming (session dicts)

public row          {"id", "number", "text", "name", "village", "votes", "kind", "wall_state", "stage_state",
                    "asked_at", "answer_begin_ms", "answer_end_ms", "written_answer", "revision"}
my-question row     public row + {"state_label" (case), "accepted": bool, "hidden": bool, "session": {"id", "title"}}
answer row          public row + {"session": {"id", "title"}, "host", "answered_at": datetime or None}
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.lib.errors import BadInput, Conflict, NotAllowed
from portal.live.actions import cancel as cancel_session
from portal.live.actions import lay_rota, postpone, swap
from portal.live.actions import plan as plan_session
from portal.live.forms import MoveForm, PlanForm, RotaForm, SwapForm
from portal.live.models import LiveSession
from portal.live.queries import (
    Anyone,
    may_host,
    may_moderate,
    may_plan,
    planned,
    upcoming,
    view_of,
)
from portal.people.models import Person
from portal.people.queries import is_verified

TEXT_LIMIT = 2000


def with_start(session: LiveSession) -> dict[str, Any]:
    """`session_view` for a template: with an aware datetime that filters can format."""
    return view_of(session) | {"starts": timezone.localtime(session.starts_at)}


def rights(person: Anyone, session: LiveSession | None = None) -> dict[str, bool]:
    return {
        "host": session is not None and may_host(person, session),
        "moderate": session is not None and may_moderate(person, session),
        "plan": may_plan(person),
    }


def _addresses(session_id: int) -> dict[str, str]:
    pages = {
        name: reverse(f"live:{name}", args=[session_id])
        for name in ("live", "stage", "studio", "console", "replay", "invitations")
    }
    return pages | {
        "ask": f"/live/{session_id}/ask/",
        "questions": f"/live/{session_id}/questions/",
        "mine": f"/live/{session_id}/questions/mine/",
        "similar": f"/live/{session_id}/questions/similar/",
        "transcript": f"/live/{session_id}/transcript.json",
        "login": "/people/login/",
        "code": "/people/code/",
        "verify": "/people/verify/",
        "case": "/cases/",
    }


def _me(person: Anyone) -> dict[str, Any] | None:
    if not isinstance(person, Person):
        return None
    return {
        "id": person.pk,
        "name": str(person),
        "verified": is_verified(person),
        "village": person.village,
    }


def page_context(request: HttpRequest, session: LiveSession, role: str, **more: Any) -> dict[str, Any]:
    """What every page of a broadcast is given; `more` goes into `page_data`."""
    page_data = {
        "session": view_of(session),
        "role": role,
        "socket": f"/ws/live/{session.pk}/",
        "hls": f"/hls/{session.pk}/master.m3u8",
        "me": _me(request.user),
        "urls": _addresses(session.pk),
        "limits": {"text": TEXT_LIMIT},
    }
    return {
        "session": with_start(session),
        "page_data": page_data | more,
        "may": rights(request.user, session),
    }


def _planner(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person) or not may_plan(request.user):
        raise NotAllowed(_("只有督办员或受理员可以预告直播。"))
    return request.user


def _try_plan(actor: Person, form: PlanForm) -> LiveSession | None:
    """The new broadcast, or None with the reason beside its field."""
    if not form.is_valid():
        return None
    try:
        return plan_session(actor, **form.cleaned_data)
    except BadInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    actor = _planner(request)
    form = PlanForm(request.POST or None)
    if request.method == "POST":
        session = _try_plan(actor, form)
        if session is not None:
            messages.success(request, _("已预告，现在起可以提问。"))
            return redirect("live:live", session.pk)
    coming = [with_start(session) for session in upcoming(20)]
    status = 400 if form.errors else 200
    return render(request, "live/plan.html", {"form": form, "coming": coming}, status=status)


@require_POST
def cancel(request: HttpRequest, session_id: int) -> HttpResponse:
    cancel_session(_planner(request), session_id)
    messages.success(request, _("直播已取消，已提的问题照常办理。"))
    return redirect("live:plan")


@require_http_methods(["GET", "POST"])
def rota(request: HttpRequest) -> HttpResponse:
    """GET: the announced evenings with what can be changed. POST: lay some weeks by the rule."""
    actor = _planner(request)
    form = RotaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            laid = lay_rota(actor, now=timezone.localtime(), **form.cleaned_data)
        except BadInput as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
            return _rota_page(request, form, 400)
        messages.success(request, _("已排 %(count)s 场。") % {"count": len(laid)})
        return redirect("live:rota")
    return _rota_page(request, form, 400 if form.errors else 200)


def _rota_page(
    request: HttpRequest,
    form: RotaForm | None = None,
    status: int = 200,
    moved: tuple[int, MoveForm] | None = None,
) -> HttpResponse:
    """`moved`: the broadcast whose new time was refused, with what was typed."""
    failed, filled = moved or (None, None)
    rows = [
        with_start(session)
        | {
            "move": filled
            if filled is not None and session.pk == failed
            else MoveForm(initial={"starts_at": session.starts_at}, auto_id=f"m{session.pk}_%s"),
            "failed": session.pk == failed,
        }
        for session in planned()
    ]
    return render(request, "live/rota.html", {"form": form or RotaForm(), "rows": rows}, status=status)


@require_POST
def move(request: HttpRequest, session_id: int) -> HttpResponse:
    actor = _planner(request)
    form = MoveForm(request.POST, auto_id=f"m{session_id}_%s")
    try:
        if not form.is_valid():
            return _rota_page(request, status=400, moved=(session_id, form))
        postpone(actor, session_id, form.cleaned_data["starts_at"])
    except Conflict as refusal:
        messages.error(request, refusal.message)
        return _rota_page(request, status=refusal.status, moved=(session_id, form))
    messages.success(request, _("已改期，本场的领导、主持人、受邀部门和提前提问、要求提醒的人都会收到通知。"))
    return redirect("live:rota")


@require_POST
def swap_hosts(request: HttpRequest, session_id: int) -> HttpResponse:
    actor = _planner(request)
    form = SwapForm(request.POST)
    try:
        if not form.is_valid():
            raise BadInput(_("请选择另一场直播。"), field="other")
        swap(actor, session_id, form.cleaned_data["other"])
    except (BadInput, Conflict) as refusal:
        messages.error(request, refusal.message)
        return _rota_page(request, status=refusal.status)
    messages.success(request, _("两场的领导已对调，相关的人都会收到通知。"))
    return redirect("live:rota")
