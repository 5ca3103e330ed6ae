"""The leader's page, what it asks for while a question is on air, and the way into a rehearsal."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from portal.lib.errors import NotAllowed, NotFound
from portal.live.queries import encoder_key, may_host, may_run, seen_session
from portal.live.views import page_context
from portal.live.views.invitations import invitation_rows
from portal.people.models import Person
from portal.questions import queries
from portal.questions import studio as table
from portal.questions.actions import rehearse as begin_rehearsal
from portal.questions.models import Question


@require_GET
@ensure_csrf_cookie
def studio(request: HttpRequest, session_id: int) -> HttpResponse:
    """`desk`: {"units": [{"id", "name"}], "due": [{"days", "due_on"}], "invitations": [rows]}."""
    session = seen_session(request.user, session_id)
    if not may_host(request.user, session):
        raise NotAllowed(_("演播台只对本场领导开放。"))
    desk = {
        "units": table.unit_choices(),
        "due": table.due_choices(),
        "invitations": invitation_rows(request, session),
    }
    context = page_context(request, session, "leader") | {
        "on_air": queries.on_air(session_id),
        "stage": queries.stage(session_id),
        "agenda": table.agenda(session),
        "desk": desk,
        "rehearsal_of": session.rehearsal_of_id,
        "encoder": {
            "address": request.build_absolute_uri(f"/whip/{session_id}"),
            "key": encoder_key(session),
        },
    }
    return render(request, "live/studio.html", context)


@require_GET
def matter(request: HttpRequest, session_id: int, question_id: int) -> HttpResponse:
    """JSON of `portal.questions.studio.matter`, for the leader and the moderators."""
    session = seen_session(request.user, session_id)
    if not may_run(request.user, session):
        raise NotAllowed(_("只有本场领导和主持人可以查看。"))
    question = (
        Question.objects.select_related("person", "appeal__lead_unit", "session")
        .filter(pk=question_id, session=session)
        .first()
    )
    if question is None:
        raise NotFound(_("没有这个问题。"))
    return JsonResponse(table.matter(session, question))


@require_POST
def rehearse(request: HttpRequest, session_id: int) -> HttpResponse:
    """To the rehearsal of this broadcast: the leader to the studio, a moderator to the console."""
    session = seen_session(request.user, session_id)
    if not isinstance(request.user, Person):
        raise NotAllowed(_("只有本场领导和主持人可以排练。"))
    made = begin_rehearsal(request.user, session.pk)
    return redirect("live:studio" if may_host(request.user, made) else "live:console", made.pk)
