"""What a handler is given."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from signaling.client import Client
from signaling.orm.people import Rights
from signaling.parts import Parts
from signaling.protocol import Message

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Request(Generic[M]):
    parts: Parts
    client: Client
    message: M
    rights: Rights

    @property
    def session_id(self) -> int:
        return self.client.session_id

    @property
    def session(self) -> str:
        """The session's name in media commands."""
        return str(self.client.session_id)

    @property
    def person_id(self) -> int:
        """Of a person the gate has let through as one."""
        if self.rights.person_id is None:
            raise ValueError("the gate let nobody through where a person is needed")
        return self.rights.person_id
