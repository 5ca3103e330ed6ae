"""Who asks for a page, and where its forms lead back to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from portal.people.models import Person

PER_PAGE = 50
View = Callable[..., HttpResponse]


def person_of(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def me_of(request: HttpRequest) -> Person:
    """For views that only let in who is logged in."""
    assert isinstance(request.user, Person)
    return request.user


def sent_from(page: str) -> Callable[[View], View]:
    """A view that takes what a form on `page` sends, from who is logged in.

    Whoever comes by its address alone gets the page: after logging in again, or after changing the language
    where a refusal stands.
    """

    def decorate(view: View) -> View:
        sent = login_required(view)

        @wraps(view)
        def answer(request: HttpRequest, **where: Any) -> HttpResponse:
            if request.method == "POST":
                return sent(request, **where)
            return redirect(page, *(where[name] for name in where if name == "number"))

        return require_http_methods(["GET", "POST"])(answer)

    return decorate
