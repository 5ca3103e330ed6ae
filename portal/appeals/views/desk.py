"""The officers' desk: the lists, one case with its steps, and the sealed identity."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from portal.appeals import actions, queries
from portal.appeals.forms import STEP_FORMS, ApproveForm, BulkForm, IdentityForm
from portal.appeals.models import Appeal
from portal.appeals.states import State
from portal.appeals.views.visitor import PER_PAGE, me_of, person_of, sent_from
from portal.appeals.vocabulary import Audience
from portal.lib.errors import BadInput, Conflict, DirectTrainError, NotAllowed, NotFound
from portal.notices.queries import page_notices


@require_GET
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What needs me today, by due date."""
    return desk_page(request)


def desk_page(
    request: HttpRequest,
    bulk: BulkForm | None = None,
    ticked: Sequence[str] = (),
    status: int = 200,
    narrowed: QueryDict | None = None,
) -> HttpResponse:
    """`bulk` and `ticked` are what a refused step for several cases was filled with; `narrowed` is the filter
    where it is not in the address.
    """
    me = me_of(request)
    tabs = queries.tabs_of(me)
    if not tabs:
        raise NotAllowed(_("工作台仅供承办人员使用。"))
    asked = request.GET if narrowed is None else narrowed
    tab = asked.get("tab", "")
    tab = tab if tab in tabs else queries.DeskTab.MINE
    search, state = asked.get("q", ""), asked.get("state", "")
    found = queries.desk(me, tab, search, state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = queries.desk_counts(me)
    query = urlencode({"tab": tab, "q": search, "state": state})
    several = tab == queries.DeskTab.MINE
    context = {
        "tabs": [(name, queries.DESK_TABS[name], counts.get(name)) for name in tabs],
        "tab": tab,
        "page": page,
        "rows": queries.desk_rows(page.object_list),
        "search": search,
        "state": state,
        "states": State.choices,
        "notices": page_notices(me, 5),
        "bulk": (bulk or BulkForm(prefix="bulk")) if several and queries.may_triage(me) else None,
        "may_sign": several and queries.may_sign(me),
        "bulk_states": queries.bulk_states(me) if several else (),
        "ticked": ticked,
        "reports": queries.DeskTab.REQUESTS in tabs,
        "promises": queries.open_promises(me).count(),
        "query": query + "&",
        "filters": [(saved, saved.query == query) for saved in queries.saved_filters(me)],
        "filter_name": asked.get("name", ""),
    }
    return render(request, "appeals/desk.html", context, status=status)


def _handled(request: HttpRequest, number: str) -> Appeal:
    appeal = queries.find_appeal(number)
    if not queries.may_handle(person_of(request), appeal):
        raise NotAllowed(_("这个诉求不由您或您的单位办理。"))
    return appeal


@require_GET
@login_required
def desk_case(request: HttpRequest, number: str) -> HttpResponse:
    """The citizen's story plus the internal one; steps the state allows, and why the others are not."""
    return _desk_case(request, _handled(request, number))


# What moves the case on stands first; corrections and side matters come after.
FIRST = ("approve_reply", "suspend", "extend", "decline", "accept", "dispatch", "sign", "reply", "resume")


def _weight(option: queries.ActionOption) -> int:
    return FIRST.index(option.name) if option.name in FIRST else len(FIRST)


def _desk_case(
    request: HttpRequest, appeal: Appeal, filled: dict[str, Any] | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    filled = filled or {}
    draft = queries.newest_draft(appeal)
    # Never the draft of a refused form: the next press sends the one that is on the page now.
    filled["approve_reply"] = ApproveForm(prefix="approve_reply", initial={"reply_id": draft and draft.pk})
    offered = sorted(queries.allowed_actions(me_of(request), appeal), key=_weight)
    options = [
        (option, filled.get(option.name) or STEP_FORMS[option.name](prefix=option.name))
        for option in offered
        if option.name in STEP_FORMS
    ]
    context = {
        "appeal": appeal,
        "story": queries.case_story(appeal, Audience.INTERNAL),
        "open_steps": [(option, form) for option, form in options if option.allowed],
        "closed_steps": [option for option, _form in options if not option.allowed],
        "requests": appeal.requests.filter(decided_at=None).select_related("asked_by"),
        "identity_form": IdentityForm(prefix="identity"),
        **more,
    }
    return render(request, "appeals/desk_case.html", context, status=status)


STEP_ACTIONS: dict[str, Callable[..., object]] = {
    "accept": actions.accept,
    "refuse": actions.refuse,
    "dispatch": actions.dispatch,
    "sign": actions.sign,
    "reply": actions.reply,
    "approve_reply": actions.approve_reply,
    "assist": actions.assist,
    "ask_suspend": actions.ask_suspend,
    "suspend": actions.suspend,
    "resume": actions.resume,
    "ask_extend": actions.ask_extend,
    "extend": actions.extend,
    "decline": actions.decline,
    "change_urgency": actions.change_urgency,
    "redact": actions.redact,
    "promise": actions.promise,
    "call_back": actions.call_back,
    "merge": actions.merge,
    "unmerge": actions.unmerge,
    "split": actions.split,
    "close_explained": actions.close_explained,
    "return": actions.return_,
    "joint": actions.hold_jointly,
    "reopen": actions.reopen_as,
}


@sent_from("appeals:desk_case")
def desk_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step on one case; a refusal is shown on the case page beside what was typed."""
    appeal = _handled(request, number)
    if step not in STEP_FORMS:
        raise NotFound(_("没有这个操作。"))
    form = STEP_FORMS[step](request.POST, prefix=step)
    if not form.is_valid():
        return _desk_case(request, appeal, {step: form}, 400, opened=step)
    try:
        STEP_ACTIONS[step](me_of(request), appeal.pk, **form.cleaned_data)
    except (BadInput, Conflict, NotFound) as refusal:
        fresh = queries.find_appeal(number)
        return _desk_case(request, fresh, {step: form}, refusal.status, error=refusal.message, opened=step)
    # The step may have taken the case out of this person's hands (returned, redirected).
    mine = queries.may_handle(person_of(request), queries.find_appeal(number))
    return redirect("appeals:desk_case", number) if mine else redirect("appeals:desk")


@sent_from("appeals:desk_case")
def desk_identity(request: HttpRequest, number: str) -> HttpResponse:
    """Name and telephone, once, on this answer only; the look is in the story."""
    appeal = _handled(request, number)
    form = IdentityForm(request.POST, prefix="identity")
    if not form.is_valid():
        return _desk_case(request, appeal, status=400, error=_("请说明查看原因。"), identity_form=form)
    try:
        identity = actions.view_identity(me_of(request), appeal.pk, form.cleaned_data["why"])
    except DirectTrainError as refusal:
        return _desk_case(request, appeal, status=refusal.status, error=refusal.message, identity_form=form)
    response = _desk_case(request, queries.find_appeal(number), identity=identity)
    response.headers["Cache-Control"] = "no-store"
    return response
