"""Planning a broadcast on its page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.live.models import LiveSession
from tests.live.cast import Cast


@pytest.fixture
def sam(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.sam)
    return client


def typed(cast: Cast, **change: object) -> dict[str, object]:
    tomorrow = timezone.localtime() + timedelta(days=1)
    return {
        "title": "周四直播",
        "topic": "道路",
        "host": cast.lin.pk,
        "moderators": [cast.bob.pk],
        "starts_at": tomorrow.strftime("%Y-%m-%dT19:30"),
        "planned_minutes": 60,
    } | change


def test_a_planned_broadcast_begins_at_the_typed_beijing_time_and_is_on_the_home_page(
    cast: Cast, sam: Client
) -> None:
    answer = sam.post("/live/plan/", typed(cast))
    session = LiveSession.objects.get(title="周四直播")
    assert answer.headers["Location"] == f"/live/{session.pk}/"
    assert timezone.localtime(session.starts_at).strftime("%H:%M %z") == "19:30 +0800"
    assert list(session.moderators.all()) == [cast.bob]
    assert "周四直播" in Client().get("/").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"starts_at": "2020-01-01T19:30"},
        {"starts_at": "yesterday"},
        {"host": 0},
        {"moderators": []},
        {"planned_minutes": 100_000},
    ],
)
def test_a_wrong_field_is_said_beside_it_and_the_rest_is_kept(
    cast: Cast, sam: Client, change: dict[str, object]
) -> None:
    answer = sam.post("/live/plan/", typed(cast, **change))
    shown = answer.content.decode()
    assert answer.status_code == 400 and "field-error" in shown and "道路" in shown
    assert LiveSession.objects.count() == 1


def test_only_leaders_and_moderators_are_offered(cast: Cast, sam: Client) -> None:
    shown = sam.get("/live/plan/").content.decode()
    assert "Lin" in shown and "Bob" in shown and "Olga" not in shown and "Charlie" not in shown


def test_a_cancelled_broadcast_leaves_the_list(cast: Cast, sam: Client) -> None:
    sam.post(f"/live/{cast.session.pk}/cancel/")
    assert "今晚直播" not in sam.get("/live/plan/").content.decode()
    assert sam.post(f"/live/{cast.session.pk}/cancel/").status_code == 409
