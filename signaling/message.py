"""What every message of a browser has in common."""

from dataclasses import dataclass
from typing import ClassVar

TEXT_LIMIT = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What all have in common: `id`, chosen by the client, comes back as `re` of the answer."""

    type: ClassVar[str] = ""
    id: str | int | None = None
