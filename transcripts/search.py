"""Exact search in Chinese and English text on SQLite and PostgreSQL, without an extension.

SQLite's trigram tokenizer finds nothing for two-character words, and neither database cuts Chinese into
words. So the text becomes a sequence of *units* (one Chinese character, or one run of other letters and
digits) and the index holds every pair of neighbours; a term of n units is the phrase of its n−1 pairs,
which is exact. Single units are added for terms of one unit. Tokens are written in hexadecimal: both
databases' parsers then see plain words, whatever the alphabet and however new the character, and no two
different pairs share a token.
"""

import re
import unicodedata

from django.db.models.expressions import RawSQL

MAX_TERMS = 8
MAX_UNIT = 64
_IDEOGRAPH = (
    "\u2e80-\u2fdf\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
)
_UNIT = re.compile(f"[{_IDEOGRAPH}]|[^\\W_{_IDEOGRAPH}]+")


def units(text: str) -> list[str]:
    """`text` as comparable units: width and case are levelled, punctuation and spaces are gone."""
    levelled = unicodedata.normalize("NFKC", text).casefold()
    return [found[:MAX_UNIT] for found in _UNIT.findall(levelled)]


def _token(*pair: str) -> str:
    return "z".join("h" + unit.encode("utf-8", "surrogatepass").hex() for unit in pair)


def _pairs(row: list[str]) -> list[str]:
    return [_token(a, b) for a, b in zip(row, row[1:], strict=False)]


def index_text(text: str) -> str:
    """What the index stores for `text`: its pairs in order, then its single units."""
    row = units(text)
    return " ".join(_pairs(row) + [_token(unit) for unit in row])


def phrases(wanted: str) -> list[str]:
    """The token phrases that must all occur, one per space-separated term of `wanted`; empty: nothing to
    look for.
    """
    found = []
    for term in wanted.split()[:MAX_TERMS]:
        row = units(term)
        if row:
            found.append(" ".join(_pairs(row) or [_token(row[0])]))
    return found


def matching_ids(vendor: str, found: list[str]) -> RawSQL:
    """Sub-query of the ids of the cues that contain all phrases; the only place that knows two databases."""
    if vendor == "sqlite":
        query = " AND ".join(f'"{phrase}"' for phrase in found)
        sql = "SELECT rowid FROM transcripts_cue_grams WHERE transcripts_cue_grams MATCH %s"
        return RawSQL(sql, [query])
    condition = " AND ".join(["to_tsvector('simple', grams) @@ phraseto_tsquery('simple', %s)"] * len(found))
    return RawSQL(f"SELECT id FROM transcripts_cue WHERE {condition}", found)
