"""Personal data in a question: found by its form, masked for the public, and nothing found where there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.personal import PersonalKind, is_card_number, is_id_number, masked, personal_data
from portal.questions import actions
from portal.questions.console import console_rows
from portal.questions.queries import wall
from signaling.orm.media import _wanted
from tests.live.cast import Cast, asked, on_air


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("我的电话13800000011，请联系", PersonalKind.MOBILE, "13800000011"),
        ("电话 138-0000-0011", PersonalKind.MOBILE, "138-0000-0011"),
        ("１３８００００００１１ 张三", PersonalKind.MOBILE, "１３８００００００１１"),
        ("打0838-1234567没人接", PersonalKind.TELEPHONE, "0838-1234567"),
        ("身份证11010519491231002X", PersonalKind.ID_NUMBER, "11010519491231002X"),
        ("身份证 110105 19491231 0021", PersonalKind.ID_NUMBER, "110105 19491231 0021"),
        ("卡号6222 0212 3456 7890 128被扣", PersonalKind.BANK_CARD, "6222 0212 3456 7890 128"),
        ("川A·12345天天挡路", PersonalKind.PLATE, "川A·12345"),
        ("住柳湾村3组12号", PersonalKind.ADDRESS, "3组12号"),
        ("5号楼2单元301室漏水", PersonalKind.ADDRESS, "5号楼2单元301室"),
    ],
)
def test_personal_data_is_found_where_it_stands(text: str, kind: PersonalKind, found: str) -> None:
    (one,) = personal_data(text)
    assert (one.kind, text[one.begin : one.end]) == (kind, found)


@pytest.mark.parametrize(
    "text",
    [
        "3号公路塌了，什么时候修？",
        "诉求20261123-0042办得怎么样了",
        "2026年11月25日19点30分停的水",
        "12345热线打不通，G318国道堵了",
        "订单1234567890123456没有发货",
        "全村500号人都没有水",
    ],
)
def test_ordinary_numbers_are_not_taken_for_personal_data(text: str) -> None:
    assert personal_data(text) == []


def test_check_signs_of_numbers() -> None:
    assert is_id_number("11010519491231002X") and not is_id_number("110105194912310021")
    assert is_card_number("6222021234567890128") and not is_card_number("1234567890123456")


def test_masking_leaves_addresses_and_stars_the_rest() -> None:
    text = "我住柳湾村3组12号，电话13800000011，车牌川A12345"
    assert masked(text) == "我住柳湾村3组12号，电话138****0011，车牌川A****5"


@given(st.text(alphabet=st.sampled_from("0123456789０１３xX川A村组号路 -张，"), max_size=60))
def test_spans_are_in_order_and_apart_and_masking_finds_nothing_twice(text: str) -> None:
    spans = [(found.begin, found.end) for found in personal_data(text)]
    assert all(0 <= begin < end <= len(text) for begin, end in spans)
    assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))
    masked(text)


def test_the_console_marks_what_the_public_never_reads(cast: Cast) -> None:
    pk = asked(cast, "请打13800000011，路灯坏了").question_id
    (row,) = console_rows(cast.session.pk)
    assert row["text"] == "请打13800000011，路灯坏了"
    assert row["personal"] == [{"kind": "mobile", "begin": 2, "end": 13}]
    actions.set_public_text(cast.bob, pk, "路灯坏了")
    actions.move(cast.bob, pk, "shortlisted")
    assert [shown["text"] for shown in wall(cast.session.pk)] == ["路灯坏了"]
    (row,) = console_rows(cast.session.pk)
    assert (row["text"], row["public_text"]) == ("请打13800000011，路灯坏了", "路灯坏了")


def test_the_picture_shows_the_public_words_only(cast: Cast) -> None:
    """The lower third is drawn from what the media process is told."""
    pk = asked(on_air(cast), "请打13800000011，路灯坏了").question_id
    actions.begin_answer(cast.bob, pk, 1_000)
    question = _wanted(cast.session.pk)
    assert question is not None and question.question is not None
    assert question.question.text == "请打138****0011，路灯坏了"
