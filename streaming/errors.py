"""What can be refused, and whose fault it is.

Codes: `bad_command`, `bad_sdp` (the client is broken), `no_peer`, `no_room` (it came too late),
`full`, `too_many` (try later, or go to HLS), `closed` (the worker is going down).
"""

from typing import Literal

Code = Literal["bad_command", "bad_sdp", "no_peer", "no_room", "full", "too_many", "closed"]


class StreamingError(Exception):
    """A refusal with a code for machines and one English sentence for logs."""

    def __init__(self, code: Code, message: str = "") -> None:
        super().__init__(message or code)
        self.code: Code = code
        self.message = message or code
