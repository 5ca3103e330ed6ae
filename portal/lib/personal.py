"""Personal data inside what somebody typed: found by form, so that it is marked before it is shown. Pure.

What is certain enough is masked in the first public copy; an address is only marked, because villages and
roads are what most questions are about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"
    TELEPHONE = "telephone"
    PLATE = "plate"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Found:
    """`text[begin:end]` looks like `kind`."""

    kind: PersonalKind
    begin: int
    end: int


_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_CHINESE_NUMBER = "0-9０-９一二三四五六七八九十百零〇"
# Numbers of people are typed with full-width digits, spaces and dashes too; a form allows them in between.
_DIGIT = "[0-9０-９]"
_GAP = r"[ \-—‐－]?"
# In this order: a longer number is not also a shorter one inside it.
_FORMS: tuple[tuple[PersonalKind, re.Pattern[str]], ...] = (
    (
        PersonalKind.ID_NUMBER,
        re.compile(
            rf"(?<![0-9０-９]){_DIGIT}{{6}}{_GAP}{_DIGIT}{{8}}{_GAP}{_DIGIT}{{3}}[0-9０-９XxＸｘ](?![0-9０-９])"
        ),
    ),
    (
        PersonalKind.BANK_CARD,
        re.compile(rf"(?<![0-9０-９])(?:{_DIGIT}[ \-]?){{15,18}}{_DIGIT}(?![0-9０-９])"),
    ),
    (
        PersonalKind.MOBILE,
        re.compile(
            rf"(?<![0-9０-９])[1１][3-9３-９]{_DIGIT}{_GAP}{_DIGIT}{{4}}{_GAP}{_DIGIT}{{4}}(?![0-9０-９])"
        ),
    ),
    (
        PersonalKind.TELEPHONE,
        re.compile(rf"(?<![0-9０-９])[0０]{_DIGIT}{{2,3}}[ \-—－)）]?{_DIGIT}{{7,8}}(?![0-9０-９])"),
    ),
    (
        PersonalKind.PLATE,
        re.compile(
            rf"[{_PROVINCES}][A-HJ-NP-Za-hj-np-z][·•\s\-]?[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[A-HJ-NP-Za-hj-np-z0-9学警港澳挂](?![A-Za-z0-9])"
        ),
    ),
    (
        PersonalKind.ADDRESS,
        re.compile(
            rf"(?:[{_CHINESE_NUMBER}A-Za-z]{{1,6}}(?:号楼|栋|幢|座|单元|组|号院?)\s*){{1,3}}[{_CHINESE_NUMBER}]{{1,5}}(?:室|户|号|楼|层)"
            rf"|(?<=[路街巷弄村庄道])[{_CHINESE_NUMBER}]{{1,5}}号(?!公路|线|文件|人)"
        ),
    ),
)
_NARROW = {ord("０") + place: ord("0") + place for place in range(10)} | {
    ord("Ｘ"): ord("X"),
    ord("ｘ"): ord("x"),
}
# GB 11643-1999: weights of the first seventeen digits, and the check sign for their sum modulo eleven.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"


def _digits(text: str) -> str:
    return re.sub(r"[^0-9Xx]", "", text.translate(_NARROW)).upper()


def is_id_number(digits: str) -> bool:
    """Whether eighteen signs carry a true check sign (GB 11643-1999, ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dX]", digits):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECK_SIGNS[total % 11] == digits[17]


def is_card_number(digits: str) -> bool:
    """Luhn's sum (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return digits.isdigit() and total % 10 == 0


def _holds(kind: PersonalKind, text: str) -> bool:
    digits = _digits(text)
    if kind is PersonalKind.ID_NUMBER:
        # Mistyped is as personal: a plausible date of birth is enough.
        return (
            is_id_number(digits)
            or re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])", digits[6:14]) is not None
        )
    if kind is PersonalKind.BANK_CARD:
        return 16 <= len(digits) <= 19 and is_card_number(digits)
    return True


def _all(text: str) -> Iterator[Found]:
    taken: list[tuple[int, int]] = []
    for kind, form in _FORMS:
        for match in form.finditer(text):
            begin, end = match.span()
            if any(begin < to and start < end for start, to in taken) or not _holds(kind, match[0]):
                continue
            taken.append((begin, end))
            yield Found(kind, begin, end)


def personal_data(text: str) -> list[Found]:
    """What looks like personal data, in the order of the text; spans do not overlap."""
    return sorted(_all(text), key=lambda found: found.begin)


# How many signs at either end stay readable, so that a clerk knows which number is meant.
_KEPT = {
    PersonalKind.ID_NUMBER: (4, 4),
    PersonalKind.BANK_CARD: (0, 4),
    PersonalKind.MOBILE: (3, 4),
    PersonalKind.TELEPHONE: (4, 2),
    PersonalKind.PLATE: (2, 1),
}


def masked(text: str) -> str:
    """`text` with numbers of people, cards, telephones and cars starred; addresses stay."""
    pieces: list[str] = []
    at = 0
    for found in personal_data(text):
        if found.kind is PersonalKind.ADDRESS:
            continue
        head, tail = _KEPT[found.kind]
        whole = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]", "", text[found.begin : found.end].translate(_NARROW))
        pieces += [
            text[at : found.begin],
            whole[:head],
            "*" * (len(whole) - head - tail),
            whole[len(whole) - tail :],
        ]
        at = found.end
    return "".join([*pieces, text[at:]])
