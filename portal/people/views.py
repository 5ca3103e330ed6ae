"""Log-in and log-out: citizens by telephone and code, staff by password. Works without JavaScript."""

from django import forms
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.lib.errors import BadInput, DirectTrainError, TryLater
from portal.lib.http import client_address, wants_json
from portal.people import actions
from portal.people.forms import CitizenForm, StaffForm
from portal.people.models import Person

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _next(request: HttpRequest, usual: str) -> str:
    """Where to go afterwards: only an address of this house."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if here else usual


def _page(request: HttpRequest, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "citizen": CitizenForm(),
        "staff": StaffForm(),
        "next": _next(request, ""),
        "sent": False,
        "staff_open": "staff" in request.GET,
        **more,
    }
    return render(request, "people/login.html", context, status=status)


def _refused(
    request: HttpRequest, form: forms.Form, refusal: DirectTrainError, **more: object
) -> HttpResponse:
    """What was typed stays; the sentence stands beside its field."""
    field = refusal.field if isinstance(refusal, BadInput) else ""
    form.add_error(field if field in form.fields else None, refusal.message)
    response = _page(request, refusal.status, citizen=form, **more)
    if isinstance(refusal, TryLater):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """GET: both forms. POST: staff by username and password."""
    if request.method == "GET":
        return _page(request)
    form = StaffForm(request.POST)
    if not form.is_valid():
        return _page(request, 400, staff=form, staff_open=True)
    try:
        person = actions.check_password(request, form.cleaned_data["username"], form.cleaned_data["password"])
    except DirectTrainError as refusal:
        form.add_error(None, refusal.message)
        return _page(request, refusal.status, staff=form, staff_open=True)
    start_session(request, person, BACKEND)
    return redirect(_next(request, "/"))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    return redirect("/")


@require_POST
def logout_everywhere(request: HttpRequest) -> HttpResponse:
    """For a telephone that was lost or lent: all sessions of this person end, this one too."""
    if isinstance(request.user, Person):
        actions.leave_everywhere(request.user)
    end_session(request)
    return redirect("/")


@require_POST
def large_print(request: HttpRequest) -> HttpResponse:
    """The switch of the page follows the account; who is not logged in has the cookie alone."""
    if isinstance(request.user, Person):
        actions.set_large_print(request.user, request.POST.get("large") == "1")
    return JsonResponse({"kept": isinstance(request.user, Person)})


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """Send a one-time code, to the guardian of a child as well. JSON: {"sent": true, "seconds": 60} (until the
    next may be sent)."""
    form = CitizenForm(request.POST)
    try:
        if not form.is_valid():
            raise actions.bad_phone()
        # Hers first: where only the own code was sent a moment ago, she is asked all the same.
        if guardian := _guardian(form):
            actions.ask_guardian(guardian, form.cleaned_data["phone"], client_address(request))
        actions.send_code(form.cleaned_data["phone"], client_address(request))
    except DirectTrainError as refusal:
        if wants_json(request):
            raise
        # A code that was sent a moment ago is still good: the page goes on to the second step.
        return _refused(request, form, refusal, sent=isinstance(refusal, TryLater))
    seconds = int(actions.BETWEEN_SENDS.total_seconds())
    if wants_json(request):
        return JsonResponse({"sent": True, "seconds": seconds})
    return _page(request, citizen=form, sent=True)


@sensitive_post_parameters("code", "guardian_code")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Confirm the code and log in. JSON: {"person": {"id": 7, "name": "张**", "verified": true}}."""
    form = CitizenForm(request.POST)
    try:
        if not form.is_valid():
            raise actions.bad_phone()
        person = _confirmed(form)
    except DirectTrainError as refusal:
        if wants_json(request):
            raise
        return _refused(request, form, refusal, sent=True)
    start_session(request, person, BACKEND)
    if wants_json(request):
        return JsonResponse({"person": {"id": person.pk, "name": person.shown_name, "verified": True}})
    return redirect(_next(request, "/cases/"))


def _guardian(form: CitizenForm) -> actions.Guardian | None:
    said = form.cleaned_data
    if not said["under_14"]:
        return None
    return actions.Guardian(said["guardian_name"], said["guardian_phone"], said["guardian_code"])


def _confirmed(form: CitizenForm) -> Person:
    said = form.cleaned_data
    return actions.confirm_code(said["phone"], said["code"], said["name"], said["village"], _guardian(form))
