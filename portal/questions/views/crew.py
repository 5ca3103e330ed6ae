"""What the console asks and sets beside the socket: JSON in and out, for the crew of one broadcast.

Every address asks for the right itself; refusals are translated by `portal.lib.http`.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.lib.errors import BadInput, NotAllowed, NotFound
from portal.live.crew import PlannedItem, begin_item, set_running_order, set_slow_mode
from portal.live.models import LiveSession
from portal.live.queries import may_moderate, may_run, overlay_address, running_order, session_of
from portal.people.actions import confirm_code
from portal.people.models import Person
from portal.questions import actions
from portal.questions.console import background, blocks, units
from portal.questions.models import Question


def _crew(request: HttpRequest, session_id: int) -> tuple[Person, LiveSession]:
    """Host or moderator. The actions ask again, each for what it needs."""
    session = session_of(session_id)
    if not isinstance(request.user, Person) or not may_run(request.user, session):
        raise NotAllowed(_("主持台只对本场主持人开放。"))
    return request.user, session


def _moderator(request: HttpRequest, session_id: int) -> Person:
    actor, session = _crew(request, session_id)
    if not may_moderate(actor, session):
        raise NotAllowed(_("主持台只对本场主持人开放。"))
    return actor


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise BadInput(_("“%(name)s”须是数字。") % {"name": name}, field=name)
    return int(value)


def _question(session_id: int, question_id: int) -> Question:
    found = Question.objects.select_related("appeal").filter(pk=question_id, session_id=session_id).first()
    if found is None:
        raise NotFound(_("没有这个问题。"))
    return found


@require_GET
def crew_desk(request: HttpRequest, session_id: int) -> HttpResponse:
    """What the console shows beside the queue."""
    _moderator(request, session_id)
    session = session_of(session_id)
    overlay = request.build_absolute_uri(overlay_address(session_id))
    return JsonResponse(
        {
            "blocks": blocks(session_id),
            "units": units(),
            "slow_seconds": session.slow_seconds,
            "delay_seconds": session.delay_seconds,
            "running_order": running_order(session_id),
            "overlay": overlay,
        }
    )


@require_GET
def crew_question(request: HttpRequest, session_id: int, question_id: int) -> HttpResponse:
    """Earlier cases of the same person, open cases of the same village, promises made."""
    _moderator(request, session_id)
    return JsonResponse(background(_question(session_id, question_id)))


@require_POST
def crew_take_down(request: HttpRequest, session_id: int) -> HttpResponse:
    """{uuid, channel, text, village, name, phone, code?}: 201 with the case number, 200 for a repeat.

    With the code that was sent to the citizen's telephone the question is the citizen's own, else the number is
    kept as told.
    """
    actor = _moderator(request, session_id)
    told = {name: request.POST.get(name, "") for name in ("channel", "text", "village", "name", "phone")}
    code = request.POST.get("code", "").strip()
    confirmed = confirm_code(told["phone"], code, told["name"], told["village"]) if code else None
    result = actions.take_down(
        actor, session_id, request.POST.get("uuid", ""), actions.Told(**told, confirmed=confirmed)
    )
    body = {
        "question": result.question_id,
        "number": result.case_number,
        "query_code": result.query_code,
        "created": result.created,
        "confirmed": confirmed is not None,
    }
    return JsonResponse(body, status=201 if result.created else 200)


@require_POST
def crew_block(request: HttpRequest, session_id: int) -> HttpResponse:
    """{question, reason}: whoever asked it stays off the wall. {lift: block id}: no longer."""
    actor = _moderator(request, session_id)
    if "lift" in request.POST:
        actions.lift_block(actor, session_id, _number(request, "lift"))
    else:
        question = _question(session_id, _number(request, "question"))
        actions.block(actor, question.pk, request.POST.get("reason", ""))
    return JsonResponse({"blocks": blocks(session_id)})


@require_POST
def crew_slow_mode(request: HttpRequest, session_id: int) -> HttpResponse:
    actor, seconds = _moderator(request, session_id), _number(request, "seconds")
    set_slow_mode(actor, session_id, seconds)
    return JsonResponse({"slow_seconds": seconds})


def _items(text: str) -> list[PlannedItem]:
    """[{id?, title, minutes}] out of JSON."""
    try:
        found: Any = json.loads(text)
        return [
            PlannedItem(str(row["title"]), int(row["minutes"]), int(row["id"]) if row.get("id") else None)
            for row in found
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(_("流程须是一个列表：名称和分钟。"), field="items") from None


@require_POST
def crew_running_order(request: HttpRequest, session_id: int) -> HttpResponse:
    """{items: JSON}: the whole order. {begin: item id}: this point begins now, or did not after all."""
    actor, _session = _crew(request, session_id)
    if "begin" in request.POST:
        begin_item(actor, session_id, _number(request, "begin"))
    else:
        set_running_order(actor, session_id, _items(request.POST.get("items", "")))
    return JsonResponse({"running_order": running_order(session_id)})


@require_POST
def crew_public_text(request: HttpRequest, session_id: int, question_id: int) -> HttpResponse:
    """{text}: the words that the public reads of this question."""
    actor = _moderator(request, session_id)
    question = _question(session_id, question_id)
    actions.set_public_text(actor, question.pk, request.POST.get("text", ""))
    return JsonResponse({"question": question.pk})
