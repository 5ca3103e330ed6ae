"""Frames over a connection, and connections that do not behave."""

import asyncio
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming import tcp
from streaming.commands import Publish
from streaming.ice import write_request
from streaming.tcp import MAX_FRAME, Unframer
from tests.streaming.people import studio
from tests.streaming.wire import OFFER, Caller


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=8), st.lists(st.integers(1, 40), min_size=1))
def test_packets_survive_any_cut(packets: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(len(packet).to_bytes(2, "big") + packet for packet in packets)
    unframer, found, at = Unframer(), [], 0
    for cut in [*cuts, len(stream)]:
        pieces = unframer.feed(stream[at : at + cut])
        assert pieces is not None
        found += pieces
        at += cut
    assert found == packets


@given(st.lists(st.binary(max_size=50), max_size=10))
def test_any_bytes_end_in_packets_or_refusal(pieces: list[bytes]) -> None:
    unframer = Unframer()
    for piece in pieces:
        packets = unframer.feed(piece)
        if packets is None:
            return
        assert all(0 < len(packet) <= MAX_FRAME for packet in packets)


async def test_a_check_over_tcp_is_answered_and_rubbish_ends_the_connection() -> None:
    async with studio() as house:
        caller = Caller()
        caller.learn((await house.worker.handle(Publish("1", "leader-1", caller.fill(OFFER))))["sdp"])
        reader, writer = await asyncio.open_connection("127.0.0.1", house.worker.port)
        request = write_request(caller.theirs, caller.own.ufrag, secrets.token_bytes(12), True)
        writer.write(len(request).to_bytes(2, "big") + request)
        size = int.from_bytes(await reader.readexactly(2), "big")
        assert (await reader.readexactly(size))[:2] == b"\x01\x01"
        writer.write(b"\xff" * 100)
        assert await reader.read() == b""
        writer.close()
        await caller.close(goodbye=False)


async def test_a_silent_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "PROOF", 0.2)
    async with studio() as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", house.worker.port)
        assert await reader.read() == b""
        writer.close()
