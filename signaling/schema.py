"""Checks on single fields of a message: right type, right size, or a refusal that names the field.

A check is a callable of (name, value) and stands in the field's annotation: `Annotated[str, Text(60)]`.
Nothing is converted silently, except that a UUID gets its canonical spelling.
"""

import dataclasses
import math
import typing
import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from django.utils.translation import gettext as _

from signaling.errors import Refusal

Check = Callable[[str, object], Any]
# Whole numbers beyond this are not exact in a browser.
SAFE_INTEGER = 2**53 - 1
SDP_LIMIT = 48 * 1024


def bad(name: str, expected: str) -> Refusal:
    return Refusal("bad_message", _("字段 %(name)s 应为 %(expected)s") % {"name": name, "expected": expected})


@dataclass(frozen=True, slots=True)
class Text:
    """A string of `least` to `most` characters that a database can store: no NUL, no half surrogate pair."""

    most: int
    least: int = 0

    def __call__(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            raise bad(name, "string")
        if len(value) > self.most:
            raise Refusal(
                "too_big", _("字段 %(name)s 超过 %(most)d 个字符") % {"name": name, "most": self.most}
            )
        if len(value) < self.least:
            raise bad(name, f"string of at least {self.least} characters")
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise bad(name, "text without NUL and lone surrogates")
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`; true and 1.0 are not whole numbers."""

    least: int = 0
    most: int = SAFE_INTEGER

    def __call__(self, name: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise bad(name, f"integer {self.least}…{self.most}")
        return value


@dataclass(frozen=True, slots=True)
class OneOf:
    words: tuple[str, ...]

    def __call__(self, name: str, value: object) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise bad(name, "|".join(self.words))
        return value


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one to `most` values, each checked by `one`; a value named twice counts once."""

    one: Check
    most: int

    def __call__(self, name: str, value: object) -> tuple[Any, ...]:
        if not isinstance(value, list) or not 1 <= len(value) <= self.most:
            raise bad(name, f"list of 1…{self.most}")
        return tuple(dict.fromkeys(self.one(name, each) for each in value))


def uuid(name: str, value: object) -> str:
    if isinstance(value, str) and len(value) == 36:
        try:
            return str(uuids.UUID(value))
        except ValueError:
            pass
    raise bad(name, "UUID")


def yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise bad(name, "true|false")
    return value


def number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise bad(name, "number")
    return value


def day(name: str, value: object) -> date:
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise bad(name, "date YYYY-MM-DD")


Uuid = Annotated[str, uuid]
YesNo = Annotated[bool, yes_or_no]
Number = Annotated[float, number]
Id = Annotated[int, Whole(1)]
Ids = Annotated[tuple[int, ...], Many(Whole(1), 50)]
Revision = Annotated[int, Whole()]
Peer = Annotated[str, Text(100, least=1)]
Sdp = Annotated[str, Text(SDP_LIMIT, least=1)]
Village = Annotated[str, Text(60)]


@dataclass(frozen=True, slots=True)
class Field:
    """How a field on the wire is checked, and what it is called in Python."""

    attribute: str
    check: Check
    required: bool


def _check_of(annotation: Any) -> Check:
    """The check inside `Annotated[T, check]` or `Annotated[T, check] | None`."""
    found = getattr(annotation, "__metadata__", None)
    if found:
        check: Check = found[0]
        return check
    return next(_check_of(part) for part in typing.get_args(annotation) if part is not type(None))


def fields_of(kind: Any, leave_out: str) -> dict[str, Field]:
    """Name on the wire → field of a message's dataclass; the wire's `as` is Python's `as_`."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return {
        field.name.rstrip("_"): Field(
            field.name, _check_of(hints[field.name]), field.default is dataclasses.MISSING
        )
        for field in dataclasses.fields(kind)
        if field.name != leave_out
    }
