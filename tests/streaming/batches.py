"""Receivers for the fan-out alone: real sockets on loopback, real SRTP keys, no handshake."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from pylibsrtp import Policy, Session

from streaming.dtls import send_keys
from streaming.groups import Target
from streaming.outgoing import Feed
from streaming.rtp import RtpPacket, parse_rtp, write_rtp

PROFILES = {
    "SRTP_AEAD_AES_128_GCM": (Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 28),
    "SRTP_AES128_CM_SHA1_80": (Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 30),
}
FEED = Feed()


def udp() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock


class Ear:
    """One receiver with its own socket. `plain` counts packets that came by the plain path."""

    def __init__(self, sender: socket.socket, profile: str = "SRTP_AEAD_AES_128_GCM") -> None:
        number, size = PROFILES[profile]
        key = secrets.token_bytes(size)
        self.session = _session(key, number, Policy.SSRC_ANY_OUTBOUND)
        self.keys = send_keys(self.session, profile)
        self.sock = udp()
        self.sender = sender
        self.batched = True
        self.plain = 0
        self._decrypt = _session(key, number, Policy.SSRC_ANY_INBOUND)

    @property
    def address(self) -> tuple[str, int]:
        found: tuple[str, int] = self.sock.getsockname()
        return found

    def target(self) -> Target | None:
        return Target(self.sender, self.address, self.keys) if self.batched else None

    def send_packet(self, packet: bytes) -> None:
        self.plain += 1
        self.sender.sendto(self.session.protect(packet), self.address)

    def heard(self) -> list[RtpPacket]:
        """Everything that waits in the socket, decrypted."""
        found: list[RtpPacket] = []
        while True:
            try:
                packet = parse_rtp(self._decrypt.unprotect(self.sock.recv(2_048)))
            except BlockingIOError:
                return found
            assert packet is not None
            found.append(packet)


def _session(key: bytes, profile: int, kind: int) -> Session:
    policy = Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.allow_repeat_tx, policy.window_size = True, 1_024  # as aiortc sets them
    return Session(policy)


@contextmanager
def ears(count: int, profile: str = "SRTP_AEAD_AES_128_GCM") -> Iterator[tuple[socket.socket, list[Ear]]]:
    """A sending socket and `count` receivers, closed at the end."""
    with udp() as sender:
        made = [Ear(sender, profile) for _ in range(count)]
        try:
            yield sender, made
        finally:
            for ear in made:
                ear.sock.close()


def frame(first: int, sizes: list[int]) -> list[bytes]:
    """RTP packets with payloads of these sizes, numbered from `first`; the last has the marker."""
    return [
        write_rtp(102, at == len(sizes) - 1, first + at, 90_000, 77, bytes((at,)) * size)
        for at, size in enumerate(sizes)
    ]
