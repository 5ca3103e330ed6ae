"""Synthetic people on a wire the test controls: real ICE, DTLS and SRTP; chosen packets, loss, addresses."""

import asyncio
import re
import secrets
import socket
import struct
from collections.abc import Callable

from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from streaming.commands import Accept, Publish, Watch
from streaming.dtls import SharedCertificate, new_certificate
from streaming.ice import Credentials, write_request
from streaming.rtp import RtpPacket, is_rtcp, parse_rtp
from tests.streaming.people import Studio

CERTIFICATE: SharedCertificate = new_certificate()
OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=ice-ufrag:{ufrag}
a=ice-pwd:{password}
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=ssrc:1111 cname:x
m=video 9 UDP/TLS/RTP/SAVPF 102 103
c=IN IP4 0.0.0.0
a=mid:1
a=sendonly
a=rtcp-mux
a=rtpmap:102 H264/90000
a=fmtp:102 packetization-mode=1;profile-level-id=42e01f
a=rtpmap:103 rtx/90000
a=fmtp:103 apt=102
a=ssrc-group:FID 2222 3333
a=ssrc:2222 cname:x
a=ssrc:3333 cname:x
"""


class Caller:
    """One end of a path, on its own UDP socket. `rtp` and `rtcp` collect what came in plain."""

    role = "controlling"

    def __init__(self) -> None:
        self.own = Credentials.fresh()
        self.theirs = Credentials("", "")
        self.target = ("127.0.0.1", 0)
        self.rtp: list[RtpPacket] = []
        self.rtcp: list[bytes] = []
        self.stun = 0
        self.loses: Callable[[bytes], bool] = lambda data: (
            False
        )  # incoming packets that the line eats; headers are in clear
        self.dtls = RTCDtlsTransport(self, [CERTIFICATE])  # type: ignore[arg-type]
        self.dtls._set_role("client")
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._early: list[bytes] = []  # media may overtake the end of the handshake
        self._loop = asyncio.get_running_loop()
        self._sockets: list[socket.socket] = []
        self.open_socket()

    def open_socket(self) -> None:
        """A new local address, as after Wi-Fi to 4G."""
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        self._sockets.append(sock)
        self._loop.add_reader(sock.fileno(), self._on_readable, sock)

    @property
    def address(self) -> tuple[str, int]:
        found: tuple[str, int] = self._sockets[-1].getsockname()
        return found

    def _on_readable(self, sock: socket.socket) -> None:
        while True:
            try:
                data = sock.recv(2_048)
            except BlockingIOError:
                return
            if sock is not self._sockets[-1]:
                continue  # the old network is gone
            if data[0] < 4:
                self.stun += 1
            elif data[0] < 64:
                self._inbox.put_nowait(data)
            elif self.dtls._rx_srtp is not None:
                self._on_media(data)
            else:
                self._early.append(data)

    def _on_media(self, data: bytes) -> None:
        if is_rtcp(data):
            self.rtcp.append(self.dtls._rx_srtp.unprotect_rtcp(data))
            return
        if self.loses(data):
            return
        packet = parse_rtp(self.dtls._rx_srtp.unprotect(data))
        assert packet is not None
        self.rtp.append(packet)

    async def _recv(self) -> bytes:
        return await self._inbox.get()

    async def _send(self, data: bytes) -> None:
        self._sockets[-1].sendto(data, self.target)

    def send_raw(self, data: bytes) -> None:
        self._sockets[-1].sendto(data, self.target)

    def send_rtp(self, packet: bytes) -> None:
        self.send_raw(self.dtls._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        self.send_raw(self.dtls._tx_srtp.protect_rtcp(packet))

    def check(self, password: str = "", use_candidate: bool = True) -> bytes:
        """Send a connectivity check; the request that was sent."""
        theirs = Credentials(self.theirs.ufrag, password or self.theirs.password)
        request = write_request(theirs, self.own.ufrag, secrets.token_bytes(12), use_candidate)
        self.send_raw(request)
        return request

    def learn(self, sdp: str) -> None:
        """Take the engine's credentials and port."""
        ufrag, password = re.findall(r"a=ice-(?:ufrag|pwd):(\S+)", sdp)[:2]
        self.theirs = Credentials(ufrag, password)
        found = re.search(r"udp \d+ (\S+) (\d+) typ host", sdp)
        assert found is not None
        self.target = found[1], int(found[2])

    async def connect(self, sdp: str) -> None:
        self.learn(sdp)
        fingerprint = re.findall(r"a=fingerprint:(\S+) (\S+)", sdp)[0]
        self.check()
        await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(*fingerprint)]))
        assert self.dtls.state == "connected"
        for data in self._early:
            self._on_media(data)

    def fill(self, template: str) -> str:
        return template.format(
            ufrag=self.own.ufrag, password=self.own.password, fingerprint=CERTIFICATE.fingerprint
        )

    async def close(self, goodbye: bool = True) -> None:
        if goodbye:
            await self.dtls.stop()
        elif self.dtls._task is not None:
            self.dtls._task.cancel()
        for sock in self._sockets:
            self._loop.remove_reader(sock.fileno())
            sock.close()


