"""The board, the form, and the clerk's two buttons."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.board import actions
from portal.board.forms import MessageForm
from portal.board.queries import may_show, row, shown, waiting
from portal.lib.errors import BadInput, DirectTrainError, NotAllowed
from portal.people.models import Person
from portal.people.queries import is_verified

PER_PAGE = 20
# Tells the form's page which message has arrived, so that it forgets what it kept of it.
KEPT = "message"


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    page = Paginator(shown(), PER_PAGE).get_page(request.GET.get("page"))
    clerk = may_show(request.user)
    context = {
        "page": page,
        "rows": [row(message) for message in page],
        "waiting": [row(message) for message in waiting()[:PER_PAGE]] if clerk else [],
        "clerk": clerk,
    }
    return render(request, "board/board.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def write(request: HttpRequest) -> HttpResponse:
    person = request.user
    if not isinstance(person, Person) or not is_verified(person):
        raise NotAllowed(_("请先用手机号验证身份，再留言。"))
    if request.method == "GET":
        return _form(request, MessageForm(initial={"village": person.village}))
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _form(request, form, 400)
    given = form.cleaned_data
    try:
        made = actions.write(person, given["uuid"], given["text"], given["village"], given["open_wish"])
    except DirectTrainError as refusal:
        form.add_error(refusal.field if isinstance(refusal, BadInput) else None, refusal.message)
        return _form(request, form, refusal.status)
    numbers = {"number": made.number, "code": made.query_code}
    messages.success(request, _("留言已收到，编号 %(number)s，查询码 %(code)s。请记下或截图。") % numbers)
    response = redirect(f"{reverse('appeals:case', args=[made.number])}?code={made.query_code}")
    response.set_cookie(KEPT, str(given["uuid"]), secure=request.is_secure(), samesite="Lax")
    return response


def _form(request: HttpRequest, form: MessageForm, status: int = 200) -> HttpResponse:
    return render(request, "board/write.html", {"form": form, "kept": KEPT}, status=status)


@require_POST
@login_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    """`up` 1: everybody may read it; anything else: nobody any more."""
    assert isinstance(request.user, Person)
    up = request.POST.get("up") == "1"
    actions.show(request.user, number, up)
    messages.success(request, _("留言已公开。") if up else _("留言已撤下，不再公开。"))
    return redirect("board:board")
