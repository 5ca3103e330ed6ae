"""What is on stage, and how it reaches viewers and sinks."""

from streaming.commands import SLOTS, SlotName
from streaming.fanout import Engine, Fanout
from streaming.ingest import IncomingStream, MediaPacket
from streaming.listeners import Listeners
from streaming.outgoing import OutgoingStream
from streaming.publisher import Publisher
from streaming.sinks import Sink
from streaming.slots import Slot
from streaming.viewer import Viewer


class Stage:
    """The slots of a room with everybody who gets them. Publishers are looked up by participant."""

    def __init__(self, listeners: Listeners, publishers: dict[str, Publisher], engine: Engine) -> None:
        self.slots: dict[SlotName, Slot] = {name: Slot(name) for name in SLOTS}
        self.fanout = Fanout(engine)
        self._listeners = listeners
        self._publishers = publishers
        self._waiting: dict[OutgoingStream, dict[Viewer, None]] = {stream: {} for stream in self.streams}

    @property
    def streams(self) -> list[OutgoingStream]:
        """In the order of the offer: main sound first."""
        return [stream for name in SLOTS for stream in self.slots[name].streams.values()]

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
            self._go_live(slot, publisher)
        outgoing = slot.streams[stream.kind]
        sent = outgoing.push(stream, packet, now)
        self._listeners.on_packet(publisher.participant, stream, packet, now)
        if sent is None:
            if not outgoing.is_source(stream):
                publisher.want_key()
            return
        if sent.new_codec:
            self._regroup(outgoing)
        if sent.begins and self._waiting[outgoing]:
            self._admit(outgoing, sent.data)
        ends = sent.marker or stream.kind == "audio"
        self.fanout.send(outgoing.plain, sent.data, ends)
        if sent.red is not None:
            self.fanout.send(outgoing.red, sent.red, ends)

    def _go_live(self, slot: Slot, publisher: Publisher) -> None:
        slot.live = True
        publisher.want_key()
        self._listeners.on_stage(publisher.participant, slot.name)
        for stream in publisher.streams.values():
            self._listeners.on_clock(publisher.participant, stream)

    def on_clock(self, publisher: Publisher, stream: IncomingStream) -> None:
        """A sender report came: sinks on stage hear of it."""
        slot = self.slot_of(publisher.participant)
        if slot is not None and slot.live:
            self._listeners.on_clock(publisher.participant, stream)

    def stop(self, slot: Slot) -> None:
        """Nothing flows in the slot any more, for now: viewers keep the last picture, sinks are told."""
        for stream in slot.streams.values():
            stream.stop()
            self.fanout.flush(stream.plain)
        if slot.live and slot.participant is not None:
            slot.live = False
            self._listeners.on_leave(slot.participant)

    # -- viewers

    def admit(self, viewer: Viewer, now: float) -> None:
        """A viewer's keys are there: reports first, then the picture at once if we have its beginning."""
        self.send_reports([viewer], now)
        for stream in self.streams:
            gop = stream.gop() if stream.codec and viewer.takes(stream, stream.codec) else None
            if gop:
                offset = viewer.offset(stream, gop[0])
                self.fanout.send_to(viewer, gop, offset)
                self.fanout.join(viewer.feed(stream), viewer, offset)
            else:
                self._waiting[stream][viewer] = None
                self.want_key(stream)

    def dismiss(self, viewer: Viewer) -> None:
        """The viewer is gone."""
        for stream in self.streams:
            self._waiting[stream].pop(viewer, None)
            self.fanout.leave(viewer.feed(stream), viewer)

    def moved(self, viewer: Viewer) -> None:
        """The viewer's address changed."""
        self.fanout.moved(viewer)

    def _admit(self, stream: OutgoingStream, first: bytes) -> None:
        waiting = self._waiting[stream]
        for viewer in [*waiting]:
            if stream.codec is not None and viewer.takes(stream, stream.codec):
                del waiting[viewer]
                self.fanout.join(viewer.feed(stream), viewer, viewer.offset(stream, first))

    def _regroup(self, stream: OutgoingStream) -> None:
        """The codec changed: who cannot decode it waits for better days."""
        for receiver in self.fanout.members(stream.plain):
            if isinstance(receiver, Viewer) and stream.codec and not receiver.takes(stream, stream.codec):
                self.fanout.leave(stream.plain, receiver)
                self._waiting[stream][receiver] = None

    def is_playable(self, viewer: Viewer) -> bool:
        """Whether the viewer can decode every picture on stage, or, on an empty stage, any at all."""
        codecs = [slot.streams["video"] for slot in self.slots.values() if slot.live]
        present = [stream for stream in codecs if stream.codec is not None]
        if not present:
            return bool(viewer.codecs - {"opus"})
        return all(stream.codec and viewer.takes(stream, stream.codec) for stream in present)

    def want_key(self, stream: OutgoingStream) -> None:
        """Ask whoever fills this picture for a key frame."""
        slot = next(slot for slot in self.slots.values() if stream in slot.streams.values())
        publisher = self._publishers.get(slot.participant or "")
        if stream.kind == "video" and publisher is not None and not slot.held:
            publisher.want_key()

    def send_reports(self, viewers: list[Viewer], now: float) -> None:
        """One sender report per live stream, in one datagram and the same for all."""
        if not viewers:
            return
        reports = b""
        for slot in self.slots.values():
            publisher = self._publishers.get(slot.participant or "")
            if not slot.live or publisher is None or publisher.clock_shift is None:
                continue
            for stream in slot.streams.values():
                reports += stream.sender_report(now, publisher.clock_shift) or b""
        for viewer in viewers if reports else ():
            viewer.send_rtcp(reports)

    # -- sinks

    def introduce(self, sink: Sink) -> None:
        """Tell a new sink who is on stage, and get it a key frame."""
        for slot in self.slots.values():
            if not slot.live or slot.participant is None:
                continue
            self._listeners.introduce(sink, slot.participant, slot.name)
            self.want_key(slot.streams["video"])