class Sender(Caller):
    """A publisher with H.264 and Opus packets of its own making."""

    def __init__(self) -> None:
        super().__init__()
        self.peer = ""
        self.sequence, self.timestamp = 65_500, 0xFFFF_F000  # both wrap soon

    async def publish(self, house: Studio, participant: str) -> None:
        result = await house.worker.handle(Publish("1", participant, self.offer()))
        self.peer = result["peer"]
        await self.connect(result["sdp"])

    def offer(self) -> str:
        return self.fill(OFFER)

    def frame(self, key: bool = False, size: int = 3, keep: Callable[[int], bool] = lambda at: True) -> None:
        """One picture in `size` packets (a key has one more for SPS and PPS); `keep` says which are sent."""
        for at, packet in enumerate(self.make_frame(key, size)):
            if keep(at):
                self.send_rtp(packet)

    def make_frame(self, key: bool = False, size: int = 3) -> list[bytes]:
        self.timestamp = (self.timestamp + 3_000) & 0xFFFF_FFFF
        payloads = [b"\x18\x00\x04\x67\x42\xe0\x1f\x00\x03\x68\xce\x3c"] if key else []
        kind = 5 if key else 1
        for at in range(size):
            flags = 0x80 * (at == 0) | 0x40 * (at == size - 1)
            payloads.append(bytes((0x7C, flags | kind, at)) + secrets.token_bytes(100))
        packets = []
        for at, payload in enumerate(payloads):
            second = 102 | 0x80 * (at == len(payloads) - 1)
            header = struct.pack("!BBHLL", 0x80, second, self.sequence, self.timestamp, 2222)
            packets.append(header + payload)
            self.sequence = (self.sequence + 1) & 0xFFFF
        return packets


class Seer(Caller):
    """A viewer that keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.peer = ""
        self.takes_red = False

    async def watch(self, house: Studio, viewer: str) -> None:
        result = await house.worker.handle(Watch("1", viewer))
        self.peer = result["peer"]
        await house.worker.handle(Accept("1", self.peer, self.answer(result["sdp"])))
        await self.connect(result["sdp"])

    def answer(self, offer: str) -> str:
        """The offer turned round, as a browser would."""
        swapped = re.sub(r"a=fingerprint.*", f"a=fingerprint:sha-256 {CERTIFICATE.fingerprint}", offer)
        if not self.takes_red:
            swapped = swapped.replace("SAVPF 63 111", "SAVPF 111")
        return swapped.replace("a=setup:passive", "a=setup:active").replace("a=sendonly", "a=recvonly")

    def pictures(self) -> list[RtpPacket]:
        return [packet for packet in self.rtp if packet.payload_type == 102]
