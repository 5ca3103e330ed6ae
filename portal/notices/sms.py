"""Ways a short message leaves the house. Further gateways are classes of the same shape, named in
SMS_BACKEND.
"""

import sys
from typing import ClassVar


class ConsoleBackend:
    """For demonstrations: the message appears on the terminal that runs the server."""

    def send(self, phone: str, text: str) -> None:
        sys.stderr.write(f"SMS → {phone}: {text}\n")
        sys.stderr.flush()


class MemoryBackend:
    """For tests: the messages of this process, newest last."""

    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, phone: str, text: str) -> None:
        self.sent.append((phone, text))
