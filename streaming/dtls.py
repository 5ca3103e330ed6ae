"""Keys for a path: DTLS-SRTP (RFC 5764) on pyOpenSSL, its keys in libsrtp.

The only file that touches private names of aiortc (the certificate's OpenSSL context), pyOpenSSL (its binding) and
pylibsrtp (the C session). They are pinned by the exact version in requirements and by
`tests/streaming/test_contract.py`.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pylibsrtp
from aiortc import rtcdtlstransport as aiortc_dtls
from aiortc.rtcdtlstransport import RTCCertificate
from OpenSSL import SSL, _util, crypto
from pylibsrtp import Policy, _binding

from streaming.path import IcePath
from streaming.records import are_records, split_records

HANDSHAKE = 30.0  # s from the description to the keys: finding a way, then the handshake with its repetitions
_MAX_FLIGHT = 8_192  # bytes taken from OpenSSL at once; ours, certificate and all, has a tenth of it
# GCM first: authenticating with AES-CM and HMAC-SHA1 costs 1.6 times as much per packet.
_PROFILES = [
    aiortc_dtls.SRTP_AEAD_AES_128_GCM,
    aiortc_dtls.SRTP_AEAD_AES_256_GCM,
    aiortc_dtls.SRTP_AES128_CM_SHA1_80,
]
# libsrtp's srtp_protect(session, packet, length): encrypts in place, `packet` must have room for the tag and
# `length` (int *) grows by it; 0 is success. Half the cost of `Session.protect`, which copies twice.
protect_in_place: Callable[[Any, Any, Any], int] = _binding.lib.srtp_protect
# cffi's memmove(to, from, bytes) as C; that of an `FFI` object is a Python method around it and costs twice as much.
copy_memory: Callable[[Any, Any, int], None] = _binding.ffi.memmove
# Packets behind the newest that may still be sent: half a second of a good picture that the publisher had to
# repeat. libsrtp moves the whole window for every packet; with 1,024 that alone was a tenth of a packet's cost.
SEND_WINDOW = 256
RECEIVE_WINDOW = 1_024
_TAGS = {"SRTP_AEAD_AES_128_GCM": 16, "SRTP_AEAD_AES_256_GCM": 16, "SRTP_AES128_CM_SHA1_80": 10}


@dataclass(frozen=True, slots=True, eq=False)
class SendKeys:
    """A peer's SRTP session for `protect_in_place`. `handle` is good for as long as this object lives."""

    session: pylibsrtp.Session
    handle: Any
    tag: int  # bytes of authentication tag behind every packet (RFC 3711, section 3.1; RFC 7714, section 8)


def send_keys(session: pylibsrtp.Session, profile: str) -> SendKeys:
    """The keys of `session`, which was made for the SRTP profile of this name (OpenSSL's)."""
    handle = session._srtp[0]  # noqa: SLF001  # the C session is nowhere else
    return SendKeys(session, handle, _TAGS[profile])


# Browsers sign their certificates themselves: which one it must be is known by its fingerprint, and asked when the
# handshake is over. pyOpenSSL's own way of calling back looks the certificate and the connection up first, which is a
# twelfth of a handshake.
_any_certificate = _util.ffi.callback("int (*)(int, X509_STORE_CTX *)", lambda ok, store: 1)


