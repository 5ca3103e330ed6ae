"""Who asks for a page."""

from django.http import HttpRequest

from portal.people.models import Person

PER_PAGE = 50


def person_of(request: HttpRequest) -> Person | None:
    return request.user if isinstance(request.user, Person) else None


def me_of(request: HttpRequest) -> Person:
    """For views that only let in who is logged in."""
    assert isinstance(request.user, Person)
    return request.user
