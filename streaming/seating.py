"""Which viewer gets which layer of which stream, and how it comes from one to another."""

from collections.abc import Callable

from streaming.fanout import Fanout
from streaming.ladder import pick
from streaming.outgoing import OutgoingStream, OutPacket
from streaming.seats import Seat
from streaming.slots import Slot
from streaming.viewer import Viewer


class Seating:
    """Viewers of a room. `want_key` asks whoever fills a picture for a key frame."""

    def __init__(self, fanout: Fanout, want_key: Callable[[OutgoingStream], None]) -> None:
        self._fanout = fanout
        self._want_key = want_key
        self._waiting: dict[OutgoingStream, dict[Viewer, None]] = {}

    def waits(self, stream: OutgoingStream) -> bool:
        """Whether somebody waits for a beginning of `stream`."""
        return bool(self._waiting.get(stream))

    def enter(self, viewer: Viewer, slot: Slot) -> None:
        """A new viewer: the picture at once if its beginning is kept, otherwise from the next key frame on."""
        self._wait(viewer, viewer.seat(slot.sound.offered), slot.sound)
        layer = pick(viewer.ladder.rung, slot.layers)
        stream = slot.pictures[layer] if layer is not None else None
        gop = stream.gop() if stream is not None else None
        if stream is None or gop is None or stream.codec is None or not viewer.takes(stream, stream.codec):
            self.choose(viewer, slot)
            return
        first, packets = gop
        self._fanout.send_to(viewer, packets, self._sit(viewer, stream, first))
        self._join(viewer, stream)

    def choose(self, viewer: Viewer, slot: Slot) -> None:
        """Let the viewer have the layer of `slot` that its rung means now.

        Down it leaves the layer at once, so that a full line empties; up it stays until the better one begins.
        """
        seat = viewer.seat(slot.pictures[0].offered)
        layer = pick(viewer.ladder.rung, slot.layers)
        wanted = slot.pictures[layer] if layer is not None else None
        if seat.stream is wanted or (wanted is not None and seat.waits_for is wanted):
            if seat.stream is wanted:
                self._unwait(viewer, seat)
            return
        self._unwait(viewer, seat)
        present = seat.stream
        if present is not None and not (
            wanted is not None and wanted.layer < present.layer and present.layer in slot.layers
        ):
            self._rise(viewer, seat)
        if wanted is not None:
            self._wait(viewer, seat, wanted)
            self._want_key(wanted)

    def begin(self, stream: OutgoingStream, packet: OutPacket) -> list[Viewer]:
        """A packet at which viewers can begin is about to be sent: seat all who wait for it, and say who."""
        waiting, seated = self._waiting.get(stream), []
        for viewer in [*waiting] if waiting else ():
            if stream.codec is None or not viewer.takes(stream, stream.codec):
                continue
            seat = viewer.seat(stream.offered)
            if seat.began_before:
                stream.close_behind(packet.index)
            self._unwait(viewer, seat)
            self._rise(viewer, seat)
            self._sit(viewer, stream, packet.index)
            self._join(viewer, stream)
            seated.append(viewer)
        return seated

    def leave(self, viewer: Viewer, slot: Slot) -> None:
        """The viewer is gone."""
        for offered in slot.offered:
            seat = viewer.seat(offered)
            self._unwait(viewer, seat)
            self._rise(viewer, seat)

    def _sit(self, viewer: Viewer, stream: OutgoingStream, index: int) -> int:
        viewer.expect(stream)
        return viewer.seat(stream.offered).sit(stream, index)

    def _join(self, viewer: Viewer, stream: OutgoingStream) -> None:
        self._fanout.join(viewer.feed(stream), viewer, viewer.seat(stream.offered).offset)

    def _rise(self, viewer: Viewer, seat: Seat) -> None:
        if seat.stream is not None:
            feed = viewer.feed(seat.stream)
            self._fanout.flush(
                feed
            )  # what was numbered for the viewer is sent, or its numbers would have a hole
            self._fanout.leave(feed, viewer)
            seat.leave()

    def _wait(self, viewer: Viewer, seat: Seat, stream: OutgoingStream) -> None:
        seat.waits_for = stream
        self._waiting.setdefault(stream, {})[viewer] = None

    def _unwait(self, viewer: Viewer, seat: Seat) -> None:
        if seat.waits_for is not None:
            self._waiting.get(seat.waits_for, {}).pop(viewer, None)
            seat.waits_for = None
