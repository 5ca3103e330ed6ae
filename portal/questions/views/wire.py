"""Asking and voting over plain HTTP for programs (and for pages without a socket): the same actions, JSON in
and out.

Refusals are translated by `portal.lib.http`; send `Accept: application/json` to get them as JSON.
"""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.lib.errors import BadInput, NotAllowed, NotFound
from portal.lib.http import wants_json
from portal.live.queries import seen_session, view_of
from portal.people.models import Person
from portal.questions.actions import ask, vote
from portal.questions.queries import (
    deadlines,
    my_questions,
    on_air,
    place_in_line,
    session_id_of,
    similar,
    voted,
    wall,
)


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise NotAllowed(_("请先用手机号验证身份。"))
    return request.user


def _fields(request: HttpRequest, *names: str) -> dict[str, str]:
    """The named text fields of a JSON object or a form; missing ones are empty."""
    found: Any = request.POST
    if request.content_type == "application/json":
        try:
            found = json.loads(request.body)
        except ValueError:
            raise BadInput(_("内容不是有效的JSON。"), code="bad_message") from None
    if not hasattr(found, "get"):
        raise BadInput(_("内容须是一个JSON对象。"), code="bad_message")
    values = {name: found.get(name, "") for name in names}
    wrong = [name for name, value in values.items() if not isinstance(value, str)]
    if wrong:
        raise BadInput(_("“%(name)s”须是文字。") % {"name": wrong[0]}, code="bad_message", field=wrong[0])
    return values


@require_http_methods(["GET", "POST"])
def questions(request: HttpRequest, session_id: int) -> HttpResponse:
    """GET: the wall. POST {uuid, text, village, person?}: 201 for a new question, 200 for a repeat, both with
    the case number. `person`: the id of who wrote it; refused when somebody else is logged in by now."""
    if request.method == "GET":
        session = seen_session(request.user, session_id)
        rows = {"wall": wall(session_id), "on_air": on_air(session_id)}
        return JsonResponse({"session": view_of(session), "revision": session.revision} | rows)
    sent = _fields(request, "uuid", "text", "village", "person")
    person = _person(request)
    if sent["person"] not in ("", str(person.pk)):
        raise NotAllowed(_("这个问题是用另一个手机号写的。"), code="other_person")
    result = ask(person, session_id, sent["uuid"], sent["text"], sent["village"])
    body = {
        "question": result.question_id,
        "uuid": str(result.uuid),
        "number": result.case_number,
        "query_code": result.query_code,
        "created": result.created,
        "next": deadlines(result.question_id),
    }
    return JsonResponse(body, status=201 if result.created else 200)


@require_GET
def mine(request: HttpRequest, session_id: int) -> HttpResponse:
    """How far one's own questions are, what one has voted for, one's place before the microphone (0: none)."""
    session = seen_session(request.user, session_id)
    shown = ("id", "number", "text", "kind", "wall_state", "stage_state", "accepted", "state_label")
    rows = [{name: row[name] for name in shown} for row in my_questions(request.user, session)]
    standing = {"voted": voted(session_id, request.user), "place": place_in_line(session_id, request.user)}
    return JsonResponse({"mine": rows} | standing)


@require_GET
def similar_questions(request: HttpRequest, session_id: int) -> HttpResponse:
    """?text=…: up to three public questions like it, the answered ones with their answers."""
    seen_session(request.user, session_id)
    text = request.GET.get("text", "")[:2000]
    rows = similar(session_id, text) if text.strip() else []
    shown = ("id", "number", "text", "village", "wall_state", "written_answer", "answer_begin_ms", "session")
    return JsonResponse({"similar": [{name: row[name] for name in shown} for row in rows]})


@require_POST
def vote_for(request: HttpRequest, session_id: int, question_id: int) -> HttpResponse:
    person = _person(request)
    if session_id_of(question_id) != session_id:
        raise NotFound(_("没有这个问题。"))
    votes = vote(person, question_id)
    if wants_json(request):
        return JsonResponse({"question": question_id, "votes": votes})
    messages.success(request, _("已支持这个问题。"))
    return redirect("live:live", session_id)
