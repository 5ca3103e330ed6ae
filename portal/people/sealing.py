"""Seals what may not be read in the database (Fernet), and hashes what must be found again (HMAC-SHA256)."""

import hashlib
import hmac
import re
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.crypto import salted_hmac

MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")


@lru_cache(maxsize=4)
def _fernet(key: bytes) -> Fernet:
    return Fernet(key)


def seal(text: str) -> str:
    """Fernet token of `text`; the empty text stays empty."""
    return _fernet(settings.IDENTITY_KEY).encrypt(text.encode()).decode("ascii") if text else ""


def unseal(token: str) -> str:
    """The text of `seal`. Raises `cryptography.fernet.InvalidToken` when the key is another one."""
    return _fernet(settings.IDENTITY_KEY).decrypt(token.encode("ascii")).decode() if token else ""


def normal_phone(typed: str) -> str | None:
    """Eleven digits of a mainland mobile number however it was typed (spaces, dashes, full-width, +86),
    else None.
    """
    # NFKC would do more than digits need; full-width digits and signs sit at a fixed distance from ASCII.
    narrow = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in typed)
    bare = re.sub(r"[\s\-()]", "", narrow)
    bare = re.sub(r"^(?:\+86|0086|86(?=1\d{10}$))", "", bare)
    return bare if MAINLAND_MOBILE.fullmatch(bare) else None


def phone_hash(phone: str) -> str:
    """64 hex digits. Keyed, because eleven digits alone are guessed in minutes."""
    return hmac.new(settings.IDENTITY_KEY, b"phone:" + phone.encode(), hashlib.sha256).hexdigest()


def code_hash(phone_hashed: str, code: str) -> str:
    return salted_hmac("people.phone-code", f"{phone_hashed}:{code}", algorithm="sha256").hexdigest()
