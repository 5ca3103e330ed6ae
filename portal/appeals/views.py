"""Pages of the case store: the citizen's case, the rating link, the officer's desk."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.appeals import actions, queries
from portal.appeals.forms import STEP_FORMS, IdentityForm, LookUpForm, RatingForm, ReasonForm
from portal.appeals.models import Appeal
from portal.appeals.sealing import query_code, rating_token
from portal.appeals.states import State, Who
from portal.appeals.vocabulary import About, Audience, Level, RatingSource, Solved
from portal.lib.errors import BadInput, Conflict, DirectTrainError, NotAllowed, NotFound, TryLater
from portal.lib.http import client_address
from portal.notices.queries import page_notices
from portal.people.models import Person

PER_PAGE = 50


def _person(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def _me(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@require_http_methods(["GET", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """My cases, and the way to any case by number and query code."""
    form, status = LookUpForm(request.POST or None), 400
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            found = actions.look_up(said["number"], said["code"], client_address(request))
        except (NotFound, TryLater) as refusal:
            form.add_error("code", refusal.message)
            status = refusal.status if isinstance(refusal, TryLater) else 400
        else:
            address = reverse("appeals:case", args=[found.number])
            return redirect(f"{address}?code={query_code(found.number)}")
    me = _person(request)
    page = Paginator(queries.my_cases(me), PER_PAGE).get_page(request.GET.get("page")) if me else None
    rows = queries.desk_rows(page.object_list) if page else []
    context = {"form": form, "page": page, "rows": rows}
    return render(request, "appeals/cases.html", context, status=status if form.errors else 200)


def _reader(request: HttpRequest, appeal: Appeal) -> bool:
    """Only who owns, handles or holds the code of a case may read its page. Is it the citizen's own page?"""
    me = _person(request)
    own = Who.CITIZEN in queries.capacities(me, appeal)
    if own or actions.code_proves(appeal, request.GET.get("code", ""), client_address(request)):
        return True
    if not queries.may_read(me, appeal):
        raise NotAllowed(_("请用查询码打开，或登录后查看自己的诉求。"))
    return False


@require_GET
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The story of one case in one column, as the citizen reads it."""
    appeal = queries.find_appeal(number)
    own = _reader(request, appeal)
    me = _person(request)
    held = queries.capacities(me, appeal)
    context = {
        "story": queries.case_story(appeal, Audience.CITIZEN),
        "appeal": appeal,
        "own": own,
        "staff": queries.may_handle(me, appeal),
        "code": query_code(appeal.number) if own else "",
        "rate_token": rating_token(appeal.pk, appeal.cycle) if own else "",
        "may_withdraw": Who.CITIZEN in held and _open_to(me, appeal, "withdraw"),
        **_rating_state(appeal),
    }
    return render(request, "appeals/case.html", context)


def _open_to(person: Person | None, appeal: Appeal, name: str) -> bool:
    return any(option.name == name and option.allowed for option in queries.allowed_actions(person, appeal))


def _rating_state(appeal: Appeal) -> dict[str, Any]:
    """What can be rated now, and what was said in this cycle."""
    about = queries.rated_now(appeal)
    given = appeal.evaluations.filter(cycle=appeal.cycle, about=about, source=RatingSource.CITIZEN).first()
    return {"about": about, "given": given, "reopen_until": queries.reopen_until(appeal)}


@require_POST
@login_required
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    appeal = queries.find_appeal(number)
    actions.withdraw(_me(request), appeal.pk, request.POST.get("reason", ""))
    return redirect("appeals:case", number)


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The one-tap page behind the link: five big buttons, then "solved?", then reopening. No log-in."""
    appeal, cycle = queries.appeal_by_token(number, token)
    status, error, reason_form = 200, "", ReasonForm(prefix="again")
    if request.method == "POST":
        try:
            if "reopen" in request.POST:
                reason_form = ReasonForm(request.POST, prefix="again")
                if reason_form.is_valid():
                    actions.reopen(token, reason_form.cleaned_data["reason"])
                    return redirect(f"{reverse('appeals:case', args=[number])}?code={query_code(number)}")
                status = 400
            else:
                _rate(request, token)
                return redirect(request.path)
        except (BadInput, Conflict) as refusal:
            status, error = refusal.status, refusal.message
        appeal.refresh_from_db()
    context = {
        "appeal": appeal,
        "old_cycle": cycle != appeal.cycle,
        "levels": [level for level in Level],
        "solved_choices": [said for said in Solved if said != Solved.UNKNOWN],
        "error": error,
        "reason_form": reason_form,
        "case_link": f"{reverse('appeals:case', args=[number])}?code={query_code(number)}",
        "spoken": About.SPOKEN,
        **_rating_state(appeal),
    }
    return render(request, "appeals/rate.html", context, status=status)