class SharedCertificate(RTCCertificate):
    """One certificate and one cached OpenSSL context for every peer of the process."""

    _context: Any = None

    def _create_ssl_context(self, srtp_profiles: list[aiortc_dtls.SRTPProtectionProfile]) -> Any:
        if self._context is None:
            context = self._context = super()._create_ssl_context(srtp_profiles)
            context.set_session_cache_mode(SSL.SESS_CACHE_OFF)  # nobody resumes: every peer is new
            need = SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT
            _util.lib.SSL_CTX_set_verify(context._context, need, _any_certificate)  # noqa: SLF001
        return self._context

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, as in `a=fingerprint`."""
        return next(print_.value for print_ in self.getFingerprints() if print_.algorithm == "sha-256")


def new_certificate() -> SharedCertificate:
    """A self-signed certificate of 30 days, new at every start.

    Its context is made at once: what pyOpenSSL loads for the first one takes tens of milliseconds, for which the first
    viewer would wait, and everybody's packets with it.
    """
    certificate: SharedCertificate = SharedCertificate.generateCertificate()
    certificate._create_ssl_context(_PROFILES)  # noqa: SLF001
    return certificate


class SecureLink:
    """The association on one path. We are always the server (`a=setup:passive`).

    It is driven by the records that come in and by OpenSSL's timer, and has no task of its own: a thousand
    viewers that join together are a thousand small objects.
    """

    def __init__(self, path: IcePath, certificate: SharedCertificate) -> None:
        self._path = path
        self._certificate = certificate
        self._fingerprints: list[tuple[str, str]] = []
        self._ssl: SSL.Connection | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._on_end: Callable[[bool], None] = lambda secure: None
        self._on_goodbye: Callable[[], None] = lambda: None
        self._receive: pylibsrtp.Session | None = None
        self._send: pylibsrtp.Session | None = None
        self.refused = 0  # datagrams that were no whole records, or a plain alert before the keys
        self.profile = ""  # name of the negotiated SRTP profile (OpenSSL's)
        self.send_keys: SendKeys | None = None  # for the fan-out, once connected

    def start(
        self,
        fingerprints: Sequence[tuple[str, str]],
        on_end: Callable[[bool], None],
        on_goodbye: Callable[[], None],
    ) -> None:
        """Shake hands with the owner of all of `fingerprints` (algorithm, value as in `a=fingerprint`).

        `on_end(secure)` is called once, when the keys are there or cannot come; after True, `on_goodbye()` when
        the other side closes.
        """
        self._fingerprints = [*fingerprints]
        self._on_end, self._on_goodbye = on_end, on_goodbye
        self._ssl = SSL.Connection(self._certificate._create_ssl_context(_PROFILES))  # noqa: SLF001
        self._ssl.set_accept_state()
        self._until = asyncio.get_running_loop().time() + HANDSHAKE
        self._wind(self._ssl)
        self._path.deliver_records_to(self._on_record)

    def _on_record(self, data: bytes) -> None:
        ssl = self._ssl
        if ssl is None:
            return
        if not are_records(data, handshaking=self._receive is None):
            self.refused += 1
            return
        ssl.bio_write(data)
        if self._receive is None:
            self._shake(ssl)
            return
        try:
            ssl.recv(
                _MAX_FLIGHT
            )  # a repeated flight that ours must answer, an alert, or data nobody asked for
        except SSL.ZeroReturnError:
            self._on_goodbye()
        except SSL.Error:
            pass  # nothing whole, or forged: OpenSSL threw it away
        self._flush(ssl)

    def _shake(self, ssl: SSL.Connection) -> None:
        """One step of the handshake."""
        try:
            ssl.do_handshake()
        except SSL.WantReadError:
            self._flush(ssl)
            self._wind(ssl)
        except SSL.Error:
            self._flush(ssl)
            self._fail()
        else:
            self._flush(ssl)
            if self._is_expected(ssl) and self._take_keys(ssl):
                self._unwind()
                self._on_end(True)
            else:
                self._fail()

    def _is_expected(self, ssl: SSL.Connection) -> bool:
        """Whether the other side's certificate has every fingerprint that its description told."""
        certificate = ssl.get_peer_certificate()
        if certificate is None or not self._fingerprints:
            return False
        whole = crypto.dump_certificate(crypto.FILETYPE_ASN1, certificate)
        return all(
            hashlib.new(algorithm.replace("-", ""), whole).hexdigest() == value.replace(":", "").lower()
            for algorithm, value in self._fingerprints
        )

    def _take_keys(self, ssl: SSL.Connection) -> bool:
        """SRTP sessions from the handshake's secrets (RFC 5764, section 4.2)."""
        name = ssl.get_selected_srtp_profile()
        profile = next((one for one in _PROFILES if one.openssl_profile == name), None)
        if profile is None:
            return False
        size = 2 * (profile.key_length + profile.salt_length)
        material = ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", size)
        theirs, ours = (profile.get_key_and_salt(material, side) for side in (0, 1))
        kind = profile.libsrtp_profile
        self._receive = _session(theirs, Policy.SSRC_ANY_INBOUND, kind, RECEIVE_WINDOW)
        self._send = _session(ours, Policy.SSRC_ANY_OUTBOUND, kind, SEND_WINDOW)
        self.profile = name.decode()
        self.send_keys = send_keys(self._send, self.profile)
        return True

    def _fail(self) -> None:
        self._unwind()
        self._ssl = None
        self._on_end(False)

    def _flush(self, ssl: SSL.Connection) -> None:
        """Send what OpenSSL wrote, whole records in datagrams that fit every path."""
        try:
            flight = ssl.bio_read(_MAX_FLIGHT)
        except SSL.Error:
            return
        for datagram in split_records(flight):
            self._path.send(datagram)

    # -- the timer: repeats a flight that got no answer, and gives up

    def _wind(self, ssl: SSL.Connection) -> None:
        self._unwind()
        loop = asyncio.get_running_loop()
        repeat = ssl.DTLSv1_get_timeout()
        left = self._until - loop.time()
        self._timer = loop.call_later(left if repeat is None else min(repeat, left), self._on_time, ssl)

    def _unwind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _on_time(self, ssl: SSL.Connection) -> None:
        if asyncio.get_running_loop().time() >= self._until:
            self._fail()
            return
        try:
            ssl.DTLSv1_handle_timeout()
        except SSL.Error:  # it gave up by itself
            self._fail()
            return
        self._flush(ssl)
        self._wind(ssl)

    # -- packets

    def unprotect(self, data: bytes) -> bytes | None:
        """Plain RTP, or None for a forged, replayed or broken packet."""
        return _process(self._receive.unprotect, data) if self._receive is not None else None

    def unprotect_rtcp(self, data: bytes) -> bytes | None:
        """Plain RTCP, or None."""
        return _process(self._receive.unprotect_rtcp, data) if self._receive is not None else None

    def protect(self, data: bytes) -> bytes | None:
        """SRTP for the peer, or None before the keys and for a packet that is too long or too old."""
        return _process(self._send.protect, data) if self._send is not None else None

    def protect_rtcp(self, data: bytes) -> bytes | None:
        """SRTCP for the peer, or None."""
        return _process(self._send.protect_rtcp, data) if self._send is not None else None

    def stop(self) -> None:
        """Say goodbye and stop reading."""
        self._unwind()
        ssl, self._ssl = self._ssl, None
        if ssl is None:
            return
        try:
            ssl.shutdown()
        except SSL.Error:
            return  # in the middle of the handshake there is nobody to say it to
        self._flush(ssl)


def _session(key: bytes, kind: int, profile: int, window: int) -> pylibsrtp.Session:
    policy = _policy(kind, profile, window)
    policy.key = key
    try:
        return pylibsrtp.Session(policy)
    finally:
        policy.key = None


@lru_cache
def _policy(kind: int, profile: int, window: int) -> Policy:
    """What all sessions of a kind have in common, without a key: libsrtp copies what it needs."""
    policy = Policy(ssrc_type=kind, srtp_profile=profile)
    policy.allow_repeat_tx = True  # sound is sent again under its own number
    policy.window_size = window
    return policy


def _process(operation: Callable[[bytes], bytes], data: bytes) -> bytes | None:
    try:
        return operation(data)
    except (pylibsrtp.Error, ValueError):
        return None
