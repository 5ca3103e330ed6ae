"""Co-hosts: invited by a link, seated by opening it, put on stage and off again by leader and moderators."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.live import queries
from portal.live.actions import end, go_live, plan
from portal.live.actions.invitations import invitation_token, invite, put_cohost, revoke, take_seat
from portal.live.models import Invitation
from portal.people.models import Unit
from tests.live.cast import Cast
from transcripts.queries import speaker_name

pytestmark = pytest.mark.slow


@pytest.fixture
def unit(cast: Cast) -> Unit:
    return Unit.objects.get(code="jt")


@pytest.fixture
def seat(cast: Cast, unit: Unit) -> Invitation:
    return invite(cast.lin, cast.session.pk, unit.pk, "交通局 王敏")


def client(person: object) -> Client:
    made = Client()
    made.force_login(person)  # type: ignore[arg-type]
    return made


def test_leader_moderators_and_planners_invite_and_nobody_else(cast: Cast, unit: Unit) -> None:
    for person in (cast.lin, cast.bob, cast.sam):
        assert invite(person, cast.session.pk, unit.pk).name == "交通局"
    for person in (cast.alice, cast.olga, cast.charlie):
        with pytest.raises(NotAllowed):
            invite(person, cast.session.pk, unit.pk)
    with pytest.raises(BadInput):
        invite(cast.lin, cast.session.pk, 999_999)
    with pytest.raises(BadInput):
        invite(cast.lin, cast.session.pk, unit.pk, "长" * 41)


def test_who_opens_the_link_first_has_the_seat(cast: Cast, seat: Invitation) -> None:
    token = invitation_token(seat)
    assert take_seat(cast.olga, cast.session.pk, token).person_id == cast.olga.pk
    assert take_seat(cast.olga, cast.session.pk, token).person_id == cast.olga.pk
    with pytest.raises(Conflict):
        take_seat(cast.charlie, cast.session.pk, token)
    assert queries.may_cohost(cast.olga, cast.session) and not queries.may_cohost(cast.charlie, cast.session)


def test_one_person_has_one_seat_and_the_host_none(cast: Cast, seat: Invitation, unit: Unit) -> None:
    take_seat(cast.olga, cast.session.pk, invitation_token(seat))
    second = invitation_token(invite(cast.lin, cast.session.pk, unit.pk))
    for person in (cast.olga, cast.lin):
        with pytest.raises(Conflict):
            take_seat(person, cast.session.pk, second)


@pytest.mark.parametrize("token", ["", "1", "1:forged", "x" * 300, "1:\x00", "９:forged"])
def test_a_made_up_link_opens_nothing(cast: Cast, seat: Invitation, token: str) -> None:
    with pytest.raises(NotFound):
        take_seat(cast.olga, cast.session.pk, token)


def test_a_link_opens_only_its_own_broadcast(cast: Cast, seat: Invitation) -> None:
    other = plan(cast.sam, "下周", cast.lin, timezone.now() + timedelta(days=7), [cast.bob])
    with pytest.raises(NotFound):
        take_seat(cast.olga, other.pk, invitation_token(seat))
    with pytest.raises(NotFound):
        revoke(cast.sam, other.pk, seat.pk)


def test_a_withdrawn_link_ends_the_seat(cast: Cast, seat: Invitation) -> None:
    token = invitation_token(seat)
    take_seat(cast.olga, cast.session.pk, token)
    go_live(cast.lin, cast.session.pk)
    put_cohost(cast.lin, cast.session.pk, seat.pk)
    revoke(cast.bob, cast.session.pk, seat.pk)
    assert not queries.may_cohost(cast.olga, cast.session)
    assert queries.cohost_on_air(cast.session.pk) is None
    with pytest.raises(NotFound):
        take_seat(cast.olga, cast.session.pk, token)


def test_captions_call_a_co_host_what_the_invitation_says(cast: Cast, seat: Invitation) -> None:
    take_seat(cast.olga, cast.session.pk, invitation_token(seat))
    assert speaker_name(f"cohost-{cast.olga.pk}", cast.session.pk) == "交通局 王敏"
    assert speaker_name(f"cohost-{cast.olga.pk}", 0) == "Olga"


def test_one_co_host_is_on_stage_at_a_time(cast: Cast, seat: Invitation, unit: Unit) -> None:
    take_seat(cast.olga, cast.session.pk, invitation_token(seat))
    second = invite(cast.lin, cast.session.pk, unit.pk)
    take_seat(cast.charlie, cast.session.pk, invitation_token(second))
    with pytest.raises(Conflict):
        put_cohost(cast.lin, cast.session.pk, seat.pk)
    go_live(cast.lin, cast.session.pk)
    put_cohost(cast.lin, cast.session.pk, seat.pk)
    put_cohost(cast.bob, cast.session.pk, second.pk)
    assert queries.cohost_on_air(cast.session.pk) == cast.charlie.pk
    assert [row["on"] for row in queries.cohosts(cast.session.pk)] == [False, True]
    put_cohost(cast.lin, cast.session.pk, None)
    assert queries.cohost_on_air(cast.session.pk) is None
    for person in (cast.olga, cast.sam, cast.alice):
        with pytest.raises(NotAllowed):
            put_cohost(person, cast.session.pk, seat.pk)


def test_an_empty_seat_is_not_put_on_stage_and_nobody_is_taken_off_by_it(
    cast: Cast, seat: Invitation, unit: Unit
) -> None:
    take_seat(cast.olga, cast.session.pk, invitation_token(seat))
    empty = invite(cast.lin, cast.session.pk, unit.pk)
    go_live(cast.lin, cast.session.pk)
    put_cohost(cast.lin, cast.session.pk, seat.pk)
    with pytest.raises(Conflict):
        put_cohost(cast.lin, cast.session.pk, empty.pk)
    with pytest.raises(NotFound):
        put_cohost(cast.lin, cast.session.pk, 999_999)
    assert queries.cohost_on_air(cast.session.pk) == cast.olga.pk


def test_after_the_end_nobody_is_invited_or_seated(cast: Cast, seat: Invitation, unit: Unit) -> None:
    go_live(cast.lin, cast.session.pk)
    end(cast.lin, cast.session.pk)
    with pytest.raises(Conflict):
        invite(cast.lin, cast.session.pk, unit.pk)
    with pytest.raises(Conflict):
        take_seat(cast.olga, cast.session.pk, invitation_token(seat))


def test_the_pages_lead_from_invitation_to_seat(cast: Cast, unit: Unit) -> None:
    address = f"/live/{cast.session.pk}/invitations/"
    lin = client(cast.lin)
    made = lin.post(address, {"unit": unit.pk, "name": "交通局 王敏"}, headers={"accept": "application/json"})
    assert made.status_code == 201
    link = made.json()["link"].removeprefix("http://testserver")
    assert link in lin.get(address).content.decode()
    assert Client().get(link).headers["Location"] == f"/people/login/?next={link}"
    olga = client(cast.olga)
    assert "交通局 王敏" in olga.get(link).content.decode()
    assert olga.get(f"/live/{cast.session.pk}/cohost/").status_code == 403
    seated = olga.post(link)
    assert seated.headers["Location"] == f"/live/{cast.session.pk}/cohost/"
    assert olga.get(seated.headers["Location"]).status_code == 200
    assert "已经有人使用" in client(cast.charlie).get(link).content.decode()
    row = Invitation.objects.get()
    assert lin.post(f"{address}{row.pk}/revoke/").status_code == 302
    assert olga.get(seated.headers["Location"]).status_code == 403


def test_a_form_that_is_refused_keeps_what_was_typed(cast: Cast) -> None:
    page = client(cast.lin).post(f"/live/{cast.session.pk}/invitations/", {"unit": "", "name": "水利局 李工"})
    assert page.status_code == 400
    assert 'value="水利局 李工"' in page.content.decode()


def test_console_and_studio_lead_to_where_an_invitation_is_withdrawn(cast: Cast, seat: Invitation) -> None:
    here = f"/live/{cast.session.pk}"
    for person, page in ((cast.bob, "console"), (cast.lin, "studio")):
        assert f'href="{here}/invitations/"' in client(person).get(f"{here}/{page}/").content.decode()
        invited = client(person).get(f"{here}/invitations/").content.decode()
        assert f"{here}/invitations/{seat.pk}/revoke/" in invited
