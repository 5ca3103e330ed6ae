"""The seal on the story: each event carries a keyed hash over itself and the hash of the one before it."""

import hashlib
import hmac
import json
from collections.abc import Mapping

FIRST = ""


def link(key: bytes, previous: str, fields: Mapping[str, object]) -> str:
    """64 hex digits over `previous` and the canonical JSON of `fields` (text, whole numbers, booleans, null).

    Keyed, so that who can write to the database but not read the key cannot forge a chain.
    """
    body = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hmac.new(key, f"{previous}\n{body}".encode(), hashlib.sha256).hexdigest()
