"""Asking without JavaScript, in three pages: question and person, code from the telephone, case number.

What was typed is kept in the visitor's session until the question is sent, so that no error costs a word of
it.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth import login
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from portal.appeals.actions.files import LARGEST_PHOTO, enclose
from portal.lib.errors import BadInput, DirectTrainError, NotFound
from portal.lib.http import client_address
from portal.live.models import LiveSession
from portal.live.queries import session_of
from portal.live.states import TAKES_QUESTIONS
from portal.live.views import with_start
from portal.people.actions import confirm_code, send_code
from portal.people.models import Person
from portal.people.queries import is_verified, mask_phone
from portal.questions.actions import AskResult, ask
from portal.questions.forms import CodeForm, QuestionForm
from portal.questions.queries import deadlines

Draft = dict[str, str]


def _draft_key(session_id: int) -> str:
    return f"ask.{session_id}.draft"


def _done_key(session_id: int) -> str:
    return f"ask.{session_id}.done"


def _show_refusal(form: Form, refusal: DirectTrainError) -> None:
    """Put a refusal beside its field, or on top where the page has no such field."""
    field = refusal.field if isinstance(refusal, BadInput) and refusal.field in form.fields else None
    form.add_error(field, refusal.message)


def _page(
    request: HttpRequest, name: str, session: LiveSession, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"session": with_start(session), "taking": session.state in TAKES_QUESTIONS}
    return render(request, f"questions/{name}.html", context | more, status=status)


def _send(request: HttpRequest, person: Person, session_id: int, draft: Draft) -> None:
    """Ask, remember the numbers for the last page, forget the draft."""
    result = ask(person, session_id, draft["uuid"], draft["text"], draft["village"])
    request.session[_done_key(session_id)] = _done(result)
    request.session.pop(_draft_key(session_id), None)


def _done(result: AskResult) -> dict[str, Any]:
    return {
        "question": result.question_id,
        "uuid": str(result.uuid),
        "number": result.case_number,
        "code": result.query_code,
        "created": result.created,
    }


def _take_photos(request: HttpRequest, uuid: str) -> None:
    """Photos that came with the form itself, as from a browser without JavaScript; they wait for the question."""
    person = request.user if isinstance(request.user, Person) else None
    for photo in request.FILES.getlist("photos")[:3]:
        enclose(person, UUID(uuid), photo.read(LARGEST_PHOTO + 1), client_address(request))


def _take_question(request: HttpRequest, session: LiveSession, form: QuestionForm) -> HttpResponse:
    """Send at once for a verified person; otherwise send the code and go to its page."""
    draft = {name: str(value) for name, value in form.cleaned_data.items()}
    person = request.user
    try:
        _take_photos(request, draft["uuid"])
        if isinstance(person, Person) and is_verified(person):
            _send(request, person, session.pk, draft)
            return redirect("questions:ask_done", session.pk)
        request.session[_draft_key(session.pk)] = draft
        send_code(draft["phone"], client_address(request))
    except DirectTrainError as refusal:
        _show_refusal(form, refusal)
        # A code that was sent a moment ago still works: the way to its page stays open.
        waiting = _draft_key(session.pk) in request.session
        return _page(request, "ask", session, refusal.status, form=form, code_waiting=waiting)
    return redirect("questions:ask_code", session.pk)


@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest, session_id: int) -> HttpResponse:
    session = session_of(session_id)
    verified = is_verified(request.user)
    if request.method == "GET":
        draft = request.session.get(_draft_key(session_id))
        known = {"village": request.user.village} if isinstance(request.user, Person) else {}
        return _page(request, "ask", session, form=QuestionForm(initial=draft or known, verified=verified))
    form = QuestionForm(request.POST, verified=verified)
    if not form.is_valid():
        return _page(request, "ask", session, 400, form=form)
    return _take_question(request, session, form)


def _confirm(request: HttpRequest, session_id: int, draft: Draft, form: CodeForm) -> bool:
    """Log the citizen in and send the question; False with the reason in `form`."""
    try:
        person = confirm_code(draft["phone"], form.cleaned_data["code"], draft["name"], draft["village"])
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
        # Logging in may have begun a fresh session: the words must survive a refusal of the question itself.
        request.session[_draft_key(session_id)] = draft
        _send(request, person, session_id, draft)
    except DirectTrainError as refusal:
        _show_refusal(form, refusal)
        return False
    return True


def _send_again(session: LiveSession, draft: Draft, form: CodeForm, request: HttpRequest) -> HttpResponse:
    try:
        send_code(draft["phone"], client_address(request))
    except DirectTrainError as refusal:
        return _code_page(request, session, draft, form, refusal.status, problem=refusal.message)
    return _code_page(request, session, draft, form, note=_("验证码已重新发送。"))


def _code_page(
    request: HttpRequest, session: LiveSession, draft: Draft, form: CodeForm, status: int = 200, **more: str
) -> HttpResponse:
    phone = mask_phone(draft["phone"])
    return _page(request, "code", session, status, form=form, phone=phone, draft=draft, **more)


@require_http_methods(["GET", "POST"])
def code_page(request: HttpRequest, session_id: int) -> HttpResponse:
    session = session_of(session_id)
    draft: Draft | None = request.session.get(_draft_key(session_id))
    if draft is None or "phone" not in draft:
        done = _done_key(session_id) in request.session
        return redirect("questions:ask_done" if done else "questions:ask", session_id)
    if request.method == "GET":
        return _code_page(request, session, draft, CodeForm())
    if "again" in request.POST:
        return _send_again(session, draft, CodeForm(), request)
    form = CodeForm(request.POST)
    if form.is_valid() and _confirm(request, session_id, draft, form):
        return redirect("questions:ask_done", session_id)
    if is_verified(request.user):
        # The number is confirmed, only the question was refused: back to its words with the reason.
        words = QuestionForm(initial=draft, verified=True)
        return _page(request, "ask", session, 409, form=words, problems=form.non_field_errors())
    return _code_page(request, session, draft, form, 400)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@require_GET
def done_page(request: HttpRequest, session_id: int) -> HttpResponse:
    session = session_of(session_id)
    done = request.session.get(_done_key(session_id))
    if done is None:
        raise NotFound(_("没有刚提交的问题。用编号和查询码可以查到以前的问题。"))
    due = deadlines(done["question"])
    accept_by, settle_by = _day(due["accept_by"]), _day(due["settle_by"])
    return _page(request, "done", session, done=done, accept_by=accept_by, settle_by=settle_by)
