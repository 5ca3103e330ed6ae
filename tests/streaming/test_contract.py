"""The private names of aiortc that `streaming/dtls.py` stands on; an upgrade needs that file read again."""

import inspect

import aiortc
import pylibsrtp
from aiortc import rtcdtlstransport
from aiortc.rtcdtlstransport import RTCDtlsTransport

from streaming.dtls import SecureLink, new_certificate


def test_versions_are_the_ones_that_were_read() -> None:
    assert aiortc.__version__ == "1.16.0"
    assert pylibsrtp.__version__ == "1.0.0"


def test_a_transport_has_the_names_we_use() -> None:
    source = inspect.getsource(RTCDtlsTransport)
    for name in ("_role", "_srtp_profiles", "_ssl", "_rx_srtp", "_tx_srtp"):
        assert f"self.{name}" in source
    assert list(inspect.signature(RTCDtlsTransport._set_role).parameters) == ["self", "role"]
    assert "self.transport._recv()" in source and "self.transport._send(" in source
    assert list(inspect.signature(rtcdtlstransport.RTCCertificate._create_ssl_context).parameters) == [
        "self",
        "srtp_profiles",
    ]


def test_one_context_serves_all_and_gcm_comes_first() -> None:
    certificate = new_certificate()
    profiles = [rtcdtlstransport.SRTP_AEAD_AES_128_GCM]
    assert certificate._create_ssl_context(profiles) is certificate._create_ssl_context(profiles)
    assert certificate.fingerprint.count(":") == 31


def test_before_the_keys_nothing_is_protected() -> None:
    class Duck:
        role = "controlled"

    link = SecureLink(Duck(), new_certificate())  # type: ignore[arg-type]
    assert link.protect(bytes(20)) is None and link.unprotect(bytes(20)) is None
    assert link.protect_rtcp(bytes(20)) is None and link.unprotect_rtcp(bytes(20)) is None
    assert link.profile == ""
