"""`parse` on anything at all: a message or a refusal, never another exception."""

import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling import protocol
from signaling.errors import CODES, Refusal

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELD_NAMES = sorted({name for fields in protocol.FIELDS.values() for name in fields} | {"id", "other"})


def parsed(text: str) -> protocol.Message | None:
    try:
        return protocol.parse(text)
    except Refusal as refusal:
        assert refusal.code in CODES
        assert refusal.message
        return None


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    parsed(text)


@given(anything)
def test_any_json(value: Any) -> None:
    parsed(json.dumps(value))


@given(st.sampled_from(sorted(protocol.TYPES)), st.dictionaries(st.sampled_from(FIELD_NAMES), anything))
def test_any_values_in_the_right_fields(kind: str, fields: dict[str, Any]) -> None:
    found = parsed(json.dumps({**fields, "type": kind}))
    if found is not None:
        assert found.type == kind
        for name, field in protocol.FIELDS[type(found)].items():
            value = getattr(found, field.attribute)
            assert value is None or isinstance(value, str | int | float), name


@given(st.text(max_size=2000).filter(lambda text: text and "\0" not in text))
def test_a_question_arrives_as_it_was_written(text: str) -> None:
    found = parsed(json.dumps({"type": "ask", "uuid": str(uuid.UUID(int=7)), "text": text, "new": [1]}))
    assert isinstance(found, protocol.Ask)
    assert found.text == text
    assert found.village == ""


def test_the_answer_can_be_matched_to_a_broken_message() -> None:
    with pytest.raises(Refusal) as caught:
        protocol.parse('{"type": "vote", "id": "q-1"}')
    assert caught.value.re == "q-1"


@pytest.mark.parametrize("identity", [True, 1.5, [], {}, "x" * 65, "a\nb", 2**60])
def test_an_unfit_id_is_left_out(identity: Any) -> None:
    assert protocol.parse(json.dumps({"type": "watch", "id": identity})).id is None


def test_the_wires_as_is_a_field() -> None:
    found = protocol.parse('{"type": "same", "question": 1, "as": 2}')
    assert isinstance(found, protocol.Same)
    assert (found.question, found.as_) == (1, 2)


def test_a_uuid_gets_its_canonical_spelling() -> None:
    found = protocol.parse(
        json.dumps({"type": "hello", "role": "viewer", "tab": "0B" * 4 + "-0b0b" * 3 + "-" + "0B" * 6})
    )
    assert isinstance(found, protocol.Hello)
    assert found.tab == found.tab.lower()
