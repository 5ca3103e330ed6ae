"""What publishers and viewers have in common: a path, keys, a beginning and an end."""

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from streaming.descriptions import Transport
from streaming.dtls import SecureLink, SharedCertificate
from streaming.fanout import Engine
from streaming.groups import Target
from streaming.mux import Mux, UdpRoute
from streaming.path import IcePath, Route
from streaming.rtp import is_rtcp

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class PeerCounters:
    """What came and what could not be used."""

    rtp: int = 0
    rtcp: int = 0
    forged: int = 0  # failed authentication, or a replay
    unreadable: int = 0  # authentic, and yet no packet of ours
    unsendable: int = 0


@dataclass(frozen=True, slots=True)
class Station:
    """What all peers of a worker share."""

    mux: Mux
    certificate: SharedCertificate
    addresses: tuple[str, ...]
    engine: Engine = "gso"


class Peer:
    """One browser's connection. Subclasses get plain RTP and RTCP."""

    def __init__(self, station: Station, on_closed: Callable[["Peer", str], None]) -> None:
        now = time.monotonic()
        self.id = secrets.token_hex(8)
        self.created = now
        self.connected = False
        self.closed = False
        self.counters = PeerCounters()
        self.path = IcePath(station.mux, now)
        self.path.on_moved = self.on_moved
        self.path.opens = self._opens
        self.link = SecureLink(self.path, station.certificate)
        self.version = 0
        self._station = station
        self._on_closed = on_closed
        self._fingerprints: list[tuple[str, str]] = []

    def transport(self) -> Transport:
        """Our side for the next description; its version grows with every one."""
        self.version += 1
        station = self._station
        return Transport(
            self.path.credentials,
            station.certificate.fingerprint,
            station.addresses,
            station.mux.port,
            station.mux.tcp.port,
        )

    def restart_ice(self, now: float) -> dict[str, object]:
        """`{ufrag, password, candidates}` of our side from now on; the keys stay."""
        ours = self.path.restart(now)
        candidates = self.transport().candidates()
        return {"ufrag": ours.ufrag, "password": ours.password, "candidates": candidates}

    # -- beginning

    @property
    def started(self) -> bool:
        """Whether the other side's fingerprint is known."""
        return bool(self._fingerprints)

    def is_same(self, fingerprints: list[tuple[str, str]]) -> bool:
        """Whether a later description comes from the owner of the same certificate."""
        return sorted(fingerprints) == sorted(self._fingerprints)

    def start(self, fingerprints: list[tuple[str, str]]) -> None:
        """Let the other side shake hands as soon as its check has come."""
        self._fingerprints = fingerprints
        self.link.start(fingerprints, self._on_link, lambda: self.close("other side closed"))

    def _on_link(self, secure: bool) -> None:
        if not secure:
            self.close("handshake failed")
            return
        self.connected = True
        logger.info("peer %s connected with %s", self.id, self.link.profile)
        self.on_connected(time.monotonic())
        self.path.deliver_media_to(self._on_media)

    def _on_media(self, data: bytes, route: Route) -> None:
        if self.closed:
            return  # the goodbye is still on its way, the room has forgotten us
        plain = self._decrypt(data)
        if plain is None:
            self.counters.forged += 1
            return
        now = time.monotonic()
        self.path.media_was_authentic(route, now)
        self._hand_on(data, plain, now)

    def _decrypt(self, data: bytes) -> bytes | None:
        return self.link.unprotect_rtcp(data) if is_rtcp(data) else self.link.unprotect(data)

    def _opens(self, data: bytes) -> bool:
        """Whether a packet from an unproven address is ours; if so it is taken like any other."""
        plain = self._decrypt(data) if self.connected else None
        if plain is None:
            return False
        self.path.last_heard = now = time.monotonic()
        self._hand_on(data, plain, now)
        return True

    def _hand_on(self, data: bytes, plain: bytes, now: float) -> None:
        if is_rtcp(data):
            self.counters.rtcp += 1
            self.on_rtcp(plain, now)
        else:
            self.counters.rtp += 1
            self.on_rtp(plain, now)

    # -- what subclasses fill in

    def on_connected(self, now: float) -> None:
        """The keys are there."""

    def on_rtp(self, data: bytes, now: float) -> None:
        """Plain RTP came."""

    def on_rtcp(self, data: bytes, now: float) -> None:
        """Plain RTCP came."""

    def on_moved(self) -> None:
        """The other side is reached by another route than before."""

    def tick(self, now: float) -> None:
        """Called every 20 ms."""

    # -- sending

    def target(self) -> Target | None:
        """Address and keys for batches; None before the keys, over ICE-TCP and after the end."""
        route, keys = self.path.route, self.link.send_keys
        if keys is None or self.closed or not isinstance(route, UdpRoute):
            return None
        return Target(route.sock, route.address, keys)

    def send_packet(self, packet: bytes) -> None:
        """Encrypt plain RTP for this peer and send it."""
        data = self.link.protect(packet)
        if data is None:
            self.counters.unsendable += 1
        else:
            self.path.send(data)

    def send_rtcp(self, packet: bytes) -> None:
        """The same for RTCP."""
        data = self.link.protect_rtcp(packet)
        if data is None:
            self.counters.unsendable += 1
        else:
            self.path.send(data)

    # -- end

    def close(self, reason: str) -> None:
        """Say goodbye to the other side and leave everything. Idempotent."""
        if self.closed:
            return
        self.closed = True
        self.connected = False
        logger.info("peer %s closed: %s", self.id, reason)
        self._on_closed(self, reason)
        self.link.stop()
        self.path.close()
