"""What is done from a list: open promises marked as kept, several new cases accepted and sent out at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from portal.appeals import actions, queries
from portal.appeals.forms import BulkForm, KeptForm
from portal.appeals.views.desk import desk_page
from portal.appeals.views.visitor import me_of
from portal.lib.errors import BadInput, NotAllowed


@require_GET
@login_required
def promises(request: HttpRequest) -> HttpResponse:
    """Promises that are still to be kept: the county's for clerks and supervisors, a unit's for its people."""
    me = me_of(request)
    if not queries.tabs_of(me):
        raise NotAllowed(_("工作台仅供承办人员使用。"))
    return _promises_page(request)


def _promises_page(request: HttpRequest, status: int = 200, **refused: object) -> HttpResponse:
    """`refused`: `failed` (the promise's id) and `note`, what was written for it."""
    context = {"rows": queries.promise_rows(me_of(request)), "form": KeptForm(), **refused}
    return render(request, "appeals/promises.html", context, status=status)


@require_POST
@login_required
def kept(request: HttpRequest, promise_id: int) -> HttpResponse:
    form = KeptForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        actions.keep_promise(me_of(request), promise_id, note)
    except BadInput as refusal:
        messages.error(request, refusal.message)
        written = request.POST.get("note", "")
        return _promises_page(request, refusal.status, failed=promise_id, note=written)
    messages.success(request, _("已登记为兑现，诉求人可以看到。"))
    return redirect("appeals:promises")


@require_POST
@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    """Accept and dispatch the ticked cases; those that cannot be taken are named with the reason."""
    me = me_of(request)
    if not queries.may_triage(me):
        raise NotAllowed(_("受理和派单由受理员操作。"))
    numbers = request.POST.getlist("number")[: actions.MOST_IN_BULK]
    form = BulkForm(request.POST, prefix="bulk")
    if not numbers or not form.is_valid():
        messages.error(request, _("请勾选诉求，并选好类型、紧急程度和承办单位。"))
        return desk_page(request, form, numbers, 400)
    done = actions.accept_and_dispatch(me, numbers, **form.cleaned_data)
    if done.sent:
        words = ngettext("已受理并派出 %(count)s 件。", "已受理并派出 %(count)s 件。", len(done.sent))
        messages.success(request, words % {"count": len(done.sent)})
    for number, why in done.refused:
        messages.error(request, f"{number}: {why}")
    return redirect("appeals:desk")
