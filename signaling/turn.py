"""Relays for networks that let neither UDP nor our TCP port through: coturn with time-limited credentials.

The form is that of coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): the user name is the second at
which it ends, then a name; the password is HMAC-SHA1 of the user name under the shared secret, in Base64.
"""

import base64
import hmac
import time
from typing import Any

from django.conf import settings

LIFETIME = 6 * 3600  # s: longer than a broadcast; a relay that was allocated in time goes on


def ice_servers(name: str) -> list[dict[str, Any]]:
    """For `RTCPeerConnection`, good for six hours and for the owner called `name`; empty when none is configured."""
    if not settings.TURN_URLS or not settings.TURN_SECRET:
        return []
    return [credentials(settings.TURN_URLS, settings.TURN_SECRET, name, time.time() + LIFETIME)]


def credentials(urls: list[str], secret: str, name: str, until: float) -> dict[str, Any]:
    """One RTCIceServer whose credentials end at the Unix second `until`."""
    username = f"{int(until)}:{name}"
    password = base64.b64encode(hmac.digest(secret.encode(), username.encode(), "sha1")).decode()
    return {"urls": urls, "username": username, "credential": password}
