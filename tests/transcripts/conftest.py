"""A broadcast of Lin, who answers, in the test database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.live.models import LiveSession
from portal.live.states import SessionState
from portal.people.models import Person


@pytest.fixture
def lin(db: None) -> Person:
    return Person.objects.create_user("lin", shown_name="林县长")


@pytest.fixture
def session(lin: Person) -> LiveSession:
    return LiveSession.objects.create(
        title="道路与饮水",
        host=lin,
        starts_at=timezone.now() - timedelta(minutes=5),
        state=SessionState.LIVE,
        went_live_at=timezone.now(),
    )
