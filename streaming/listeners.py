"""The sinks of a room, and the frames made for them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from streaming.events import MediaEvent, OnEvent
from streaming.frames import Assembled, Assembler
from streaming.ingest import IncomingStream, MediaPacket
from streaming.sinks import Frame, SenderReport, Sink

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Half-made frames of one stream, and where they will stand on the slot's timeline."""

    participant: str
    epoch: int
    assembler: Assembler
    map_time: Callable[[int], int]


class Listeners:
    """Calls every sink; one that raises is dropped and never touches the packets of others."""

    def __init__(self, session: str, on_event: OnEvent) -> None:
        self._session = session
        self._on_event = on_event
        self._sinks: list[Sink] = []
        self._assemblers: dict[IncomingStream, _Gathered] = {}
        self.frames = 0

    def __len__(self) -> int:
        return len(self._sinks)

    def add(self, sink: Sink) -> None:
        """One more listener."""
        if sink not in self._sinks:
            self._sinks.append(sink)

    def remove(self, sink: Sink) -> None:
        """One less; unknown ones are ignored."""
        if sink in self._sinks:
            self._sinks.remove(sink)

    def introduce(self, sink: Sink, participant: str, slot: str) -> None:
        """Tell one sink alone who is on stage already."""
        self._call(sink, lambda: sink.on_stage(participant, slot))

    def on_stage(self, participant: str, slot: str) -> None:
        """Somebody's media begins."""
        for sink in [*self._sinks]:
            self.introduce(sink, participant, slot)

    def on_leave(self, participant: str) -> None:
        """It ends; half-made frames are thrown away."""
        for stream, gathered in [*self._assemblers.items()]:
            if gathered.participant == participant:
                del self._assemblers[stream]
        for sink in [*self._sinks]:
            self._call(sink, lambda sink=sink: sink.on_leave(participant))  # type: ignore[misc]

    def on_packet(
        self,
        participant: str,
        stream: IncomingStream,
        map_time: Callable[[int], int],
        packet: MediaPacket,
        now: float,
    ) -> None:
        """Gather one packet of somebody on stage; `map_time` leads from its timestamps to those of the slot."""
        if not self._sinks:
            return
        gathered = self._assemblers.get(stream)
        if gathered is None or gathered.epoch != stream.epoch:
            gathered = _Gathered(participant, stream.epoch, Assembler(stream.codec), map_time)
            self._assemblers[stream] = gathered
        self._emit(gathered, stream, gathered.assembler.push(packet, now))

    def forget(self, stream: IncomingStream) -> None:
        """Sinks get another layer from now on."""
        self._assemblers.pop(stream, None)

    def flush(self, now: float) -> None:
        """Let holes be given up whose time is over."""
        for stream, gathered in [*self._assemblers.items()]:
            self._emit(gathered, stream, gathered.assembler.flush(now))

    def on_clock(self, participant: str, stream: IncomingStream, map_time: Callable[[int], int]) -> None:
        """A sender report of somebody on stage."""
        if stream.clock is None:
            return
        clock = stream.clock
        time = map_time(clock.timestamp)
        report = SenderReport(participant, stream.kind, stream.codec, clock.ntp, time)
        for sink in [*self._sinks]:
            self._call(sink, lambda sink=sink: sink.on_sender_report(report))  # type: ignore[misc]

    def _emit(self, gathered: _Gathered, stream: IncomingStream, frames: list[Assembled]) -> None:
        for made in frames:
            self.frames += 1
            frame = Frame(
                gathered.participant,
                stream.kind,
                stream.codec,
                gathered.map_time(made.timestamp),
                made.arrival,
                made.key,
                made.lost_before,
                made.data,
            )
            for sink in [*self._sinks]:
                self._call(sink, lambda sink=sink, frame=frame: sink.on_frame(frame))  # type: ignore[misc]

    def _call(self, sink: Sink, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001  # the border to foreign code: nothing of it may reach the packets
            self.remove(sink)
            names = {"sink": type(sink).__name__, "error": type(error).__name__}
            logger.exception("sink %s of session %s failed and was dropped", names["sink"], self._session)
            self._on_event(MediaEvent(self._session, "sink_failed", detail=names))
