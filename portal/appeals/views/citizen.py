"""The citizen's pages: my cases and the look-up, one case, the rating link."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.appeals import actions, queries
from portal.appeals.forms import LookUpForm, RatingForm, ReasonForm
from portal.appeals.models import Appeal
from portal.appeals.sealing import query_code, rating_token
from portal.appeals.states import Who
from portal.appeals.views.visitor import PER_PAGE, me_of, person_of, sent_from
from portal.appeals.vocabulary import About, Audience, Level, RatingSource, Solved
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound, TryLater
from portal.lib.http import client_address
from portal.people.models import Person


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
    me = person_of(request)
    page = Paginator(queries.my_cases(me), PER_PAGE).get_page(request.GET.get("page")) if me else None
    rows = queries.desk_rows(page.object_list) if page else []
    context = {"form": form, "page": page, "rows": rows}
    return render(request, "appeals/cases.html", context, status=status if form.errors else 200)


def _reader(request: HttpRequest, appeal: Appeal) -> bool:
    """Only who owns, handles or holds the code of a case may read its page. Is it the citizen's own page?"""
    me = person_of(request)
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
    me = person_of(request)
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
    until = queries.reopen_until(appeal)
    # Who said "not solved" keeps a case from closing by itself: it is still replied when the window is over.
    open_still = until is not None and timezone.now() <= until
    return {"about": about, "given": given, "reopen_until": until if open_still else None}


@sent_from("appeals:case")
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    appeal = queries.find_appeal(number)
    actions.withdraw(me_of(request), appeal.pk, request.POST.get("reason", ""))
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
        "comment": request.POST.get("comment", ""),
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
    # The five big buttons stand in a form of their own, without the words.
    comment = said["comment"] if "comment" in request.POST else None
    actions.evaluate(token, said["level"], said["solved"], comment)
