"""One media process: a port, its rooms, a heartbeat.

A broadcaster in a few lines::

    worker = MediaWorker(WorkerConfig(public_host="203.0.113.7", port=7000), on_event=queue.append)
    await worker.start()
    await worker.handle(Assign("12", "main", "leader-1"))
    answer = await worker.handle(Publish("12", "leader-1", sdp_of_the_leaders_browser))
    offer = await worker.handle(Watch("12", "tab-1"))
    await worker.handle(Accept("12", offer["peer"], sdp_of_the_viewers_browser))
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

from streaming.addresses import bind_addresses, candidate_addresses
from streaming.clock import WallClock
from streaming.commands import (
    Accept,
    Assign,
    CloseRoom,
    Command,
    Hold,
    Leave,
    Publish,
    Restart,
    RestartIce,
    Statistics,
    Watch,
)
from streaming.dtls import new_certificate
from streaming.errors import StreamingError
from streaming.events import OnEvent
from streaming.fanout import Engine
from streaming.mux import Mux
from streaming.peer import Station
from streaming.room import Room
from streaming.sinks import Sink
from streaming.statistics import room_figures, room_statistics

logger = logging.getLogger(__name__)

BEAT = 0.020  # s


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """Where to listen and what browsers are told.

    `host`: address to bind, the wildcard means all of this machine's. `public_host`: address (or name) in
    the candidates; empty means the machine's own addresses. `port` 0: any free one. `max_viewers`: of all
    sessions together; who comes later is refused with `full` and goes to HLS. `engine`: the best way of sending
    that may be used (`streaming.fanout`); what the kernel cannot do is found out at run time.
    """

    host: str = "0.0.0.0"  # noqa: S104
    public_host: str = ""
    port: int = 0
    tcp: bool = True
    max_viewers: int = 1_000
    engine: Engine = "gso"


class MediaWorker:
    """See the module's text. `on_event` is called on the loop and must return at once."""

    def __init__(self, config: WorkerConfig, on_event: OnEvent) -> None:
        self._config = config
        self._on_event = on_event
        self._mux = Mux()
        self._wall = WallClock()
        self._rooms: dict[str, Room] = {}
        self._station: Station | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def port(self) -> int:
        """The UDP port, once started."""
        return self._mux.port

    async def start(self) -> None:
        """Open the port. Raises OSError when it is taken or an address cannot be found."""
        bound = bind_addresses(self._config.host)
        self._mux.open(bound, self._config.port)
        if self._config.tcp:
            await self._open_tcp(bound)
        told = tuple(candidate_addresses(self._config.public_host, bound))
        self._station = Station(self._mux, new_certificate(), told, self._config.engine)
        self._beat()
        logger.info("media on udp port %d, told as %s", self.port, ", ".join(told))

    async def close(self) -> None:
        """Close every room and give the port back."""
        for session in [*self._rooms]:
            self._close_room(CloseRoom(session))
        if self._timer is not None:
            self._timer.cancel()
        if self._station is not None:
            self._mux.close()
        await self._mux.tcp.close()
        self._station = None

    async def _open_tcp(self, bound: list[str]) -> None:
        """The same number as for UDP; without it the broadcast goes on for all who have UDP."""
        try:
            await self._mux.tcp.open(bound, self.port)
        except OSError as error:
            logger.warning("no ICE-TCP: port %d is taken (%s)", self.port, error.strerror)

    async def handle(self, command: Command) -> dict[str, Any]:
        """Do what is told; the result is JSON-able. Raises StreamingError."""
        match command:
            case Publish():
                return dict(self._room(command.session).publish(command))
            case Watch():
                return self._watch(command)
            case Accept():
                return dict(self._known(command.session).accept(command))
            case Restart() | RestartIce():
                return dict(self._known(command.session).restart(command))
            case Assign():
                return dict(self._room(command.session).assign(command))
            case Hold():
                return dict(self._room(command.session).hold(command))
            case Leave():
                room = self._rooms.get(command.session)
                return dict(room.leave(command)) if room is not None else {}
            case CloseRoom():
                return self._close_room(command)
            case Statistics():
                return self.statistics(command.session)

    def add_sink(self, session: str, sink: Sink) -> None:
        """`sink` hears the stage of `session` from now on."""
        self._room(session).add_sink(sink)

    def remove_sink(self, session: str, sink: Sink) -> None:
        """It does not any more; unknown ones are ignored."""
        room = self._rooms.get(session)
        if room is not None:
            room.listeners.remove(sink)

    def request_key(self, session: str, participant: str) -> None:
        """Ask a participant for a key frame (throttled); unknown ones are ignored."""
        room = self._rooms.get(session)
        if room is not None:
            room.request_key(participant)

    def statistics(self, session: str) -> dict[str, Any]:
        """See `streaming.statistics`; an unknown session is an empty one."""
        room = self._rooms.get(session)
        return room_statistics(room, self._mux) if room is not None else {"viewers": 0, "publishers": []}

    def figures(self) -> dict[str, dict[str, Any]]:
        """By session, see `streaming.statistics.room_figures`."""
        return {session: room_figures(room) for session, room in self._rooms.items()}

    def _watch(self, command: Watch) -> dict[str, Any]:
        room = self._room(command.session)
        count = sum(len(one.viewers) for one in self._rooms.values())
        if command.viewer not in room.viewers and count >= self._config.max_viewers:
            raise StreamingError("full", "no place left for another viewer")
        return dict(room.watch(command))

    def _close_room(self, command: CloseRoom) -> dict[str, Any]:
        room = self._rooms.pop(command.session, None)
        if room is not None:
            room.close()
        return {}

    def _room(self, session: str) -> Room:
        if self._station is None:
            raise StreamingError("closed", "the media worker is not running")
        if session not in self._rooms:
            self._rooms[session] = Room(session, self._station, self._wall, self._on_event)
        return self._rooms[session]

    def _known(self, session: str) -> Room:
        room = self._rooms.get(session)
        if room is None:
            raise StreamingError("no_room", "nothing is known of this session")
        return room

    def _beat(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(BEAT, self._beat)
        now = time.monotonic()
        for session, room in [*self._rooms.items()]:
            room.tick(now)
            if room.is_empty:
                del self._rooms[session]
