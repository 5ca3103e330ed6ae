"""A message is a case like any other; everybody reads it only when writer and clerk agreed and a reply is there."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from portal.appeals import actions as cases
from portal.appeals.models import Appeal, CaseEvent
from portal.board import actions
from portal.board.models import Message
from portal.board.queries import row, shown, waiting
from portal.lib.errors import BadInput, Conflict, NotAllowed, NotFound, TryLater
from tests.appeals.conftest import County, Register, at

WHEN = at("2026-02-10 09:30")
TEXT = "自来水三天没来了，电话13900000002"


def write(county: County, open_wish: bool = True, key: uuid.UUID | None = None) -> Appeal:
    made = actions.write(county.alice, key or uuid.uuid4(), TEXT, "柳河村", open_wish, at=WHEN)
    return Appeal.objects.get(pk=made.appeal_id)


def answer(county: County, appeal: Appeal) -> None:
    cases.accept(county.clara, appeal.pk, "request", "供水", "pressing", at=WHEN)
    cases.dispatch(county.clara, appeal.pk, county.water.pk, at=WHEN)
    cases.sign(county.olga, appeal.pk, at=WHEN)
    cases.reply(county.olga, appeal.pk, "水管已修好。", at=WHEN)
    cases.approve_reply(county.uma, appeal.pk, at=WHEN)


def read(client: Client) -> str:
    return str(client.get("/board/").content.decode())


def test_a_message_is_a_case_of_its_own_channel_with_clocks(county: County) -> None:
    appeal = write(county)
    assert (appeal.channel, appeal.state, appeal.original_text) == ("board", "registered", TEXT)
    assert appeal.clocks.exists()


def test_the_same_message_again_writes_nothing(county: County) -> None:
    key = uuid.uuid4()
    assert write(county, key=key).pk == write(county, key=key).pk
    assert Message.objects.count() == Appeal.objects.count() == 1


def test_another_message_in_a_form_that_was_sent_before_is_another_case(county: County) -> None:
    key = uuid.uuid4()
    first = write(county, key=key)
    second = [actions.write(county.alice, key, "校车停了", "柳河村", True, at=WHEN) for _each in range(2)]
    assert {made.number for made in second} == {Appeal.objects.exclude(pk=first.pk).get().number}
    assert Message.objects.count() == 2


def test_the_key_of_somebody_elses_case_is_refused(county: County, register: Register) -> None:
    key = uuid.uuid4()
    register(person=None, key=key)
    with pytest.raises(Conflict):
        write(county, key=key)
    assert not Message.objects.exists()


def test_nothing_is_open_before_the_reply_and_the_clerks_look(county: County, client: Client) -> None:
    appeal = write(county)
    with pytest.raises(Conflict, match="待受理"):
        actions.show(county.clara, appeal.number, True)
    answer(county, appeal)
    assert "自来水" not in read(client)
    assert [one.appeal_id for one in waiting()] == [appeal.pk]
    actions.show(county.clara, appeal.number, True)
    page = read(client)
    assert "自来水三天没来了" in page
    assert "水管已修好" in page
    assert not waiting().exists()


def test_the_board_shows_neither_name_nor_number_nor_telephone(county: County, client: Client) -> None:
    appeal = write(county)
    answer(county, appeal)
    actions.show(county.clara, appeal.number, True)
    page = read(client)
    assert "13900000002" not in page
    assert "Alice" not in page
    assert "张" not in page.split("<main", 1)[1].split("</main>", 1)[0]


def test_without_the_writers_wish_it_stays_closed(county: County) -> None:
    appeal = write(county, open_wish=False)
    answer(county, appeal)
    assert not waiting().exists()
    with pytest.raises(Conflict):
        actions.show(county.clara, appeal.number, True)
    assert not shown().exists()


def test_a_reopened_case_leaves_the_board_until_its_new_reply_was_looked_at(county: County) -> None:
    appeal = write(county)
    answer(county, appeal)
    actions.show(county.clara, appeal.number, True, at=WHEN)
    cases.reopen_as(county.sam, appeal.pk, "复查", at=WHEN)
    assert not shown().exists()
    cases.sign(county.olga, appeal.pk, at=WHEN)
    cases.reply(county.olga, appeal.pk, "又修了一次。", at=WHEN)
    cases.approve_reply(county.uma, appeal.pk, at=WHEN)
    assert not shown().exists()
    assert row(waiting().get()).reply == "又修了一次。"
    actions.show(county.clara, appeal.number, True)
    assert row(shown().get()).reply == "又修了一次。"


def test_what_is_up_stays_up_when_its_case_is_archived_and_can_be_taken_down(
    county: County, client: Client
) -> None:
    appeal = write(county)
    answer(county, appeal)
    actions.show(county.clara, appeal.number, True, at=WHEN)
    cases.close_explained(county.clara, appeal.pk, "已解释", at=WHEN)
    assert cases.tick(WHEN + timedelta(days=60)).archived == 1
    assert "水管已修好" in read(client)
    actions.show(county.clara, appeal.number, False)
    assert "水管已修好" not in read(client)


def test_each_showing_and_taking_down_is_one_event_and_repeats_are_none(county: County) -> None:
    appeal = write(county)
    answer(county, appeal)
    for up in (True, True, False, False, True):
        actions.show(county.clara, appeal.number, up)
    kinds = CaseEvent.objects.filter(appeal=appeal, kind__endswith="published").values_list("kind", flat=True)
    assert list(kinds) == ["published", "unpublished", "published"]


def test_only_a_clerk_shows_and_takes_down(county: County) -> None:
    appeal = write(county)
    answer(county, appeal)
    for person in (county.charlie, county.alice, county.olga, county.uma, county.bob, county.lin, county.sam):
        for up in (True, False):
            with pytest.raises(NotAllowed):
                actions.show(person, appeal.number, up)
        with pytest.raises(NotAllowed):
            cases.publish(person, appeal.pk)
        with pytest.raises(NotAllowed):
            cases.unpublish(person, appeal.pk)
    with pytest.raises(NotFound):
        actions.show(county.clara, "20260101-0001", True)


def test_the_sixth_message_of_a_day_is_for_tomorrow_and_a_repeat_is_not_counted(county: County) -> None:
    key = uuid.uuid4()
    for _ in range(4):
        write(county)
    write(county, key=key)
    write(county, key=key)
    with pytest.raises(TryLater) as refusal:
        write(county)
    assert 86_000 < refusal.value.seconds <= 86_401
    later = WHEN + timedelta(seconds=refusal.value.seconds)
    actions.write(county.alice, uuid.uuid4(), TEXT, "", True, at=later)


def test_an_unverified_person_and_an_empty_message_are_refused(county: County) -> None:
    with pytest.raises(NotAllowed):
        actions.write(county.charlie, uuid.uuid4(), TEXT, "", True)
    with pytest.raises(BadInput):
        actions.write(county.alice, uuid.uuid4(), "  ", "", True)
    assert not Appeal.objects.exists()


def test_the_form_keeps_what_was_typed_and_the_case_page_tells_the_numbers(
    county: County, client: Client
) -> None:
    client.force_login(county.alice)
    refused = client.post("/board/write/", {"uuid": str(uuid.uuid4()), "text": "没有水", "village": ""})
    assert refused.status_code == 400
    assert "没有水" in refused.content.decode()
    assert not Appeal.objects.exists()
    fields = {"uuid": str(uuid.uuid4()), "text": "没有水", "village": "柳河村", "open_wish": "on"}
    done = client.post("/board/write/", fields, follow=True)
    appeal = Appeal.objects.get()
    assert appeal.number in done.content.decode()
    assert Message.objects.get().open_wish


def test_a_clerk_puts_up_by_button_and_everybody_else_has_none(county: County, client: Client) -> None:
    appeal = write(county)
    answer(county, appeal)
    client.force_login(county.clara)
    assert f"/board/{appeal.number}/show/" in read(client)
    client.post(f"/board/{appeal.number}/show/", {"up": "1"})
    assert shown().exists()
    client.force_login(county.alice)
    assert f"/board/{appeal.number}/show/" not in read(client)
    assert client.post(f"/board/{appeal.number}/show/", {"up": "0"}).status_code == 403
    assert shown().exists()
