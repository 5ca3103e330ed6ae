"""Keys to a case that need no table: the query code and the rating link are derived, so a repeat gives the
same.
"""

import hashlib
import hmac

from django.conf import settings
from django.utils.crypto import constant_time_compare

from portal.lib.personal import masked

# Thirty-two signs that are not mistaken for one another on paper or on the telephone: no 0/O, no 1/I.
READABLE = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
TOKEN_LENGTH = 13


def _digest(purpose: str, text: str) -> bytes:
    # IDENTITY_KEY, not SECRET_KEY: the codes citizens hold must outlive a rotation of the web secret.
    return hmac.new(settings.IDENTITY_KEY, f"appeals.{purpose}:{text}".encode(), hashlib.sha256).digest()


def _readable(digest: bytes, length: int) -> str:
    return "".join(READABLE[byte & 31] for byte in digest[:length])


def chain_key() -> bytes:
    return _digest("chain", "events")


def query_code(number: str) -> str:
    """Eight readable signs that open case `number` without a log-in."""
    return _readable(_digest("query", number), CODE_LENGTH)


def code_opens(number: str, typed: str) -> bool:
    """Is `typed` (any case, spaces and dashes allowed) the query code of `number`?"""
    bare = "".join(typed.upper().split()).replace("-", "")
    return constant_time_compare(bare, query_code(number))


def rating_token(appeal_id: int, cycle: int) -> str:
    """The last part of a rating link: case, cycle and thirteen signs that prove it was us who sent it."""
    proof = _readable(_digest("rate", f"{appeal_id}.{cycle}"), TOKEN_LENGTH)
    return f"{appeal_id}-{cycle}-{proof}"


def read_rating_token(token: str) -> tuple[int, int] | None:
    """(appeal id, cycle) of a genuine token, else None."""
    parts = token.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts[:2]):
        return None
    appeal_id, cycle = int(parts[0]), int(parts[1])
    return (appeal_id, cycle) if constant_time_compare(token, rating_token(appeal_id, cycle)) else None


def redacted(text: str) -> str:
    """`text` with numbers of people, cards, telephones and cars masked: the first public copy, before a clerk
    reads it."""
    return masked(text)
