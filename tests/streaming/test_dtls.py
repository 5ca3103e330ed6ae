"""The handshake over a wire that loses what the test says."""

import asyncio
import contextlib
import struct
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from OpenSSL import SSL

from streaming.dtls import _PROFILES, SecureLink, new_certificate
from streaming.path import IcePath
from streaming.records import MAX_DATAGRAM, split_records
from streaming.rtp import write_rtp
from tests.streaming.people import until

OURS, THEIRS = new_certificate(), new_certificate()
PRINT = ("sha-256", THEIRS.fingerprint)


class Wire:
    """A path with a client behind it. `loses(n)`: whether our n-th datagram is lost, from 0."""

    def __init__(self, loses: Callable[[int], bool] = lambda number: False) -> None:
        self._loses = loses
        self._sent = 0
        self._owner: Callable[[bytes], None] = lambda data: None
        self.client = SSL.Connection(THEIRS._create_ssl_context(_PROFILES))
        self.client.set_connect_state()
        self.link = SecureLink(cast(IcePath, self), OURS)
        self.ends: list[bool] = []
        self.goodbyes = 0

    def start(self, *fingerprints: tuple[str, str]) -> None:
        self.link.start(fingerprints, self.ends.append, self._on_goodbye)
        self.step()

    def _on_goodbye(self) -> None:
        self.goodbyes += 1

    def deliver_records_to(self, owner: Callable[[bytes], None]) -> None:
        self._owner = owner

    def send(self, data: bytes) -> None:
        assert len(data) <= MAX_DATAGRAM
        self._sent += 1
        if not self._loses(self._sent - 1):
            self.client.bio_write(data)
            asyncio.get_running_loop().call_soon(self.step)

    def step(self) -> None:
        """Let the client do what it can."""
        with contextlib.suppress(SSL.Error):
            self.client.do_handshake()
        self.flush()

    def flush(self) -> None:
        with contextlib.suppress(SSL.Error):
            while True:
                self._owner(self.client.bio_read(1_500))


async def test_both_sides_get_the_same_keys() -> None:
    wire = Wire()
    wire.start(PRINT)
    await until(lambda: wire.ends)
    assert wire.ends == [True]
    assert wire.link.profile == "SRTP_AEAD_AES_128_GCM" == wire.client.get_selected_srtp_profile().decode()
    assert wire.link.send_keys is not None and wire.link.send_keys.tag == 16


async def test_a_lost_flight_is_sent_again() -> None:
    wire = Wire(lambda number: number == 0)
    wire.start(PRINT)
    await until(lambda: wire.ends)
    assert wire.ends == [True]


async def test_a_lost_last_flight_is_sent_again_when_the_client_repeats_its_own() -> None:
    wire = Wire(lambda number: number == 1)
    wire.start(PRINT)
    await until(lambda: wire.ends)
    assert wire.ends == [True] and wire.client.get_selected_srtp_profile()
    finished = wire.client.get_finished()
    await asyncio.sleep(1.1)  # OpenSSL's first time-out
    wire.client.DTLSv1_handle_timeout()
    wire.flush()
    wire.step()
    assert finished and wire.client.get_peer_finished()


@pytest.mark.parametrize("told", [[("sha-256", OURS.fingerprint)], [PRINT, ("sha-384", "AB")], []])
async def test_whoever_is_not_the_one_that_was_told_gets_no_keys(told: list[tuple[str, str]]) -> None:
    wire = Wire()
    wire.start(*told)
    await until(lambda: wire.ends)
    assert wire.ends == [False] and wire.link.send_keys is None


async def test_whoever_shows_no_certificate_gets_no_keys() -> None:
    wire = Wire()
    bare = SSL.Context(SSL.DTLS_METHOD)
    bare.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM")
    bare.set_verify(SSL.VERIFY_NONE)
    wire.client = SSL.Connection(bare)
    wire.client.set_connect_state()
    wire.start(PRINT)
    await until(lambda: wire.ends)
    assert wire.ends == [False] and wire.link.send_keys is None


async def test_every_peer_has_its_own_keys() -> None:
    one, other = Wire(), Wire()
    for wire in (one, other):
        wire.start(PRINT)
    await until(lambda: one.ends and other.ends)
    packet = write_rtp(102, True, 9, 90_000, 77, b"picture")
    assert one.link.protect(packet) != other.link.protect(packet) is not None
    assert other.link.unprotect(one.link.protect(packet) or b"") is None


async def test_nobody_there_is_a_failure_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streaming.dtls.HANDSHAKE", 0.05)
    wire = Wire()
    wire.link.start([PRINT], wire.ends.append, lambda: None)
    await until(lambda: wire.ends)
    assert wire.ends == [False]


async def test_garbage_and_a_goodbye() -> None:
    wire = Wire()
    wire.start(PRINT)
    await until(lambda: wire.ends)
    for garbage in (b"\x16", b"\x17\xfe\xfd" + bytes(40), b"\x15\xfe\xfd" + bytes(8) + b"\xff\xff"):
        wire._owner(garbage)
    assert wire.goodbyes == 0
    with contextlib.suppress(SSL.Error):
        wire.client.shutdown()
    wire.flush()
    assert wire.goodbyes == 1
    wire.link.stop()
    wire.link.stop()
    wire._owner(b"\x16" + bytes(20))
    assert wire.ends == [True]


@given(st.lists(st.integers(0, 1_500), max_size=12))
def test_records_are_never_cut(sizes: list[int]) -> None:
    def record(size: int) -> bytes:
        return struct.pack("!BHQH", 22, 0xFEFD, 0, size) + bytes(size)

    flight = b"".join(map(record, sizes))
    datagrams: list[Any] = split_records(flight)
    assert b"".join(datagrams) == flight
    for datagram in datagrams:
        at = 0
        while at < len(datagram):
            at += 13 + int.from_bytes(datagram[at + 11 : at + 13], "big")
        assert at == len(datagram)
        assert len(datagram) <= MAX_DATAGRAM or datagram[11:13] == struct.pack("!H", len(datagram) - 13)
