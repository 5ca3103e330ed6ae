"""Opening a case by its number and query code, at a pace that leaves nothing to guess."""

from portal.appeals.models import Appeal
from portal.appeals.queries.stories import appeal_by_code
from portal.appeals.sealing import code_opens
from portal.lib.errors import NotFound
from portal.lib.pace import Pace

# Wrong codes only. One address may belong to a whole village, one number only to its citizen.
WRONG_PER_NUMBER = Pace("query-number", limit=10, seconds=900)
WRONG_PER_ADDRESS = Pace("query-address", limit=40, seconds=900)


def _check(number: str, origin: str) -> None:
    # Asked before the code is looked at, also for a right one: the refusal must not tell which it was.
    WRONG_PER_NUMBER.check(number)
    WRONG_PER_ADDRESS.check(origin)


def _wrong(number: str, origin: str) -> None:
    WRONG_PER_NUMBER.count(number)
    WRONG_PER_ADDRESS.count(origin)


def look_up(number: str, code: str, origin: str) -> Appeal:
    """The case that number and query code open, for who asks from the network address `origin`.

    Raises `NotFound` when one of the two is wrong, `RateLimited` after too many wrong ones.
    """
    number = "".join(number.split())
    _check(number, origin)
    try:
        return appeal_by_code(number, code)
    except NotFound:
        _wrong(number, origin)
        raise


def code_proves(appeal: Appeal, code: str, origin: str) -> bool:
    """Does the code in an address open `appeal`? No code proves nothing and costs nothing.

    Raises `RateLimited` after too many wrong ones.
    """
    if not code:
        return False
    _check(appeal.number, origin)
    if code_opens(appeal.number, code):
        return True
    _wrong(appeal.number, origin)
    return False
