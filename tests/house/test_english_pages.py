"""An English reader meets no Chinese but what people typed: every page, empty, full and refused."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from portal.appeals import actions as appeals
from portal.appeals.actions import load_official_years
from portal.appeals.actions.registering import usual_urgency
from portal.appeals.models import Appeal
from portal.appeals.sealing import query_code, rating_token
from portal.live.actions import end
from portal.live.actions.invitations import invitation_token, invite, take_seat
from portal.people.models import Person, Role, Unit
from portal.people.vocabulary import RoleKind, UnitKind
from portal.questions.actions import (
    answer_in_writing,
    begin_answer,
    end_answer,
    hide,
    move,
    raise_hand,
    rehearse,
)
from tests.bench.pages import chinese_words
from tests.house.english import chinese_left, compile_words, reader
from tests.house.sources import LANGUAGE_BUTTON
from tests.live.cast import Cast, asked, citizen, make_cast, on_air, staff

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> None:
    compile_words(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    load_official_years([2025, 2026])
    usual_urgency()
    cast = make_cast()
    roads = Unit.objects.get(code="jt")
    roads.name_en = "Roads Bureau"
    roads.save()
    Role.objects.create(person=cast.olga, kind=RoleKind.UNIT_HEAD, unit=roads)
    Unit.objects.create(code="water", name="水利局", name_en="Water Bureau", kind=UnitKind.DEPARTMENT)
    return cast


def page(person: Person | None, address: str, status: int = 200, **fields: str) -> str:
    client = reader(person)
    response = client.post(address, fields) if fields else client.get(address)
    assert response.status_code == status, (address, response.status_code)
    text = response.content.decode()
    assert 'lang="en"' in text or address.endswith(".js")
    return text


def clean(person: Person | None, *addresses: str, status: int = 200) -> None:
    found = {address: chinese_left(page(person, address, status)) for address in addresses}
    assert found == {address: [] for address in addresses}


def test_an_empty_house(db: None) -> None:
    clean(None, "/", "/calendar/", "/cases/", "/people/login/", "/people/login/?staff", "/styleguide/")
    clean(citizen("alice", "13800000011"), "/", "/cases/")
    clean(staff("sam", RoleKind.SUPERVISOR), "/desk/", "/live/plan/")


def test_missing_and_refused_pages(cast: Cast) -> None:
    clean(None, "/nowhere/", "/live/999/", "/cases/20000101-0001/", status=404)
    clean(cast.charlie, "/desk/", "/live/plan/", f"/live/{cast.session.pk}/console/", status=403)
    clean(cast.charlie, f"/live/{cast.session.pk}/studio/", f"/live/{cast.session.pk}/stage/", status=403)


def test_a_planned_broadcast(cast: Cast) -> None:
    asked(cast)
    raise_hand(citizen("eve", "13800000012"), cast.session.pk, uuid4())
    here = f"/live/{cast.session.pk}/"
    clean(None, "/", "/calendar/", here, f"{here}ask/")
    clean(cast.alice, "/", "/calendar/", here, f"{here}ask/")
    clean(cast.lin, f"{here}studio/")
    clean(cast.bob, f"{here}console/")
    clean(cast.sam, "/live/plan/", f"{here}invitations/")


def test_a_seat_and_a_rehearsal(cast: Cast) -> None:
    seat = invite(cast.lin, cast.session.pk, Unit.objects.get(code="jt").pk)
    link = f"/live/{cast.session.pk}/join/{invitation_token(seat)}/"
    clean(cast.olga, link)
    take_seat(cast.olga, cast.session.pk, invitation_token(seat))
    clean(cast.olga, link, f"/live/{cast.session.pk}/cohost/")
    clean(cast.charlie, link)
    clean(cast.lin, f"/live/{cast.session.pk}/invitations/")
    rehearsal = rehearse(cast.lin, cast.session.pk).pk
    clean(cast.lin, f"/live/{rehearsal}/studio/", f"/live/{rehearsal}/")
    clean(cast.lin, f"/live/{rehearsal}/replay/", status=404)
    clean(cast.bob, f"/live/{rehearsal}/console/")


def test_a_broadcast_on_air_and_its_replay(cast: Cast) -> None:
    on_air(cast)
    here = f"/live/{cast.session.pk}/"
    on, written, hidden = (asked(cast, text).question_id for text in ("路灯坏了三盏", "自来水发黄", "广告"))
    move(cast.bob, on, "shortlisted")
    begin_answer(cast.bob, on, 1_000)
    answer_in_writing(cast.bob, written, "已经安排检测。", False)
    hide(cast.bob, hidden, "重复提交")
    raise_hand(cast.alice, cast.session.pk, uuid4())
    clean(None, "/", here, f"{here}ask/", f"{here}replay/")
    clean(cast.alice, "/", here, f"{here}stage/")
    clean(cast.lin, f"{here}studio/")
    clean(cast.bob, f"{here}console/")
    end_answer(cast.bob, on, 9_000)
    end(cast.lin, cast.session.pk)
    clean(None, "/", here, f"{here}replay/", f"{here}ask/")
    clean(cast.alice, "/cases/")


def road(cast: Cast, clerk: Person) -> dict[str, Callable[[int], object]]:
    """The steps of one case in their order; after each of them the pages are read."""
    roads, water = Unit.objects.get(code="jt").pk, Unit.objects.get(code="water").pk
    soon = timezone.localdate() + timedelta(days=9)
    return {
        "accept": lambda pk: appeals.accept(clerk, pk, "request", "路灯", "pressing"),
        "split": lambda pk: appeals.split(clerk, pk, "路面也坏了"),
        "redact": lambda pk: appeals.redact(clerk, pk, "路灯坏了"),
        "dispatch": lambda pk: appeals.dispatch(clerk, pk, roads),
        "sign": lambda pk: appeals.sign(cast.olga, pk),
        "promise": lambda pk: appeals.promise(clerk, pk, "周五前修好", roads, soon),
        "ask_extend": lambda pk: appeals.ask_extend(cast.olga, pk, 2, "等配件"),
        "extend": lambda pk: appeals.extend(cast.sam, pk),
        "ask_suspend": lambda pk: appeals.ask_suspend(cast.olga, pk, "citizen_material"),
        "suspend": lambda pk: appeals.suspend(cast.sam, pk),
        "resume": lambda pk: appeals.resume(cast.olga, pk),
        "joint": lambda pk: appeals.hold_jointly(clerk, pk, [water], "联席会议"),
        "view_identity": lambda pk: appeals.view_identity(clerk, pk, "核实"),
        "reply": lambda pk: appeals.reply(cast.olga, pk, "已更换。"),
        "approve": lambda pk: appeals.approve_reply(cast.olga, pk),
        "evaluate": lambda pk: appeals.evaluate(rating_token(pk, 1), 2, "partly", "还差一盏"),
        "reopen": lambda pk: appeals.reopen_as(cast.sam, pk, "复查"),
    }


def test_a_case_on_its_whole_way(cast: Cast) -> None:
    clerk = staff("clara", RoleKind.CLERK)
    number = asked(cast).case_number
    appeal = Appeal.objects.get(number=number)
    by_code = f"/cases/{number}/?code={query_code(number)}"
    desk = f"/desk/{number}/"
    for step in road(cast, clerk).values():
        step(appeal.pk)
        clean(None, by_code)
        clean(cast.sam, desk)
    clean(clerk, "/desk/?tab=unit", "/desk/?tab=call_back", desk)
    clean(cast.olga, "/desk/", "/desk/?q=none", desk)
    for cycle in (1, 2):
        clean(None, f"/cases/{number}/rate/{rating_token(appeal.pk, cycle)}/")


def test_errors_of_forms_are_english(cast: Cast) -> None:
    number = asked(cast).case_number
    ask, login = f"/live/{cast.session.pk}/ask/", "/people/login/"
    wrong = [
        page(None, ask, 400, text="", phone="1"),
        page(None, login, 403, username="lin", password="wrong"),
        page(None, "/people/code/", 400, phone="12"),
        page(None, "/people/verify/", 400, phone="13800000011", code="000000"),
        page(None, "/cases/", 400, number=number, code="XXXXXXXX"),
        page(cast.sam, "/live/plan/", 400, title=""),
        page(cast.sam, f"/desk/{number}/dispatch/", 403, **{"dispatch-unit_id": "1"}),
    ]
    assert [chinese_left(text) for text in wrong] == [[] for _text in wrong]


def test_sentences_of_page_modules_come_in_english(db: None) -> None:
    words = reader(None).get("/words.js").content.decode()
    assert '"Connecting' in words


def test_the_way_back_to_chinese_counts_as_no_chinese_left_on_a_page() -> None:
    words = chinese_words()
    assert LANGUAGE_BUTTON not in words and "首页" in words
