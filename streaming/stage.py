"""What is on stage, and how it reaches viewers and sinks."""

from collections.abc import Callable, Sequence

from streaming.commands import SLOTS, SlotName
from streaming.descriptions import LAYERS, OfferedStream
from streaming.fanout import Engine, Fanout
from streaming.ingest import IncomingStream, MediaPacket
from streaming.ladder import SOUND, pick
from streaming.listeners import Listeners
from streaming.outgoing import OutgoingStream, OutPacket
from streaming.publisher import Publisher
from streaming.seating import Seating
from streaming.sinks import Sink
from streaming.slots import Slot
from streaming.viewer import Picture, Viewer

CLIMB_EVERY = 0.25  # s between two looks at every viewer's ladder


class Stage:
    """The slots of a room with everybody who gets them. Publishers are looked up by participant.

    `on_picture` hears when a viewer's picture becomes smaller, stops, or is whole again.
    """

    def __init__(
        self,
        listeners: Listeners,
        publishers: dict[str, Publisher],
        engine: Engine,
        on_picture: Callable[[Viewer], None],
    ) -> None:
        self.slots: dict[SlotName, Slot] = {name: Slot(name) for name in SLOTS}
        self.fanout = Fanout(engine)
        self.rates: Sequence[int] = (0,) * LAYERS  # bits a second of all pictures together, by rung
        self._listeners = listeners
        self._publishers = publishers
        self._on_picture = on_picture
        self._seating = Seating(self.fanout, self.want_key)
        self._viewers: dict[Viewer, None] = {}
        self._climb_at = 0.0

    @property
    def offered(self) -> list[OfferedStream]:
        """In the order of the offer: main sound first."""
        return [stream for name in SLOTS for stream in self.slots[name].offered]

    def slot_of(self, participant: str) -> Slot | None:
        """The slot kept for the participant."""
        return next((slot for slot in self.slots.values() if slot.participant == participant), None)

    # -- packets

    def on_media(self, publisher: Publisher, stream: IncomingStream, packet: MediaPacket, now: float) -> None:
        """Forward one packet, if its sender is on stage."""
        slot = self.slot_of(publisher.participant)
        if slot is None:
            return
        slot.gone_since = None
        if slot.held:
            return
        if not slot.live:
            self._go_live(slot, publisher, now)
        outgoing = slot.stream(stream.kind, stream.layer)
        sent = outgoing.push(stream, packet, now)
        if sent is None:
            if not outgoing.is_source(stream):
                publisher.want_key()
                return
        else:
            self._send(outgoing, sent, now)
        self._tell_sinks(slot, stream, packet, sent, now)

    def _send(self, outgoing: OutgoingStream, sent: OutPacket, now: float) -> None:
        if sent.begins and self._seating.waits(outgoing):
            self.send_reports(self._seating.begin(outgoing, sent), now)
        ends = sent.marker or outgoing.kind == "audio"
        self.fanout.send(outgoing.plain, sent.data, ends)
        if sent.red is not None:
            self.fanout.send(outgoing.red, sent.red, ends)

    def _go_live(self, slot: Slot, publisher: Publisher, now: float) -> None:
        slot.live, slot.began, slot.heard = True, now, None
        publisher.want_key()
        self._listeners.on_stage(publisher.participant, slot.name)
        self._note_layers(slot, frozenset(range(publisher.layers)))

    def stop(self, slot: Slot) -> None:
        """Nothing flows in the slot any more, for now: viewers keep the last picture, sinks are told."""
        for stream in slot.streams:
            stream.stop()
            self.fanout.flush(stream.plain)
        if slot.live and slot.participant is not None:
            slot.live, slot.heard = False, None
            self._note_layers(slot, frozenset())
            self._listeners.on_leave(slot.participant)

    # -- viewers

    def admit(self, viewer: Viewer, now: float) -> None:
        """A viewer's keys are there: reports first, then the picture at once if we have its beginning."""
        self._viewers[viewer] = None
        for slot in self.slots.values():
            self._seating.enter(viewer, slot)
        self.send_reports([viewer], now)

    def dismiss(self, viewer: Viewer) -> None:
        """The viewer is gone."""
        self._viewers.pop(viewer, None)
        for slot in self.slots.values():
            self._seating.leave(viewer, slot)

    def moved(self, viewer: Viewer) -> None:
        """The viewer's address changed."""
        self.fanout.moved(viewer)

    def reseat(self, viewer: Viewer) -> None:
        """The viewer's rung has changed."""
        for slot in self.slots.values():
            self._seating.choose(viewer, slot)
        self._judge(viewer)

    def _judge(self, viewer: Viewer) -> None:
        """Tell the viewer of its picture, if that has changed."""
        rung, picture = viewer.ladder.rung, viewer.picture
        shown = [slot for slot in self.slots.values() if slot.layers]
        if rung == SOUND:
            picture = "paused"
        elif shown:
            smaller = any((pick(rung, slot.layers) or 0) > min(slot.layers) for slot in shown)
            picture = "reduced" if smaller and not viewer.ladder.is_fresh else "full"
        self._say(viewer, picture)

    def _say(self, viewer: Viewer, picture: Picture) -> None:
        if picture != viewer.picture:
            viewer.picture = picture
            self._on_picture(viewer)

    def is_playable(self, viewer: Viewer) -> bool:
        """Whether the viewer can decode every picture on stage, or, on an empty stage, any at all."""
        live = [stream for slot in self.slots.values() if slot.live for stream in slot.pictures]
        present = [stream for stream in live if stream.source is not None]
        if not present:
            return bool(viewer.codecs - {"opus"})
        return all(stream.codec and viewer.takes(stream, stream.codec) for stream in present)

    def want_key(self, stream: OutgoingStream) -> None:
        """Ask whoever fills this picture for a key frame."""
        slot = self._slot(stream)
        publisher = self._publishers.get(slot.participant or "")
        if stream.kind == "video" and publisher is not None and not slot.held:
            publisher.want_key()

    def send_reports(self, viewers: Sequence[Viewer], now: float) -> None:
        """One sender report for each stream that a viewer gets, in one datagram; a stream's is the same for all."""
        made: dict[OutgoingStream, bytes] = {}
        for viewer in viewers:
            reports = b""
            for stream in viewer.streams:
                if stream not in made:
                    made[stream] = self._report(stream, now)
                reports += made[stream]
            if reports:
                viewer.send_rtcp(reports)

    def _report(self, stream: OutgoingStream, now: float) -> bytes:
        slot = self._slot(stream)
        publisher = self._publishers.get(slot.participant or "")
        if not slot.live or publisher is None or publisher.clock_shift is None:
            return b""
        return stream.sender_report(now, publisher.clock_shift) or b""

    def _slot(self, stream: OutgoingStream) -> Slot:
        return next(slot for slot in self.slots.values() if stream in slot.streams)

    # -- layers and time

    def tick(self, now: float) -> None:
        """Called every 20 ms: layers come and go, viewers climb."""
        for slot in self.slots.values():
            publisher = self._publishers.get(slot.participant or "")
            if slot.live and publisher is not None:
                self._note_layers(slot, slot.newest_layers(now, publisher.layers))
        if now - self._climb_at < CLIMB_EVERY:
            return
        self._climb_at = now
        shown = [slot for slot in self.slots.values() if slot.layers]
        self.rates = [
            sum(slot.rate(layer) for slot in shown if (layer := pick(rung, slot.layers)) is not None)
            for rung in range(LAYERS)
        ]
        for viewer in self._viewers:
            if viewer.ladder.tick(self.rates, now):
                self.reseat(viewer)

    def ask_again(self) -> None:
        """Key frames that somebody still waits for; one may have been lost. Call it every second."""
        for slot in self.slots.values():
            for layer in slot.layers:
                if self._seating.waits(slot.pictures[layer]):
                    self.want_key(slot.pictures[layer])

    def _note_layers(self, slot: Slot, layers: frozenset[int]) -> None:
        if layers == slot.layers:
            return
        slot.layers = layers
        for viewer in self._viewers:
            self._seating.choose(viewer, slot)
            self._judge(viewer)
        if layers:
            self.want_key(slot.pictures[min(layers)])  # sinks go on with this one

    # -- sinks

    def _tell_sinks(
        self, slot: Slot, stream: IncomingStream, packet: MediaPacket, sent: OutPacket | None, now: float
    ) -> None:
        """Sinks hear the sound and one layer of the picture: the best that is being sent, from a key frame on."""
        name, outgoing = slot.participant or "", slot.stream(stream.kind, stream.layer)
        begins = sent is not None and sent.new_source
        if stream.kind == "video" and slot.heard is not stream:
            if not packet.key or stream.layer != min(slot.layers, default=0):
                return
            if slot.heard is not None:
                self._listeners.forget(slot.heard)
            slot.heard, begins = stream, True
        if begins:
            self._listeners.on_clock(name, stream, outgoing.map_time)
        self._listeners.on_packet(name, stream, outgoing.map_time, packet, now)

    def on_clock(self, publisher: Publisher, stream: IncomingStream) -> None:
        """A sender report came: sinks on stage hear of it."""
        slot = self.slot_of(publisher.participant)
        if slot is None or not slot.live or (stream.kind == "video" and slot.heard is not stream):
            return
        outgoing = slot.stream(stream.kind, stream.layer)
        if outgoing.is_source(stream):
            self._listeners.on_clock(publisher.participant, stream, outgoing.map_time)

    def introduce(self, sink: Sink) -> None:
        """Tell a new sink who is on stage, and get it a key frame."""
        for slot in self.slots.values():
            if not slot.live or slot.participant is None:
                continue
            self._listeners.introduce(sink, slot.participant, slot.name)
            self.want_key(slot.pictures[0])
