"""What happened, told after the commit.

The civic rooms name what happened; which wire carries it (channel layer, pipe to the parent process, nothing in a
test) is the main's business and set once per process with `set_carrier`. A message that is lost costs nothing but
time: it says which revision is there, and whoever missed it asks again.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

Message = dict[str, Any]
Carrier = Callable[[str, Message], None]

log = logging.getLogger(__name__)


def _nobody_listens(topic: str, message: Message) -> None:
    log.debug("nobody listens to %s (%s)", topic, message.get("type"))


_carrier: Carrier = _nobody_listens


def set_carrier(carrier: Carrier | None) -> None:
    """Every later `tell` of this process goes through `carrier(topic, message)`; None: to nobody."""
    global _carrier
    _carrier = carrier or _nobody_listens


def tell(topic: str, message: Message) -> None:
    """Announce `message` (JSON-able, with a "type") on `topic` once the current transaction has committed."""
    transaction.on_commit(lambda: _carrier(topic, message), robust=True)
