"""The home page leads everybody on: no way that ends at a refusal, and none that is missing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.live.actions import plan
from portal.people.vocabulary import RoleKind
from tests.live.cast import Cast, staff


def home_of(cast: Cast, name: str) -> str:
    client = Client()
    client.force_login(cast.person(name))
    return client.get("/").content.decode()


@pytest.mark.parametrize(
    "name, opens", [("olga", True), ("sam", True), ("lin", False), ("bob", False), ("alice", False)]
)
def test_the_desk_is_shown_to_whom_it_opens(cast: Cast, name: str, opens: bool) -> None:
    client = Client()
    client.force_login(cast.person(name))
    assert (client.get("/desk/").status_code == 200) is opens
    assert ('href="/desk/"' in client.get("/").content.decode()) is opens


def test_leader_and_moderator_find_each_of_their_broadcasts(cast: Cast) -> None:
    wu = staff("wu", RoleKind.LEADER)
    others = plan(cast.sam, "别人的一场", wu, timezone.now() + timedelta(days=2))
    later = plan(cast.sam, "再下一场", cast.lin, timezone.now() + timedelta(days=3), [cast.bob])
    lin, bob, olga = (home_of(cast, name) for name in ("lin", "bob", "olga"))
    for session in (cast.session, later):
        assert f"/live/{session.pk}/studio/" in lin and f"/live/{session.pk}/rehearse/" in lin
        assert f"/live/{session.pk}/console/" in bob and f"/live/{session.pk}/console/" not in olga
    assert f"/live/{others.pk}/studio/" not in lin and f"/live/{others.pk}/console/" not in bob
