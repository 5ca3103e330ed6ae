"""One session's peers and stage. All its methods run on the worker's loop and return at once."""

import logging
import time
from collections.abc import Mapping, Sequence

from streaming.audience import Audience
from streaming.clock import WallClock
from streaming.commands import Accept, Assign, Hold, Leave, Publish, Restart, RestartIce, SlotName, Watch
from streaming.errors import StreamingError
from streaming.events import EventKind, MediaEvent, OnEvent
from streaming.ingest import IncomingStream, MediaPacket
from streaming.listeners import Listeners
from streaming.outgoing import OutgoingStream
from streaming.peer import Peer, Station
from streaming.player import open_viewer
from streaming.publisher import Publisher
from streaming.sampling import watch_over
from streaming.sinks import Sink
from streaming.stage import Stage
from streaming.turns import Turns
from streaming.viewer import Viewer

logger = logging.getLogger(__name__)

MAX_PUBLISHERS = 32
COUNT_EVERY = 2.0  # s between two `viewers` events
SECOND = 1.0


class Room:
    """The room of one session."""

    def __init__(self, session: str, station: Station, wall: WallClock, on_event: OnEvent) -> None:
        self.session = session
        self.publishers: dict[str, Publisher] = {}
        self.viewers: dict[str, Viewer] = {}
        self.listeners = Listeners(session, on_event)
        self.stage = Stage(self.listeners, self.publishers, station.engine, self._on_picture)
        self.audience = Audience()
        self._station = station
        self._wall = wall
        self._on_event = on_event
        self._peers: dict[str, Peer] = {}
        self._missed: dict[str, bool] = {}  # whose stream was replaced, or lost and nothing came since: True
        self._sending: set[str] = set()
        self._turns = Turns(SECOND)
        self._second_at = self._count_at = 0.0
        self._counted = 0

    # -- commands

    def publish(self, command: Publish) -> dict[str, str]:
        """A new publisher; one of the same participant gives way (a reload, a second tab)."""
        name = command.participant
        old = self.publishers.get(name)
        if old is None and len(self.publishers) >= MAX_PUBLISHERS:
            raise StreamingError("too_many", "too many publishers in this session")
        publisher = Publisher(self._station, self, name, self._closed)
        try:
            answer = publisher.answer(command.sdp)
        except StreamingError:
            publisher.path.close()
            raise
        if old is not None:
            self.publishers.pop(name)
            self._missed[name] = False
            self._tell("replaced", name, old.id, by=publisher.id)
            old.close("replaced")
            self._leave_stage(name)
        self.publishers[name] = self._peers[publisher.id] = publisher
        return {"peer": publisher.id, "sdp": answer}

    def watch(self, command: Watch) -> dict[str, str]:
        """A new viewer; an old one of the same name gives way."""
        viewer, sdp = open_viewer(self._station, self, command, self.stage.offered, self._closed)
        old = self.viewers.get(command.viewer)
        if old is not None:
            old.close("replaced")
        self.viewers[command.viewer] = self._peers[viewer.id] = viewer
        return {"peer": viewer.id, "sdp": sdp}

    def accept(self, command: Accept) -> dict[str, object]:
        """A viewer's answer."""
        viewer = self._peer(command.peer)
        if not isinstance(viewer, Viewer):
            raise StreamingError("bad_command", "only viewers accept")
        viewer.accept(command.sdp)
        return {"playable": self.stage.is_playable(viewer), "codecs": sorted(viewer.codecs)}

    def restart(self, command: Restart | RestartIce) -> Mapping[str, object]:
        """New ICE credentials on the same keys."""
        peer = self._peer(command.peer)
        if isinstance(command, RestartIce):
            return peer.restart_ice(time.monotonic())
        if isinstance(peer, Viewer):
            if command.sdp is not None:
                raise StreamingError("bad_command", "a viewer restarts by our offer")
            peer.path.restart(time.monotonic())
            return {"sdp": peer.offer()}
        if command.sdp is None or not isinstance(peer, Publisher):
            raise StreamingError("bad_command", "a publisher restarts by its own offer")
        peer.path.restart(time.monotonic())
        return {"sdp": peer.answer(command.sdp)}

    def leave(self, command: Leave) -> dict[str, str]:
        """Close a peer."""
        peer = self._peers.get(command.peer)
        if peer is not None:
            peer.close("left")
        return {}

    def assign(self, command: Assign) -> dict[str, str]:
        """Reserve or free a slot. A participant holds one slot at most."""
        slot, name, now = self.stage.slots[command.slot], command.participant, time.monotonic()
        if slot.participant == name:
            return {}
        self._clear(command.slot)
        if name is None:
            return {}
        held = self.stage.slot_of(name)
        if held is not None:
            self._clear(held.name)
        slot.reserve(name, now)
        publisher = self.publishers.get(name)
        if publisher is not None:
            publisher.want_key()
        return {}

    def hold(self, command: Hold) -> dict[str, str]:
        """Stop or resume a slot; its reservation stays."""
        slot = self.stage.slots[command.slot]
        if slot.held != command.on:
            slot.held = command.on
            self.stage.stop(slot)
        return {}

    def close(self) -> None:
        """The session is over: sinks hear of every leave, peers are closed."""
        for name in self.stage.slots:
            self._clear(name)
        for peer in [*self._peers.values()]:
            peer.close("room closed")

    # -- sinks

    def add_sink(self, sink: Sink) -> None:
        """One more listener; it hears at once who is on stage."""
        self.listeners.add(sink)
        self.stage.introduce(sink)

    def request_key(self, participant: str) -> None:
        """A listener cannot go on without a key frame."""
        publisher = self.publishers.get(participant)
        if publisher is not None:
            publisher.want_key()

    # -- what peers tell

    def on_media(self, publisher: Publisher, stream: IncomingStream, packet: MediaPacket, now: float) -> None:
        """A new packet of a publisher."""
        name = publisher.participant
        if name not in self._sending:
            self._sending.add(name)
            if self._missed.pop(name, None) is not None:
                self._tell("returned", name, publisher.id, slot=self._slot_name(name))
        self.stage.on_media(publisher, stream, packet, now)

    def on_sender_clock(self, publisher: Publisher, stream: IncomingStream) -> None:
        """A sender report; the first one ties the publisher's wall clock to ours for sound and picture."""
        if publisher.clock_shift is None and stream.clock is not None:
            publisher.clock_shift = self._wall.ntp_at(stream.clock.arrival) - stream.clock.ntp
        self.stage.on_clock(publisher, stream)

    def on_key_asked(self, publisher: Publisher) -> None:
        """We asked a publisher for a key frame."""
        name = publisher.participant
        self._tell("key_needed", name, publisher.id, slot=self._slot_name(name))

    def on_publisher_connected(self, publisher: Publisher) -> None:
        """A publisher's keys are there."""
        name = publisher.participant
        if name in self._missed:
            self._missed[name] = False
        self._tell("connected", name, publisher.id, slot=self._slot_name(name))

    def on_viewer_connected(self, viewer: Viewer, now: float) -> None:
        """A viewer's keys are there."""
        self.stage.admit(viewer, now)

    def on_viewer_moved(self, viewer: Viewer) -> None:
        """A viewer is reached at another address."""
        self.stage.moved(viewer)

    def on_key_request(self, viewer: Viewer, stream: OutgoingStream) -> None:
        """A viewer lost its picture."""
        self.stage.want_key(stream)

    @property
    def rates(self) -> Sequence[int]:
        """Bits a second of all pictures, by rung of the ladder."""
        return self.stage.rates

    def on_rung(self, viewer: Viewer, now: float) -> None:
        """A viewer's line carries more or less than before."""
        self.stage.reseat(viewer)

    def _on_picture(self, viewer: Viewer) -> None:
        self._tell("picture", peer=viewer.id, picture=viewer.picture)

    def _closed(self, peer: Peer, reason: str) -> None:
        self._peers.pop(peer.id, None)
        if isinstance(peer, Viewer):
            self.stage.dismiss(peer)
            if self.viewers.get(peer.name) is peer:
                del self.viewers[peer.name]
        elif isinstance(peer, Publisher) and self.publishers.get(peer.participant) is peer:
            self._lost(peer, reason)
            del self.publishers[peer.participant]

    # -- time

    def tick(self, now: float) -> None:
        """Called every 20 ms."""
        for publisher in [*self.publishers.values()]:
            publisher.tick(now)
            if publisher.participant in self._sending and not publisher.is_sending(now):
                self._lost(publisher, "silent")
        self._serve(self._turns.due([*self._peers.values()], now), now)
        self.stage.tick(now)
        self.listeners.flush(now)
        if now - self._second_at >= SECOND:
            self._second_at = now
            self._every_second(now)
        if now - self._count_at >= COUNT_EVERY:
            self._count_at = now
            self._count_viewers()

    def _serve(self, peers: list[Peer], now: float) -> None:
        """What every peer needs once a second."""
        for peer in peers:
            peer.path.forget_old(now)
            if not peer.path.has_consent(now):
                peer.close("no consent")
        self.stage.send_reports([peer for peer in peers if isinstance(peer, Viewer) and peer.connected], now)

    def _every_second(self, now: float) -> None:
        self.stage.ask_again()
        watch_over(self.audience, self.viewers.values(), self.stage, now)
        for slot in self.stage.slots.values():
            if slot.is_over(now):
                self._tell("slot_expired", slot.participant or "", slot=slot.name)
                self._clear(slot.name)

    def _count_viewers(self) -> None:
        count = sum(viewer.connected for viewer in self.viewers.values())
        if count != self._counted:
            self._counted = count
            self._tell("viewers", count=count)

    @property
    def is_empty(self) -> bool:
        """Nobody here, nothing reserved, nobody listening."""
        reserved = any(slot.participant is not None or slot.held for slot in self.stage.slots.values())
        return not (self._peers or reserved or len(self.listeners))

    # -- small steps

    def _peer(self, peer_id: str) -> Peer:
        peer = self._peers.get(peer_id)
        if peer is None:
            raise StreamingError("no_peer", "this peer is gone; start again")
        return peer

    def _lost(self, publisher: Publisher, reason: str) -> None:
        name = publisher.participant
        if self._missed.get(name):
            return
        self._missed[name] = True
        self._tell("lost", name, publisher.id, reason=reason, slot=self._slot_name(name))
        self._leave_stage(name)

    def _leave_stage(self, name: str) -> None:
        self._sending.discard(name)
        slot = self.stage.slot_of(name)
        if slot is not None:
            slot.gone_since = time.monotonic()
            self.stage.stop(slot)

    def _clear(self, name: SlotName) -> None:
        slot = self.stage.slots[name]
        self.stage.stop(slot)
        slot.free()

    def _slot_name(self, participant: str) -> str | None:
        slot = self.stage.slot_of(participant)
        return slot.name if slot is not None else None

    def _tell(self, kind: EventKind, participant: str = "", peer: str = "", **detail: object) -> None:
        self._on_event(MediaEvent(self.session, kind, participant, peer, detail))
