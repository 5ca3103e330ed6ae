"""The door to the SMS gateway: one small interface, chosen by SMS_BACKEND."""

from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


class SmsFailed(Exception):
    """The gateway did not take the message; it may later."""


class SmsBackend(Protocol):
    def send(self, phone: str, text: str) -> None:
        """Hand `text` over for `phone` (eleven digits). Raises `SmsFailed`."""


def gateway() -> SmsBackend:
    return cast(SmsBackend, import_string(settings.SMS_BACKEND)())
