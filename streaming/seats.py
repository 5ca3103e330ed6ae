"""Where one viewer stands in one offered stream: whose packets it gets, and how it counts them. Pure.

A change of layer shows as no gap: the viewer's numbers go on behind the last packet of the layer before, and
what it asks again from before the change is forgotten.
"""

from streaming.clock import unwrap_sequence
from streaming.outgoing import OutgoingStream
from streaming.rewriting import first_offset


class Seat:
    """See the module's text. `stream` is None while nothing is sent, `waits_for` the layer that comes next."""

    def __init__(self) -> None:
        self.stream: OutgoingStream | None = None
        self.waits_for: OutgoingStream | None = None
        self._offset = 0  # endless: our number + offset is the viewer's
        self._first = 0  # the viewer's number at the last change
        self._next: int | None = None  # the viewer's number that comes next, once it had any

    def sit(self, stream: OutgoingStream, index: int) -> int:
        """Begin with the packet `index` of `stream`; the 16-bit offset of all its numbers."""
        self.leave()
        self._offset = first_offset(index & 0xFFFF) if self._next is None else self._next - index
        self._first = index + self._offset
        self.stream, self.waits_for = stream, None
        return self.offset

    def leave(self) -> None:
        """Nothing more of the stream. Everything of it must have been sent before."""
        if self.stream is not None:
            self._next = self.stream.next_index + self._offset
            self.stream = None

    @property
    def offset(self) -> int:
        """What is added to our numbers, modulo 65536."""
        return self._offset & 0xFFFF

    @property
    def began_before(self) -> bool:
        """Whether the viewer has had packets already: its numbers must go on."""
        return self._next is not None or self.stream is not None

    def index(self, sequence: int) -> int | None:
        """Our number of the packet that the viewer knows by this 16-bit one; None from before the last change."""
        if self.stream is None:
            return None
        number = unwrap_sequence(sequence, self.stream.next_index - 1 + self._offset)
        return number - self._offset if number >= self._first else None
