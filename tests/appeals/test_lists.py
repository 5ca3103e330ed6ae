"""Promises are seen until they are kept; a clerk sends several cases out at once, an officer signs them."""

from collections.abc import Callable

import pytest
from django.test import Client

from portal.appeals import actions
from portal.appeals.models import Appeal, CaseEvent, Promise
from portal.appeals.queries import case_story, promise_rows
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound
from portal.people.models import Person
from tests.appeals.conftest import County, Register, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]
NOW = at("2026-02-10 15:00")


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def promise(county: County, bring_to: Bring) -> Promise:
    appeal = bring_to("in_progress")
    pk = actions.promise(
        county.lin, appeal.pk, "月底前装好路灯", county.water.pk, at("2026-02-28 00:00").date()
    )
    return Promise.objects.get(pk=pk)


def test_open_promises_are_seen_by_the_unit_and_by_who_watches(county: County, promise: Promise) -> None:
    today = at("2026-03-01 09:00").date()
    (row,) = promise_rows(county.olga, today=today)
    assert row.late and row.may_keep
    assert [row.may_keep for row in promise_rows(county.clara, today=today)] == [False]
    assert promise_rows(county.otto) == []


def test_a_kept_promise_is_told_once_and_to_everybody(county: County, promise: Promise) -> None:
    for stranger in (county.otto, county.clara, county.alice, county.charlie):
        with pytest.raises(NotAllowed):
            actions.keep_promise(stranger, promise.pk, "装好了")
    with pytest.raises(BadInput):
        actions.keep_promise(county.olga, promise.pk, " ")
    actions.keep_promise(county.olga, promise.pk, "三盏路灯已装好", at=NOW)
    with pytest.raises(Conflict):
        actions.keep_promise(county.sam, promise.pk, "再登记")
    with pytest.raises(NotFound):
        actions.keep_promise(county.sam, 999_999, "没有")
    promise.refresh_from_db()
    assert promise.kept_at == NOW and promise_rows(county.sam) == []
    last = case_story(promise.appeal, "public").entries[-1]
    assert (last.event.kind, last.event.reason) == ("kept", "三盏路灯已装好")


def test_the_page_of_promises(county: County, promise: Promise) -> None:
    olga = client_of(county.olga)
    assert "1 个承诺待兑现" in olga.get("/desk/").content.decode()
    page = olga.get("/desk/promises/").content.decode()
    assert "月底前装好路灯" in page and f"/desk/promises/{promise.pk}/kept/" in page
    watching = client_of(county.clara).get("/desk/promises/").content.decode()
    assert "月底前装好路灯" in watching and "/kept/" not in watching
    assert client_of(county.alice).get("/desk/promises/").status_code == 403
    address = f"/desk/promises/{promise.pk}/kept/"
    assert client_of(county.otto).post(address, {"note": "x"}).status_code == 403
    assert "请填写内容" in olga.post(address, {"note": ""}, follow=True).content.decode()
    assert "没有待兑现的承诺" in olga.post(address, {"note": "装好"}, follow=True).content.decode()


def _bulk(county: County) -> dict[str, object]:
    return {
        "bulk-case_type": "request",
        "bulk-matter": "供水",
        "bulk-urgency": "pressing",
        "bulk-unit_id": county.water.pk,
    }


def test_several_cases_go_out_at_once_and_a_refused_one_stops_none(
    county: County, bring_to: Bring, register: Register
) -> None:
    fresh = [register().number for _ in range(2)]
    returned, done = bring_to("returned"), bring_to("replied")
    numbers = [*fresh, returned.number, done.number, "20260210-9999"]
    page = client_of(county.clara).post("/desk/bulk/", _bulk(county) | {"number": numbers}, follow=True)
    words = page.content.decode()
    assert "已受理并派出 3 件" in words and f"{done.number}: " in words and "20260210-9999: " in words
    sent = Appeal.objects.filter(state="dispatched", lead_unit=county.water)
    assert set(sent.values_list("number", flat=True)) == {*fresh, returned.number}
    kinds = CaseEvent.objects.filter(appeal__number=fresh[0]).values_list("kind", flat=True)
    assert list(kinds) == ["created", "accepted", "assigned"]


def test_nobody_but_a_clerk_sends_cases_out(county: County, register: Register) -> None:
    number = register().number
    for person in (county.olga, county.sam, county.alice):
        refused = client_of(person).post("/desk/bulk/", _bulk(county) | {"number": [number]})
        assert refused.status_code == 403
    client_of(county.clara).post("/desk/bulk/", {"number": [number]})
    assert Appeal.objects.get(number=number).state == "registered"
    assert 'id="bulk"' in client_of(county.clara).get("/desk/").content.decode()
    assert 'id="bulk"' not in client_of(county.sam).get("/desk/").content.decode()


def test_an_officer_signs_several_and_comes_back_to_the_same_list(county: County, bring_to: Bring) -> None:
    sent, taken = [bring_to("dispatched") for _ in range(2)], bring_to("in_progress")
    olga = client_of(county.olga)
    desk = olga.get("/desk/").content.decode()
    assert (
        all(f'value="{appeal.number}"' in desk for appeal in sent) and f'value="{taken.number}"' not in desk
    )
    ticked = {"number": [appeal.number for appeal in (*sent, taken)], "tab": "mine", "q": "2026"}
    answer = olga.post("/desk/bulk/sign/", ticked, follow=True)
    assert answer.redirect_chain == [("/desk/?tab=mine&q=2026&state=", 302)]
    words = answer.content.decode()
    assert "已签收 2 件" in words and f"{taken.number}: " in words
    signed = Appeal.objects.filter(state="in_progress", assignments__signed_by=county.olga)
    assert {appeal.pk for appeal in sent} < set(signed.values_list("pk", flat=True))


def test_nobody_signs_for_another_unit(county: County, bring_to: Bring) -> None:
    appeal = bring_to("dispatched")
    for person in (county.clara, county.sam, county.alice):
        assert client_of(person).post("/desk/bulk/sign/", {"number": [appeal.number]}).status_code == 403
    otto = client_of(county.otto)
    assert (
        f"{appeal.number}: "
        in otto.post("/desk/bulk/sign/", {"number": [appeal.number]}, follow=True).content.decode()
    )
    assert otto.post("/desk/bulk/sign/", {}).status_code == 400
    assert Appeal.objects.get(pk=appeal.pk).state == "dispatched"
