"""The rota is laid by rule, changed with notice, and seen in calendars."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.errors import Conflict, NotAllowed
from portal.live.actions import cancel, go_live, lay_rota, plan, postpone, swap
from portal.live.actions.invitations import invite
from portal.live.actions.telling import remind, remind_due
from portal.live.models import LiveSession, Reminder
from portal.live.rota import turns
from portal.notices.actions import sentence
from portal.notices.models import Notice
from portal.notices.sms import MemoryBackend
from portal.people.models import Person, Unit
from portal.people.vocabulary import RoleKind
from tests.live.cast import Cast, asked, staff

TUESDAY = datetime(2026, 2, 10, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
JSON = {"HTTP_ACCEPT": "application/json"}


def notices(template: str, person: Person | None = None) -> list[Notice]:
    found = Notice.objects.filter(template=template)
    return list(found if person is None else found.filter(person=person))


@given(st.lists(st.integers(), min_size=1, max_size=9, unique=True), st.integers(0, 60), st.data())
def test_turns_are_fair(leaders: list[int], count: int, data: st.DataObject) -> None:
    last = data.draw(st.sampled_from([None, *leaders]))
    who = turns(leaders, last, count)
    times = [who.count(leader) for leader in leaders]
    assert len(who) == count and max(times) - min(times) <= 1
    if len(leaders) > 1:
        assert all(one != other for one, other in zip([last, *who], who, strict=False))


def test_two_weeks_are_four_evenings_and_leaders_take_turns(cast: Cast) -> None:
    wu = staff("wu", RoleKind.LEADER)
    laid = lay_rota(cast.sam, [cast.lin, wu], [cast.bob], 2, "在线答疑", TUESDAY)
    assert [(row.starts_at.day, row.starts_at.hour) for row in laid] == [
        (10, 19),
        (12, 19),
        (17, 19),
        (19, 19),
    ]
    assert [row.host for row in laid] == [wu, cast.lin, wu, cast.lin]  # Lin has tomorrow's already


def test_laying_again_fills_only_the_gaps(cast: Cast) -> None:
    first = lay_rota(cast.sam, [cast.lin], [cast.bob], 2, "在线答疑", TUESDAY)
    assert lay_rota(cast.sam, [cast.lin], [cast.bob], 2, "在线答疑", TUESDAY) == []
    cancel(cast.sam, first[1].pk)
    again = lay_rota(cast.sam, [cast.lin], [cast.bob], 2, "在线答疑", TUESDAY)
    assert [row.starts_at for row in again] == [first[1].starts_at]


def test_swapped_leaders_answer_in_each_others_place(cast: Cast) -> None:
    wu = staff("wu", RoleKind.LEADER)
    other = plan(cast.sam, "下一场", wu, timezone.now() + timedelta(days=3), [cast.bob])
    swap(cast.sam, other.pk, cast.session.pk)
    assert LiveSession.objects.get(pk=cast.session.pk).host == wu
    assert LiveSession.objects.get(pk=other.pk).host == cast.lin
    go_live(wu, cast.session.pk)
    with pytest.raises(Conflict):
        swap(cast.sam, other.pk, cast.session.pk)
    assert LiveSession.objects.get(pk=other.pk).host == cast.lin


@pytest.mark.parametrize("name", ["alice", "bob", "lin", "olga", "charlie"])
def test_the_rota_is_the_planners_alone(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        lay_rota(cast.person(name), [cast.lin], [cast.bob], 1, "在线答疑", TUESDAY)
    with pytest.raises(NotAllowed):
        swap(cast.person(name), cast.session.pk, cast.session.pk)


def test_who_asked_is_told_half_an_hour_before_and_once(cast: Cast) -> None:
    remind(cast.alice, cast.session.pk, True)
    remind(cast.alice, cast.session.pk, True)
    starts = cast.session.starts_at
    assert remind_due(starts - timedelta(minutes=31)) == 0
    assert remind_due(starts - timedelta(minutes=30)) == 1
    assert remind_due(starts - timedelta(minutes=29)) == 0
    (notice,) = notices("starts_soon")
    assert notice.person == cast.alice and notice.channel == "sms"
    assert "今晚直播" in sentence(notice) and f"/live/{cast.session.pk}/" in sentence(notice)


def test_who_changed_her_mind_is_not_told(cast: Cast) -> None:
    remind(cast.alice, cast.session.pk, True)
    remind(cast.alice, cast.session.pk, False)
    assert remind_due(cast.session.starts_at) == 0 and not Reminder.objects.exists()


def test_a_moved_broadcast_is_told_at_once_and_before_its_new_time(cast: Cast) -> None:
    remind(cast.alice, cast.session.pk, True)
    remind_due(cast.session.starts_at - timedelta(minutes=20))
    later = cast.session.starts_at + timedelta(days=2)
    postpone(cast.sam, cast.session.pk, later)
    assert len(notices("moved", cast.alice)) == 1
    assert remind_due(later - timedelta(minutes=20)) == 1
    assert len(notices("starts_soon")) == 2


def test_a_cancelled_broadcast_is_told_to_who_wanted_to_come(cast: Cast) -> None:
    remind(cast.alice, cast.session.pk, True)
    cancel(cast.sam, cast.session.pk)
    (notice,) = notices("called_off", cast.alice)
    assert "取消" in sentence(notice)
    assert remind_due(cast.session.starts_at) == 0
    with pytest.raises(Conflict):
        remind(cast.alice, cast.session.pk, True)


def test_a_change_is_told_once_to_everybody_who_counts_on_the_evening(cast: Cast) -> None:
    asked(cast)
    asked(cast, "自来水发黄，什么时候修？")
    remind(cast.alice, cast.session.pk, True)
    invite(cast.sam, cast.session.pk, Unit.objects.get(code="jt").pk)
    concerned = {cast.alice, cast.lin, cast.bob, cast.olga}
    postpone(cast.sam, cast.session.pk, cast.session.starts_at + timedelta(days=2))
    wu = staff("wu", RoleKind.LEADER)
    other = plan(cast.sam, "下一场", wu, timezone.now() + timedelta(days=3), [cast.bob])
    swap(cast.sam, cast.session.pk, other.pk)
    cancel(cast.sam, cast.session.pk)
    for template, people in (
        ("moved", concerned),
        ("host_changed", concerned | {wu}),
        ("called_off", concerned - {cast.lin} | {wu}),
    ):
        told = [row.person for row in notices(template) if f"/live/{cast.session.pk}/" in row.payload["url"]]
        assert set(told) == people and len(told) == len(people), template
    assert "改由Wu" in sentence(notices("host_changed", cast.alice)[0])


def test_swapped_back_and_forth_is_told_each_time(cast: Cast) -> None:
    wu = staff("wu", RoleKind.LEADER)
    other = plan(cast.sam, "下一场", wu, timezone.now() + timedelta(days=3))
    for _each in range(4):
        swap(cast.sam, cast.session.pk, other.pk)
    assert len(notices("host_changed", cast.lin)) == 8


def test_a_leader_reads_the_change_on_the_home_page(cast: Cast) -> None:
    postpone(cast.sam, cast.session.pk, cast.session.starts_at + timedelta(days=2))
    client = Client()
    for person, sees in ((cast.lin, True), (cast.bob, True), (cast.olga, False)):
        client.force_login(person)
        assert ("直播“今晚直播”改到" in client.get("/").content.decode()) is sees


def test_cancelling_asks_first_without_javascript(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.sam)
    for page in ("/live/rota/", "/live/plan/"):
        html = client.get(page).content.decode()
        button = html.index(f'action="/live/{cast.session.pk}/cancel/"')
        # The form stands inside a closed <details> of its own, behind the words that say what will happen.
        opened = html.rindex("<details", 0, button)
        assert "确定取消吗" in html[opened:button] and "</details>" not in html[opened:button], page


def test_the_feed_is_a_calendar_that_says_what_is_off(cast: Cast) -> None:
    off = plan(cast.sam, "取消的一场", cast.lin, timezone.now() + timedelta(days=3), [cast.bob])
    cancel(cast.sam, off.pk)
    answer = Client().get("/calendar.ics")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    events = {str(event["summary"]): event for event in icalendar.Calendar.from_ical(answer.content).events}
    assert events["今晚直播"]["status"] == "CONFIRMED" and events[
        "今晚直播"
    ].DTSTART == cast.session.starts_at.replace(microsecond=0)
    assert events["取消的一场"]["status"] == "CANCELLED"
    assert events["取消的一场"].sequence == 2


def test_the_feed_brings_its_time_zone_and_can_be_subscribed_to(cast: Cast) -> None:
    made = icalendar.Calendar.from_ical(Client().get("/calendar.ics").content)
    named = {str(event["dtstart"].params["TZID"]) for event in made.events}
    assert named == {str(zone["tzid"]) for zone in made.timezones} == {"Asia/Shanghai"}
    page = Client().get("/calendar/").content.decode()
    assert 'href="webcal://testserver/calendar.ics"' in page and 'href="/calendar.ics"' in page


def test_the_calendar_page_reminds_with_one_tap(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    assert "提醒我" in client.get("/calendar/").content.decode()
    page = client.post(f"/live/{cast.session.pk}/remind/", {"wanted": "1"}, follow=True).content.decode()
    assert "会提醒我" in page and Reminder.objects.count() == 1


@pytest.mark.parametrize("back, goes", [("", "/calendar/"), ("live", "/live/{id}/")])
def test_the_wish_to_be_reminded_outlives_the_log_in(cast: Cast, settings: Any, back: str, goes: str) -> None:
    settings.SMS_BACKEND = "portal.notices.sms.MemoryBackend"
    visitor = Client()
    sent = visitor.post(f"/live/{cast.session.pk}/remind/", {"wanted": "1", "from": back})
    behind = parse_qs(urlsplit(sent.headers["Location"]).query)["next"][0]
    visitor.post("/people/code/", {"phone": "13800000011"})
    code = re.findall(r"\d{6}", MemoryBackend.sent[-1][1])[0]
    known = visitor.post("/people/verify/", {"phone": "13800000011", "code": code, "next": behind})
    assert known.headers["Location"] == behind
    assert visitor.get(behind).headers["Location"] == goes.format(id=cast.session.pk)
    assert Reminder.objects.get().person == cast.alice
    # The address alone wishes nothing.
    Reminder.objects.all().delete()
    visitor.get(behind)
    assert not Reminder.objects.exists()


def test_the_page_of_an_announced_broadcast_offers_a_reminder(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    address = f"/live/{cast.session.pk}/remind/"
    assert address in client.get(f"/live/{cast.session.pk}/").content.decode()
    page = client.post(address, {"wanted": "1", "from": "live"}, follow=True).content.decode()
    assert "会提醒我" in page and address in page
    go_live(cast.lin, cast.session.pk)
    assert address not in client.get(f"/live/{cast.session.pk}/").content.decode()


def test_the_next_broadcast_takes_a_question_that_came_too_late(cast: Cast) -> None:
    assert Client().get("/calendar/next/").headers["Location"] == f"/live/{cast.session.pk}/#ask"
    cancel(cast.sam, cast.session.pk)
    assert Client().get("/calendar/next/").headers["Location"] == "/calendar/"


def test_the_planner_lays_moves_and_swaps_on_one_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.sam)
    fields = {"weeks": "1", "title": "在线答疑", "leaders": [cast.lin.pk], "moderators": [cast.bob.pk]}
    assert client.post("/live/rota/", fields).status_code == 302
    assert LiveSession.objects.filter(title="在线答疑").count() in (1, 2)
    page = client.get("/live/rota/").content.decode()
    assert "改期并通知" in page and "和哪一场对调领导" in page
    evening = timezone.localtime() + timedelta(days=9)
    moved = client.post(f"/live/{cast.session.pk}/move/", {"starts_at": f"{evening:%Y-%m-%dT%H:%M}"})
    assert moved.status_code == 302
    past = client.post(f"/live/{cast.session.pk}/move/", {"starts_at": "2020-01-01T19:30"}, **JSON)  # type: ignore[arg-type]
    assert past.status_code == 400
