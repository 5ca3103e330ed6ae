"""Pages of the case store as people open them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.appeals import actions
from portal.appeals.models import Appeal, CaseEvent, Evaluation
from portal.appeals.sealing import query_code, rating_token
from portal.people.models import IdentityView, Person
from tests.appeals.conftest import County

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Bring = Callable[..., Appeal]


def _as(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def test_number_and_code_open_a_case_without_a_log_in(bring_to: Bring) -> None:
    appeal = bring_to("replied")
    client = _as(None)
    code = query_code(appeal.number)
    typed = {"number": f" {appeal.number} ", "code": f"{code[:4].lower()}-{code[4:]}"}
    response = client.post(reverse("appeals:cases"), typed, follow=True)
    assert response.status_code == 200
    page = response.content.decode()
    assert appeal.number in page and "水管已修好。" in page and "评价" in page
    assert rating_token(appeal.pk, 1) in page


def test_a_wrong_code_says_so_and_opens_nothing(bring_to: Bring) -> None:
    appeal = bring_to("replied")
    answer = _as(None).post(reverse("appeals:cases"), {"number": appeal.number, "code": "AAAAAAAA"})
    assert answer.status_code == 400 and "编号或查询码不正确" in answer.content.decode()
    assert _as(None).get(reverse("appeals:case", args=[appeal.number])).status_code == 403
    assert _as(None).get(reverse("appeals:case", args=[appeal.number]) + "?code=AAAAAAAA").status_code == 403


def test_a_stranger_who_is_logged_in_reads_nothing(county: County, bring_to: Bring) -> None:
    appeal = bring_to("replied")
    for name in ("case", "desk_case"):
        assert _as(county.charlie).get(reverse(f"appeals:{name}", args=[appeal.number])).status_code == 403
    assert _as(county.charlie).get(reverse("appeals:desk")).status_code == 403
    assert _as(county.otto).get(reverse("appeals:desk_case", args=[appeal.number])).status_code == 403


def test_the_rating_link_is_one_tap_and_needs_no_log_in(bring_to: Bring) -> None:
    appeal = bring_to("replied")
    address = reverse("appeals:rate", args=[appeal.number, rating_token(appeal.pk, 1)])
    client = Client(enforce_csrf_checks=False)
    assert "非常满意" in client.get(address).content.decode()
    assert Evaluation.objects.count() == 0, "looking at the page (or a link preview) rates nothing"
    assert client.post(address, {"level": "5", "solved": ""}).status_code == 302
    assert Evaluation.objects.get().level == 5
    client.post(address, {"level": "5", "solved": "yes", "comment": "好"})
    appeal.refresh_from_db()
    assert appeal.state == "closed_solved"
    client.post(address, {"reopen": "1", "again-reason": "又停水了"})
    appeal.refresh_from_db()
    assert (appeal.state, appeal.cycle) == ("reopened", 2)
    assert "上一轮" in client.get(address).content.decode()


def test_another_level_keeps_what_was_said_with_the_first(bring_to: Bring) -> None:
    appeal = bring_to("replied")
    address = reverse("appeals:rate", args=[appeal.number, rating_token(appeal.pk, 1)])
    client = Client()
    client.post(address, {"level": "2", "solved": "no", "comment": "又停水了"})
    client.post(address, {"level": "1", "solved": "no"})
    assert (Evaluation.objects.get().level, Evaluation.objects.get().comment) == (1, "又停水了")


def test_reopening_is_offered_as_long_as_it_is_open(bring_to: Bring) -> None:
    appeal = bring_to("replied")
    address = reverse("appeals:rate", args=[appeal.number, rating_token(appeal.pk, 1)])
    end = timezone.now() - timedelta(days=settings.REOPEN_WINDOW_DAYS)
    for since, offered in ((end + timedelta(hours=1), True), (end - timedelta(hours=1), False)):
        Appeal.objects.filter(pk=appeal.pk).update(replied_at=since)
        assert ("申请重办" in Client().get(address).content.decode()) is offered


@pytest.mark.parametrize("token", ["x", "1-1-AAAAAAAAAAAAA", "999-1-ABC", "²-1-A"])
def test_a_forged_rating_link_opens_nothing(bring_to: Bring, token: str) -> None:
    appeal = bring_to("replied")
    assert _as(None).get(reverse("appeals:rate", args=[appeal.number, token])).status_code == 404


def test_a_link_of_one_case_does_not_rate_another(bring_to: Bring) -> None:
    one, other = bring_to("replied"), bring_to("replied")
    address = reverse("appeals:rate", args=[other.number, rating_token(one.pk, 1)])
    assert _as(None).post(address, {"level": "1"}).status_code == 404
    assert Evaluation.objects.count() == 0


def test_the_desk_offers_the_step_the_state_allows_and_says_why_not_for_the_others(
    county: County, bring_to: Bring
) -> None:
    appeal = bring_to("dispatched")
    page = _as(county.olga).get(reverse("appeals:desk_case", args=[appeal.number])).content.decode()
    assert reverse("appeals:desk_step", args=[appeal.number, "sign"]) in page
    assert reverse("appeals:desk_step", args=[appeal.number, "reply"]) not in page
    assert "当前状态是“待签收”，“拟答复”需要状态：办理中。" in page


def test_the_whole_handling_goes_through_the_desk_pages(county: County, bring_to: Bring) -> None:
    appeal = bring_to("registered", f"{timezone.localtime():%Y-%m-%d %H:%M}")

    def step(person: Person, name: str, **fields: object) -> int:
        data = {f"{name}-{key}": value for key, value in fields.items()}
        return _as(person).post(reverse("appeals:desk_step", args=[appeal.number, name]), data).status_code

    assert step(county.clara, "accept", case_type="request", matter="供水", urgency="normal") == 302
    assert step(county.clara, "dispatch", unit_id=county.water.pk) == 302
    assert step(county.olga, "sign") == 302
    assert step(county.olga, "ask_extend", days=3, reason="等配件") == 302
    assert step(county.sam, "extend") == 302
    assert step(county.olga, "reply", text="修好了") == 302
    assert step(county.olga, "approve_reply") == 403
    assert step(county.uma, "approve_reply") == 302
    appeal.refresh_from_db()
    assert appeal.state == "replied"


def test_a_refused_step_keeps_what_was_typed(county: County, bring_to: Bring) -> None:
    appeal = bring_to("replied")
    address = reverse("appeals:desk_step", args=[appeal.number, "reply"])
    answer = _as(county.olga).post(address, {"reply-text": "迟来的话"})
    assert answer.status_code == 409
    assert "需要状态：办理中" in answer.content.decode()


def test_looking_at_an_identity_leaves_a_trace_in_the_story(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress")
    address = reverse("appeals:desk_identity", args=[appeal.number])
    assert _as(county.olga).post(address, {"identity-why": ""}).status_code == 400
    answer = _as(county.olga).post(address, {"identity-why": "上门核实"})
    assert "13800000001" in answer.content.decode() and answer.headers["Cache-Control"] == "no-store"
    assert IdentityView.objects.get().viewer == county.olga
    assert CaseEvent.objects.filter(appeal=appeal, kind="viewed_identity", reason="上门核实").count() == 1
    assert _as(county.charlie).post(address, {"identity-why": "好奇"}).status_code == 403
    assert (
        "13800000001"
        not in _as(county.olga).get(reverse("appeals:desk_case", args=[appeal.number])).content.decode()
    )


def test_every_page_renders_in_every_state(county: County, bring_to: Bring) -> None:
    states = "registered not_accepted accepted dispatched returned in_progress suspended replied"
    for state in (*states.split(), "closed_solved", "closed_explained", "reopened", "withdrawn"):
        appeal = bring_to(state)
        for person in (county.clara, county.sam):
            assert _as(person).get(reverse("appeals:desk_case", args=[appeal.number])).status_code == 200
        assert _as(county.alice).get(reverse("appeals:case", args=[appeal.number])).status_code == 200
    for tab in ("mine", "soon", "overdue", "unit", "assist", "requests", "call_back"):
        for person in (county.olga, county.uma, county.clara, county.sam):
            assert _as(person).get(reverse("appeals:desk"), {"tab": tab}).status_code == 200
    assert "办理中" in _as(county.alice).get(reverse("appeals:cases")).content.decode()


def test_a_citizen_withdraws_an_own_open_case(county: County, bring_to: Bring) -> None:
    appeal = bring_to("accepted")
    address = reverse("appeals:withdraw", args=[appeal.number])
    assert _as(county.charlie).post(address).status_code == 403
    assert _as(county.alice).post(address).status_code == 302
    assert Appeal.objects.get(pk=appeal.pk).state == "withdrawn"
    with pytest.raises(Exception, match="当前状态"):
        actions.withdraw(county.alice, appeal.pk)
