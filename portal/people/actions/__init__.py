"""What changes people: one-time codes, the citizen they confirm, accounts, and the opening of a sealed identity."""

from portal.people.actions.accounts import (
    RevealedIdentity,
    check_password,
    leave_everywhere,
    reveal_identity,
    set_large_print,
)
from portal.people.actions.citizens import (
    NAME_LENGTH,
    VILLAGE_LENGTH,
    Guardian,
    ask_guardian,
    confirm_code,
    note_contact,
)
from portal.people.actions.codes import (
    BETWEEN_SENDS,
    BadPhone,
    ExpiredCode,
    TooManyTries,
    WrongCode,
    bad_phone,
    send_code,
)

__all__ = [
    "BETWEEN_SENDS",
    "NAME_LENGTH",
    "VILLAGE_LENGTH",
    "BadPhone",
    "ExpiredCode",
    "Guardian",
    "RevealedIdentity",
    "TooManyTries",
    "WrongCode",
    "ask_guardian",
    "bad_phone",
    "check_password",
    "confirm_code",
    "leave_everywhere",
    "note_contact",
    "reveal_identity",
    "send_code",
    "set_large_print",
]
