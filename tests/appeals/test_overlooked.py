"""Nothing falls between two lists: what is reopened, called back, moved or answered anew is seen by who must act."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from portal.appeals import actions
from portal.appeals.models import Appeal, Evaluation, Reply
from portal.appeals.queries import case_story, desk
from portal.appeals.sealing import rating_token
from portal.appeals.templatetags.cases import clock_words
from portal.lib.errors import Conflict
from portal.notices.models import Notice
from portal.people.models import Person, Role
from tests.appeals.conftest import County, Register, at

pytestmark = pytest.mark.django_db
Bring = Callable[..., Appeal]


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _numbers(person: Person, tab: str) -> set[str]:
    return set(desk(person, tab).values_list("number", flat=True))


def test_a_case_reopened_without_a_unit_waits_for_the_clerk(county: County, register: Register) -> None:
    made = register()
    actions.record_written_answer(county.bob, made.appeal_id, "已答复", True, at=at("2026-02-10 20:00"))
    actions.reopen(rating_token(made.appeal_id, 1), "没有解决", at=at("2026-02-11 08:00"))
    assert _numbers(county.clara, "mine") == {made.number}
    told = Notice.objects.filter(person=county.clara).values_list("template", flat=True)
    assert list(told) == ["to_dispatch"]
    page = client_of(county.clara).get("/desk/").content.decode()
    assert f'value="{made.number}"' in page, "it can be ticked and sent out with others"


def test_a_case_reopened_with_its_unit_does_not_wait_for_the_clerk(county: County, bring_to: Bring) -> None:
    appeal = bring_to("reopened")
    assert _numbers(county.clara, "mine") == set()
    assert _numbers(county.olga, "mine") == {appeal.number}


def test_who_said_no_on_the_telephone_is_not_closed_as_silent(county: County, bring_to: Bring) -> None:
    appeal = bring_to("replied", "2026-03-02 09:00")
    actions.evaluate(rating_token(appeal.pk, 1), 2, at=at("2026-03-03 09:00"))
    actions.call_back(county.clara, appeal.pk, "还是没有水", "no", at=at("2026-03-04 09:00"))
    assert actions.tick(at("2026-03-30 09:30")).closed == 0
    appeal.refresh_from_db()
    assert appeal.state == "replied"


@pytest.mark.parametrize("ending", ["archived", "withdrawn", "open"])
def test_every_case_that_waits_for_a_call_back_can_be_called_back(
    county: County, bring_to: Bring, ending: str
) -> None:
    when = at("2026-03-02 10:00")
    if ending == "archived":
        appeal = bring_to("closed_explained", "2026-03-02 09:00")
        actions.evaluate(rating_token(appeal.pk, 1), 1, "no", at=when)
        actions.tick(when + timedelta(days=60))
    else:
        appeal = bring_to("in_progress", "2026-03-02 09:00")
        actions.record_spoken_reply(county.bob, appeal.pk, 12, 1000, 42_000, "今晚就修。", at=when)
        actions.evaluate(rating_token(appeal.pk, 1), 1, at=when)
        if ending == "withdrawn":
            actions.withdraw(county.alice, appeal.pk, at=when)
    assert _numbers(county.clara, "call_back") == {appeal.number}
    before = Appeal.objects.get(pk=appeal.pk).state
    actions.call_back(county.clara, appeal.pk, "已解释", "yes", at=when + timedelta(days=61))
    assert _numbers(county.clara, "call_back") == set()
    assert Appeal.objects.get(pk=appeal.pk).state == before
    about = "spoken" if ending == "open" else "solution"
    assert Evaluation.objects.get(source="call_back").about == about


def test_a_moved_date_is_reminded_of_and_marked_again(county: County, bring_to: Bring) -> None:
    pk = bring_to("in_progress", "2026-03-02 09:00").pk
    assert actions.tick(at("2026-03-04 08:00")).reminded == 1
    actions.ask_extend(county.olga, pk, 2, "等配件", at=at("2026-03-04 09:00"))
    actions.extend(county.sam, pk, at=at("2026-03-04 10:00"))
    assert actions.tick(at("2026-03-05 08:00")).reminded == 0
    assert actions.tick(at("2026-03-06 08:00")).reminded == 1
    assert actions.tick(at("2026-03-10 08:00")).overdue == 1
    actions.change_urgency(county.sam, pk, "normal", at=at("2026-03-10 09:00"))
    assert actions.tick(at("2026-03-11 08:00")).overdue == 0
    assert actions.tick(at("2026-03-20 08:00")).overdue == 1


def test_the_head_sends_only_the_draft_that_was_read(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress")
    read = actions.reply(county.olga, appeal.pk, "水管已修好。")
    uma, address = client_of(county.uma), f"/desk/{appeal.number}/approve_reply/"
    assert (
        f'name="approve_reply-reply_id" value="{read}"' in uma.get(f"/desk/{appeal.number}/").content.decode()
    )
    newer = actions.reply(county.olga, appeal.pk, "水管没有修好。")
    with pytest.raises(Conflict):
        actions.approve_reply(county.uma, appeal.pk, read)
    refused = uma.post(address, {"approve_reply-reply_id": read})
    words = refused.content.decode()
    assert refused.status_code == 409 and "水管没有修好。" in words
    assert f'name="approve_reply-reply_id" value="{newer}"' in words, "the next press sends what is read now"
    assert uma.post(address, {"approve_reply-reply_id": newer}).status_code == 302
    assert Reply.objects.get(approved_at__isnull=False).pk == newer


def test_a_case_paused_when_overdue_says_so(county: County, bring_to: Bring) -> None:
    appeal = bring_to("in_progress", "2026-03-02 09:00")
    actions.ask_suspend(county.olga, appeal.pk, "citizen_material", at=at("2026-03-09 09:00"))
    actions.suspend(county.sam, appeal.pk, at=at("2026-03-09 10:00"))
    story = case_story(Appeal.objects.get(pk=appeal.pk), "citizen")
    assert story.clock is not None and clock_words(story.clock) == "计时暂停，已超期 1 个工作日"


def test_an_assisting_unit_of_an_earlier_cycle_has_nothing_to_do(county: County, bring_to: Bring) -> None:
    pk = bring_to("in_progress").pk
    actions.hold_jointly(county.sam, pk, [county.roads.pk], "纪要")
    Role.objects.create(person=county.otto, kind="officer", unit=county.water)
    opinion = actions.assist(county.otto, pk, "路面由我局恢复。")
    assert Reply.objects.get(pk=opinion).unit == county.roads, (
        "the unit that assists, not another of the person's"
    )
    actions.reply(county.olga, pk, "修好了")
    actions.approve_reply(county.uma, pk)
    actions.reopen_as(county.sam, pk, "复查")
    assert _numbers(county.otto, "assist") == set()


@pytest.mark.parametrize("address", ["/desk/bulk/", "/desk/bulk/sign/", "/desk/filters/"])
def test_a_refused_list_leads_on(county: County, bring_to: Bring, address: str) -> None:
    bring_to("dispatched"), bring_to("accepted")
    Role.objects.create(person=county.clara, kind="officer", unit=county.water)
    refused = client_of(county.clara).post(address, {"tab": "mine", "q": "2026"})
    words = refused.content.decode()
    assert refused.status_code == 400 and 'href="/desk/?tab=overdue"' in words
    assert 'href="?' not in words and '<form method="get" action="/desk/"' in words


def test_the_same_promise_twice_is_one(county: County, bring_to: Bring) -> None:
    pk, due = bring_to("in_progress").pk, at("2026-02-28 00:00").date()
    first = actions.promise(county.clara, pk, "月底前装好路灯", county.water.pk, due)
    assert actions.promise(county.clara, pk, "月底前装好路灯", county.water.pk, due) == first
    assert actions.promise(county.clara, pk, "月底前装好路灯", county.water.pk, due, at_ms=9) != first


def test_the_way_back_from_logging_in_leads_to_the_page_with_the_form(
    county: County, bring_to: Bring
) -> None:
    appeal, olga = bring_to("dispatched"), Client()
    asked = olga.post(f"/desk/{appeal.number}/sign/")
    assert asked.status_code == 302 and asked.headers["Location"].endswith(
        f"?next=/desk/{appeal.number}/sign/"
    )
    olga.force_login(county.olga)
    assert olga.get(f"/desk/{appeal.number}/sign/", follow=True).redirect_chain == [
        (f"/desk/{appeal.number}/", 302)
    ]
    assert olga.get("/desk/bulk/sign/").headers["Location"] == "/desk/"
    assert Appeal.objects.get(pk=appeal.pk).state == "dispatched", "coming by its address takes no step"
