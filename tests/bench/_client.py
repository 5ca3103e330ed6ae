"""A lean WebRTC client for load: real ICE, DTLS and SRTP on one UDP socket, without decoding anything."""

import asyncio
import re
import secrets
import socket
import time
from typing import Any

from aioice import stun
from aiortc.rtcdtlstransport import (
    SRTP_AEAD_AES_128_GCM,
    SRTP_AES128_CM_SHA1_80,
    RTCCertificate,
)
from OpenSSL import SSL
from pylibsrtp import Policy, Session

from streaming.ice import Credentials, write_response

# Without AES-256, which Janus would choose and ours would not: both spend the same on every packet.
PROFILES = [SRTP_AEAD_AES_128_GCM, SRTP_AES128_CM_SHA1_80]
CERTIFICATE = RTCCertificate.generateCertificate()
FINGERPRINT = next(one.value for one in CERTIFICATE.getFingerprints() if one.algorithm == "sha-256")
CONTEXT = CERTIFICATE._create_ssl_context(PROFILES)
RECEIVE_BUFFER = 2 << 20  # bytes: several key frames
TRY_AGAIN = 0.5  # s


class Client:
    """One end of a connection; `connect` leaves a connected socket and both SRTP sessions."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.own = Credentials.fresh()
        self.theirs = Credentials("", "")
        self.receive: Session | None = None
        self.send: Session | None = None
        self.profile = ""
        self._tie = secrets.randbits(64)
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()

    # -- descriptions

    def offer(self, template: str) -> str:
        """A template with our credentials put in."""
        return template.format(ufrag=self.own.ufrag, password=self.own.password, fingerprint=FINGERPRINT)

    def answer(self, offer: str, without: str = "") -> str:
        """The offer turned round as a browser would, once `learn` knows it; `without` is a type not taken."""
        host, port = self.sock.getsockname()
        text = re.sub(
            r"a=(candidate|end-of-candidates|ice-lite|ice-options|ssrc|msid|extmap).*\r?\n", "", offer
        )
        text = re.sub(r"a=fingerprint:.*", f"a=fingerprint:sha-256 {FINGERPRINT}", text)
        text = re.sub(r"a=ice-ufrag:.*", f"a=ice-ufrag:{self.own.ufrag}", text)
        text = re.sub(r"a=ice-pwd:.*", f"a=ice-pwd:{self.own.password}", text)
        mine = f"a=candidate:1 1 udp 2130706431 {host} {port} typ host\r\na=end-of-candidates\r\n"
        text = re.sub(r"(a=mid:.*\n)", lambda found: found[1] + mine, text)
        text = re.sub(r"a=setup:.*", "a=setup:active", text).replace("a=sendonly", "a=recvonly")
        return text.replace(f"SAVPF {without} ", "SAVPF ") if without else text

    def learn(self, sdp: str) -> None:
        """Take the other side's credentials and address."""
        ufrag, password = (re.findall(rf"a=ice-{name}:(\S+)", sdp)[0] for name in ("ufrag", "pwd"))
        self.theirs = Credentials(ufrag, password)
        found = re.search(r"a=candidate:\S+ 1 udp \d+ (\d+\.\S+) (\d+) typ host", sdp, re.IGNORECASE)
        if found is None:
            raise RuntimeError("no candidate in " + sdp)
        self.sock.connect((found[1], int(found[2])))

    # -- connection

    def check(self) -> None:
        """A connectivity check, or later a consent check, with all that libnice wants in it (RFC 8445, 7.1)."""
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self.theirs.ufrag}:{self.own.ufrag}"
        request.attributes["PRIORITY"] = 1_845_501_695
        request.attributes["ICE-CONTROLLING"] = self._tie
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(self.theirs.password.encode())
        self._put(bytes(request))

    def respond(self, request: bytes) -> None:
        """Answer the other side's check: Janus wants to hear it, although it is the lite side."""
        self._put(write_response(request[4:20], self.sock.getpeername(), self.own.password))

    def _put(self, data: bytes) -> None:
        try:
            self.sock.send(data)
        except OSError:
            return  # what does not go out is lost, as on any network

    async def connect(self, seconds: float = 20) -> None:
        """ICE, then DTLS. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self.sock.fileno(), self._on_readable)
        try:
            async with asyncio.timeout(seconds):
                await self._ice()
                await self._dtls()
        finally:
            loop.remove_reader(self.sock.fileno())

    def _on_readable(self) -> None:
        try:
            while True:
                self._inbox.put_nowait(self.sock.recv(2_048))
        except OSError:
            return

    async def _next(self, first: int, last: int) -> bytes | None:
        """The next datagram whose first byte lies in the range; None when it is time to try again."""
        until = time.monotonic() + TRY_AGAIN
        while True:
            try:
                data = await asyncio.wait_for(self._inbox.get(), max(0.001, until - time.monotonic()))
            except TimeoutError:
                return None
            if data[0] == 0:
                self.respond(data)
            elif first <= data[0] <= last:
                return data

    async def _ice(self) -> None:
        self.check()
        while await self._next(1, 1) is None:
            self.check()

    async def _dtls(self) -> None:
        ssl = SSL.Connection(CONTEXT)
        ssl.set_connect_state()
        ssl.set_ciphertext_mtu(1_200)
        while True:
            try:
                ssl.do_handshake()
            except SSL.WantReadError:
                self._flush(ssl)
            else:
                self._flush(ssl)
                break
            record = await self._next(20, 63)
            if record is None:
                self.check()  # libnice forgets a check that came before our answer
                ssl.DTLSv1_handle_timeout()
                self._flush(ssl)
            else:
                ssl.bio_write(record)
        self._take_keys(ssl)

    def _flush(self, ssl: Any) -> None:
        while True:
            try:
                self._put(ssl.bio_read(1_500))
            except SSL.Error:
                return

    def _take_keys(self, ssl: Any) -> None:
        name = ssl.get_selected_srtp_profile()
        profile = next(one for one in PROFILES if one.openssl_profile == name)
        size = 2 * (profile.key_length + profile.salt_length)
        material = ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
        self.profile = name.decode()
        self.send, self.receive = (
            _session(profile.get_key_and_salt(material, at), kind, profile.libsrtp_profile)
            for at, kind in ((0, Policy.SSRC_ANY_OUTBOUND), (1, Policy.SSRC_ANY_INBOUND))
        )

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send."""
        assert self.send is not None
        self._put(self.send.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """The same for RTCP."""
        assert self.send is not None
        self._put(self.send.protect_rtcp(packet))


def _session(key: bytes, kind: int, profile: int) -> Session:
    policy = Policy(key=key, ssrc_type=kind, srtp_profile=profile)
    policy.allow_repeat_tx, policy.window_size = True, 1_024
    return Session(policy)
