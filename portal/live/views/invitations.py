"""Inviting departments, taking the seat behind a link, and the co-host's page.

live/invitations.html   form (`InvitationForm`), rows ([{"id", "name", "unit", "link", "taken"}])
live/join.html          invitation (row), seated (bool: it is the reader's own seat)
live/cohost.html        + invitation; page_data also has "name"
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.lib.errors import BadInput, Conflict, NotAllowed
from portal.lib.http import wants_json
from portal.live.actions.invitations import (
    invitation_by_token,
    invitation_token,
    invite,
    may_invite,
    revoke,
    take_seat,
)
from portal.live.forms import InvitationForm
from portal.live.models import Invitation, LiveSession
from portal.live.queries import seat_of, seen_session
from portal.live.states import TAKES_QUESTIONS
from portal.live.views import page_context, with_start
from portal.people.models import Person


def invitation_rows(request: HttpRequest, session: LiveSession) -> list[dict[str, Any]]:
    """Everybody invited, with the link to hand on."""
    rows = Invitation.objects.select_related("unit").filter(session=session, revoked_at=None)
    return [_row(request, row) for row in rows]


def _row(request: HttpRequest, row: Invitation) -> dict[str, Any]:
    address = reverse("live:join", args=[row.session_id, invitation_token(row)])
    return {
        "id": row.pk,
        "name": row.name,
        "unit": str(row.unit),
        "link": request.build_absolute_uri(address),
        "taken": row.person_id is not None,
    }


def _inviting(request: HttpRequest, session_id: int) -> tuple[Person, LiveSession]:
    session = seen_session(request.user, session_id)
    if not isinstance(request.user, Person) or not may_invite(request.user, session):
        raise NotAllowed(_("只有本场领导、主持人和安排直播的人可以邀请部门。"))
    return request.user, session


def _page(
    request: HttpRequest, session: LiveSession, form: InvitationForm, status: int = 200
) -> HttpResponse:
    context = {
        "session": with_start(session),
        "form": form,
        "rows": invitation_rows(request, session),
        "open": session.state in TAKES_QUESTIONS,
    }
    return render(request, "live/invitations.html", context, status=status)


@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest, session_id: int) -> HttpResponse:
    """GET: who is invited. POST {unit, name}: one more; 201 with the row as JSON for the studio."""
    actor, session = _inviting(request, session_id)
    form = InvitationForm(request.POST or None)
    if request.method == "GET":
        return _page(request, session, form)
    try:
        if not form.is_valid():
            raise BadInput(_("请选择单位。"), field="unit")
        made = invite(actor, session_id, form.cleaned_data["unit"].pk, form.cleaned_data["name"])
    except (BadInput, Conflict) as refusal:
        if wants_json(request):
            raise
        if not form.errors:
            form.add_error(None, refusal.message)
        return _page(request, session, form, refusal.status)
    if wants_json(request):
        return JsonResponse(_row(request, made), status=201)
    messages.success(request, _("已生成邀请链接，请复制后发给对方。"))
    return redirect("live:invitations", session_id)


@require_POST
def revoke_invitation(request: HttpRequest, session_id: int, invitation_id: int) -> HttpResponse:
    actor, _session = _inviting(request, session_id)
    revoke(actor, session_id, invitation_id)
    if wants_json(request):
        return JsonResponse({"revoked": invitation_id})
    messages.success(request, _("邀请已撤回，链接不再有效。"))
    return redirect("live:invitations", session_id)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, session_id: int, token: str) -> HttpResponse:
    """The link: who is invited to what; a tap takes the seat. Whoever is not logged in does that first."""
    invitation = invitation_by_token(session_id, token)
    if not isinstance(request.user, Person):
        return redirect(f"{reverse('people:login')}?next={request.path}")
    if request.method == "POST":
        take_seat(request.user, session_id, token)
        return redirect("live:cohost", session_id)
    context = {
        "session": with_start(invitation.session),
        "invitation": invitation,
        "seated": invitation.person_id == request.user.pk,
        "foreign": invitation.person_id not in (None, request.user.pk),
    }
    return render(request, "live/join.html", context)


@require_GET
@ensure_csrf_cookie
def cohost(request: HttpRequest, session_id: int) -> HttpResponse:
    session = seen_session(request.user, session_id)
    invitation = seat_of(request.user, session)
    if invitation is None:
        raise NotAllowed(_("请用邀请链接进入。"))
    context = page_context(request, session, "cohost", name=invitation.name)
    return render(request, "live/cohost.html", context | {"invitation": invitation})
