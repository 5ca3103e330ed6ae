"""The private names of aiortc, pyOpenSSL and pylibsrtp under `streaming/dtls.py`: an upgrade means reading it again."""

import inspect

import aiortc
import OpenSSL
import pylibsrtp
from aiortc import rtcdtlstransport
from pylibsrtp import Policy, Session, _binding

from streaming.dtls import (
    _PROFILES,
    _TAGS,
    SecureLink,
    copy_memory,
    new_certificate,
    protect_in_place,
    send_keys,
)
from streaming.rtp import write_rtp
from streaming.sendmmsg import FFI


def test_versions_are_the_ones_that_were_read() -> None:
    assert aiortc.__version__ == "1.16.0"
    assert OpenSSL.__version__ == "26.4.0"
    assert pylibsrtp.__version__ == "1.0.0"


def test_a_certificate_has_the_name_we_use() -> None:
    found = inspect.signature(rtcdtlstransport.RTCCertificate._create_ssl_context)
    assert list(found.parameters) == ["self", "srtp_profiles"]


def test_one_context_serves_all_and_gcm_comes_first() -> None:
    certificate = new_certificate()
    profiles = [rtcdtlstransport.SRTP_AEAD_AES_128_GCM]
    assert certificate._create_ssl_context(profiles) is certificate._create_ssl_context(profiles)
    assert certificate.fingerprint.count(":") == 31


def test_the_first_viewer_does_not_wait_for_the_context() -> None:
    assert new_certificate()._context is not None


def test_libsrtp_encrypts_in_place_what_the_session_would_have_made() -> None:
    kind = str(_binding.ffi.typeof(_binding.lib.srtp_protect))
    assert kind == "<ctype 'srtp_err_status_t(*)(struct srtp_ctx_t_ *, void *, int *)'>"
    packet = write_rtp(102, True, 9, 90_000, 77, b"picture")
    for profile in _PROFILES:
        key = bytes(range(profile.key_length + profile.salt_length))
        policy = Policy(key, Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile.libsrtp_profile)
        keys = send_keys(Session(policy), profile.openssl_profile.decode())
        buffer, length = FFI.new("char[]", packet + bytes(keys.tag)), FFI.new("int *", len(packet))
        assert protect_in_place(keys.handle, buffer, length) == 0
        assert length[0] == len(packet) + keys.tag
        assert FFI.buffer(buffer)[: length[0]] == Session(policy).protect(packet)
        assert protect_in_place(keys.handle, buffer, FFI.new("int *", 3)) != 0
    assert len(_TAGS) == len(_PROFILES)


def test_before_the_keys_nothing_is_protected() -> None:
    class Duck:
        pass

    link = SecureLink(Duck(), new_certificate())  # type: ignore[arg-type]
    assert link.protect(bytes(20)) is None and link.unprotect(bytes(20)) is None
    assert link.protect_rtcp(bytes(20)) is None and link.unprotect_rtcp(bytes(20)) is None
    assert link.profile == "" and link.send_keys is None


def test_the_binding_copies_memory_of_another_interface() -> None:
    given, taken = FFI.new("char[]", b"four"), FFI.new("char[]", 5)
    copy_memory(taken, given, 5)
    assert FFI.string(taken) == b"four"
    copy_memory(taken + 1, b"wo", 2)
    assert FFI.string(taken) == b"fwor"
