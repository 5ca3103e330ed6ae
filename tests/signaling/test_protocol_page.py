"""PROTOCOL.md says what the code does: every message, field and error code stands in both."""

import dataclasses
import re
from pathlib import Path

import signaling
from signaling.answers import TOLD, Answer
from signaling.errors import CODES
from signaling.gate import NEEDS
from signaling.handlers import HANDLERS
from signaling.protocol import FIELDS, TYPES

PAGE = (Path(signaling.__file__).parent / "PROTOCOL.md").read_text()


def section(title: str) -> str:
    return re.split(r"^## ", PAGE.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def table(title: str) -> dict[str, list[str]]:
    """First column → the other cells, of the first table in a section."""
    rows = [line.strip("|").split("|") for line in section(title).splitlines() if line.startswith("| `")]
    return {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in rows}


def named(cell: str) -> set[str]:
    return set(re.findall(r"`([a-z_?]+)`", cell))


def test_every_client_message_is_on_the_page_with_its_fields() -> None:
    page = table("Messages of the client")
    assert set(page) == set(TYPES)
    for kind, message in TYPES.items():
        fields = {name if field.required else f"{name}?" for name, field in FIELDS[message].items()}
        assert named(page[kind][0]) == fields, kind


def test_every_answer_of_the_server_is_on_the_page_with_its_fields() -> None:
    page = table("Messages of the server")
    sent: dict[str, set[str]] = {kind: set(fields) for kind, fields in TOLD.items()}
    for answer in Answer.__subclasses__():
        sent.setdefault(answer.type, set()).update(field.name for field in dataclasses.fields(answer))
    assert set(page) == set(sent)
    for kind, fields in sent.items():
        first = page[kind][0]
        assert fields <= named(first), kind
        assert named(first) - fields <= {"accept", "since"}, kind


def test_every_error_code_is_on_the_page() -> None:
    assert set(table("Errors")) == CODES


def test_every_message_has_a_handler_and_a_right() -> None:
    assert set(HANDLERS) == set(NEEDS) == set(TYPES.values())