def _rate(request: HttpRequest, token: str) -> None:
    form = RatingForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("请选择满意程度。"), field="level")
    said = form.cleaned_data
    actions.evaluate(token, said["level"], said["solved"], said["comment"])


@require_GET
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What needs me today, by due date."""
    me = _me(request)
    tabs = queries.tabs_of(me)
    if not tabs:
        raise NotAllowed(_("工作台仅供承办人员使用。"))
    tab = request.GET.get("tab", "")
    tab = tab if tab in tabs else queries.DeskTab.MINE
    search, state = request.GET.get("q", ""), request.GET.get("state", "")
    found = queries.desk(me, tab, search, state)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    counts = queries.desk_counts(me)
    context = {
        "tabs": [(name, queries.DESK_TABS[name], counts.get(name)) for name in tabs],
        "tab": tab,
        "page": page,
        "rows": queries.desk_rows(page.object_list),
        "search": search,
        "state": state,
        "states": State.choices,
        "notices": page_notices(me, 5),
        "query": urlencode({"tab": tab, "q": search, "state": state}) + "&",
    }
    return render(request, "appeals/desk.html", context)


def _handled(request: HttpRequest, number: str) -> Appeal:
    appeal = queries.find_appeal(number)
    if not queries.may_handle(_person(request), appeal):
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
    offered = sorted(queries.allowed_actions(_me(request), appeal), key=_weight)
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


@require_POST
@login_required
def desk_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step on one case; a refusal is shown on the case page beside what was typed."""
    appeal = _handled(request, number)
    if step not in STEP_FORMS:
        raise NotFound(_("没有这个操作。"))
    form = STEP_FORMS[step](request.POST, prefix=step)
    if not form.is_valid():
        return _desk_case(request, appeal, {step: form}, 400, opened=step)
    try:
        STEP_ACTIONS[step](_me(request), appeal.pk, **form.cleaned_data)
    except (BadInput, Conflict, NotFound) as refusal:
        fresh = queries.find_appeal(number)
        return _desk_case(request, fresh, {step: form}, refusal.status, error=refusal.message, opened=step)
    # The step may have taken the case out of this person's hands (returned, redirected).
    mine = queries.may_handle(_person(request), queries.find_appeal(number))
    return redirect("appeals:desk_case", number) if mine else redirect("appeals:desk")


@require_POST
@login_required
def desk_identity(request: HttpRequest, number: str) -> HttpResponse:
    """Name and telephone, once, on this answer only; the look is in the story."""
    appeal = _handled(request, number)
    form = IdentityForm(request.POST, prefix="identity")
    if not form.is_valid():
        return _desk_case(request, appeal, status=400, error=_("请说明查看原因。"))
    try:
        identity = actions.view_identity(_me(request), appeal.pk, form.cleaned_data["why"])
    except DirectTrainError as refusal:
        return _desk_case(request, appeal, status=refusal.status, error=refusal.message)
    response = _desk_case(request, queries.find_appeal(number), identity=identity)
    response.headers["Cache-Control"] = "no-store"
    return response
