"""Keys for a path: DTLS-SRTP (RFC 5764) by aiortc. The only file that touches private names of aiortc and pylibsrtp.

They are pinned by the exact version in requirements and by `tests/streaming/test_contract.py`.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pylibsrtp
from aiortc import rtcdtlstransport as aiortc_dtls
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from pylibsrtp import _binding

from streaming.path import IcePath

HANDSHAKE = 20.0  # s a handshake may take, retransmissions included
# GCM first: authenticating with AES-CM and HMAC-SHA1 costs 1.6 times as much per packet.
_PROFILES = [
    aiortc_dtls.SRTP_AEAD_AES_128_GCM,
    aiortc_dtls.SRTP_AEAD_AES_256_GCM,
    aiortc_dtls.SRTP_AES128_CM_SHA1_80,
]
# libsrtp's srtp_protect(session, packet, length): encrypts in place, `packet` must have room for the tag and
# `length` (int *) grows by it; 0 is success. Half the cost of `Session.protect`, which copies twice.
protect_in_place: Callable[[Any, Any, Any], int] = _binding.lib.srtp_protect
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


class SharedCertificate(RTCCertificate):
    """One certificate and one cached OpenSSL context for every peer of the process."""

    _context: Any = None

    def _create_ssl_context(self, srtp_profiles: list[aiortc_dtls.SRTPProtectionProfile]) -> Any:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
        return self._context

    @property
    def fingerprint(self) -> str:
        """SHA-256, as in `a=fingerprint`."""
        return next(print_.value for print_ in self.getFingerprints() if print_.algorithm == "sha-256")


def new_certificate() -> SharedCertificate:
    """A self-signed certificate of 30 days, new at every start."""
    return SharedCertificate.generateCertificate()


class SecureLink:
    """The association on one path. We are always the server (`a=setup:passive`)."""

    def __init__(self, path: IcePath, certificate: SharedCertificate) -> None:
        self._dtls = RTCDtlsTransport(cast(Any, path), [certificate])
        self._dtls._set_role("server")  # noqa: SLF001  # aiortc sets it through a full peer connection only
        self._dtls._srtp_profiles = _PROFILES  # noqa: SLF001  # no public way to order the profiles
        self._receive: pylibsrtp.Session | None = None
        self._send: pylibsrtp.Session | None = None
        self.send_keys: SendKeys | None = None  # for the fan-out, once connected

    async def start(self, fingerprints: Sequence[tuple[str, str]]) -> bool:
        """Shake hands with the owner of one of `fingerprints` (algorithm, value). False when it fails."""
        wanted = RTCDtlsParameters(fingerprints=[RTCDtlsFingerprint(*pair) for pair in fingerprints])
        try:
            await asyncio.wait_for(self._dtls.start(wanted), HANDSHAKE)
        except TimeoutError:
            return False
        if self._dtls.state != "connected":
            return False
        self._receive = self._dtls._rx_srtp  # noqa: SLF001  # packets go round aiortc's router: it decodes
        self._send = self._dtls._tx_srtp  # noqa: SLF001
        self.send_keys = send_keys(self._send, self.profile)
        return True

    @property
    def profile(self) -> str:
        """Name of the negotiated SRTP profile, for the statistics."""
        ssl = self._dtls._ssl  # noqa: SLF001  # the name is nowhere else
        return ssl.get_selected_srtp_profile().decode() if ssl is not None else ""

    def when_closed(self, callback: Callable[[], None]) -> None:
        """Call back when the other side says goodbye."""

        def on_change() -> None:
            if self._dtls.state in ("closed", "failed"):
                callback()

        self._dtls.on("statechange", on_change)

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

    async def stop(self) -> None:
        """Say goodbye and stop reading."""
        await self._dtls.stop()


def _process(operation: Callable[[bytes], bytes], data: bytes) -> bytes | None:
    try:
        return operation(data)
    except (pylibsrtp.Error, ValueError):
        return None
