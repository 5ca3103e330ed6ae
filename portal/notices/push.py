"""Messages to a browser (Web Push: RFC 8030, sealed by RFC 8291, signed by RFC 8292). Off without a key."""

import base64
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

TIMEOUT_S = 10
# Seconds the push service keeps a message for a telephone without signal: a reminder is of no use the day after.
KEEP_S = 3600


class PushFailed(Exception):
    pass


class Gone(PushFailed):
    """The browser does not listen any more: the address is to be forgotten."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a browser gives: where to send, and the two keys (base64url) to seal with."""

    endpoint: str
    p256dh: str
    auth: str


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@lru_cache(maxsize=2)
def _signer(key: str) -> Any:
    from py_vapid import Vapid02

    return Vapid02.from_string(key)


def public_key() -> str:
    """What browsers subscribe with: the uncompressed point in base64url; empty while push is off."""
    if not settings.VAPID_PRIVATE_KEY:
        return ""
    public = _signer(settings.VAPID_PRIVATE_KEY).public_key
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def is_sound(address: Address) -> bool:
    """Is this an address of a push service we know, with keys of the right length? Anything else would let a
    visitor choose where our server sends requests."""
    parts = urlsplit(address.endpoint)
    host = parts.hostname or ""
    known = any(host == name or host.endswith(f".{name}") for name in settings.PUSH_HOSTS)
    try:
        lengths = len(_bytes(address.p256dh)), len(_bytes(address.auth))
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and host == "127.0.0.1")
    return known and secure and lengths == (65, 16) and len(address.endpoint) <= 800


def deliver(address: Address, message: dict[str, str]) -> None:
    """Raises `Gone` or `PushFailed`."""
    # Only the clerk sends; the web process need not load an HTTP client.
    import requests
    from pywebpush import WebPushException, webpush

    try:
        webpush(
            {"endpoint": address.endpoint, "keys": {"p256dh": address.p256dh, "auth": address.auth}},
            json.dumps(message, ensure_ascii=False),
            vapid_private_key=_signer(settings.VAPID_PRIVATE_KEY),
            vapid_claims={"sub": settings.VAPID_SUBJECT},
            ttl=KEEP_S,
            timeout=TIMEOUT_S,
            headers={"Urgency": "high"},
        )
    except WebPushException as error:
        status = error.response.status_code if error.response is not None else 0
        raise (Gone if status in (404, 410) else PushFailed)(str(status)) from None
    except (requests.RequestException, ValueError) as error:
        raise PushFailed(type(error).__name__) from None
