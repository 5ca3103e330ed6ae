"""What is done from a list: open promises marked as kept, several cases sent out or signed at once."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from portal.appeals import actions, queries
from portal.appeals.forms import BulkForm, FilterForm, KeptForm
from portal.appeals.views.desk import desk_page
from portal.appeals.views.visitor import me_of, sent_from
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


@sent_from("appeals:promises")
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


def _ticked(request: HttpRequest) -> list[str]:
    return request.POST.getlist("number")[: actions.MOST_IN_BULK]


def _back_to_the_list(request: HttpRequest, refused: Sequence[tuple[str, str]]) -> HttpResponse:
    """The desk as it was narrowed; those that could not be taken are named with the reason."""
    for number, why in refused:
        messages.error(request, f"{number}: {why}")
    narrowed = urlencode({name: request.POST.get(name, "") for name in ("tab", "q", "state")})
    return redirect(f"{reverse('appeals:desk')}?{narrowed}")


@sent_from("appeals:desk")
def bulk(request: HttpRequest) -> HttpResponse:
    """Accept and dispatch the ticked cases."""
    me, numbers = me_of(request), _ticked(request)
    if not queries.may_triage(me):
        raise NotAllowed(_("受理和派单由受理员操作。"))
    form = BulkForm(request.POST, prefix="bulk")
    if not numbers or not form.is_valid():
        messages.error(request, _("请勾选诉求，并选好类型、紧急程度和承办单位。"))
        return desk_page(request, form, numbers, 400, narrowed=request.POST)
    found = actions.accept_and_dispatch(me, numbers, **form.cleaned_data)
    if found.done:
        words = ngettext("已受理并派出 %(count)s 件。", "已受理并派出 %(count)s 件。", len(found.done))
        messages.success(request, words % {"count": len(found.done)})
    return _back_to_the_list(request, found.refused)


@sent_from("appeals:desk")
def bulk_sign(request: HttpRequest) -> HttpResponse:
    """The unit takes the ticked cases."""
    me, numbers = me_of(request), _ticked(request)
    if not queries.may_sign(me):
        raise NotAllowed(_("签收由承办单位操作。"))
    if not numbers:
        messages.error(request, _("请先勾选要签收的诉求。"))
        return desk_page(request, status=400, narrowed=request.POST)
    found = actions.sign_several(me, numbers)
    if found.done:
        words = ngettext("已签收 %(count)s 件。", "已签收 %(count)s 件。", len(found.done))
        messages.success(request, words % {"count": len(found.done)})
    return _back_to_the_list(request, found.refused)


@sent_from("appeals:desk")
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the present filter under a name; the desk shows it as before, with one more to choose."""
    form = FilterForm(request.POST)
    if not form.is_valid() and "q" in form.errors:
        # Kept without its words it would be another filter.
        messages.error(request, str(form.errors["q"][0]))
        return desk_page(request, status=400, narrowed=request.POST)
    told = {name: form.cleaned_data.get(name, "") for name in ("name", "tab", "state")}
    try:
        saved = actions.save_filter(me_of(request), search=form.cleaned_data.get("q", ""), **told)
    except BadInput as refusal:
        messages.error(request, refusal.message)
        return desk_page(request, status=refusal.status, narrowed=request.POST)
    return redirect(f"{reverse('appeals:desk')}?{saved.query}")


@sent_from("appeals:desk")
def remove_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    actions.remove_filter(me_of(request), filter_id)
    return redirect("appeals:desk")
