"""Frames over a connection, and connections that do not behave."""

import asyncio
import secrets
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming import tcp
from streaming.commands import Publish
from streaming.ice import write_request
from streaming.path import Route
from streaming.tcp import MAX_FRAME, MAX_QUEUED, TcpDoor, Unframer
from tests.streaming.people import studio, until
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


async def test_who_does_not_read_loses_packets_and_neither_memory_grows_nor_anybody_else_waits() -> None:
    routes: dict[bytes, Route] = {}
    door = TcpDoor(routes.__setitem__, lambda route: True, lambda route: None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    await door.open(["127.0.0.1"], port)

    async def comes(name: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # So small a limit: this end stops reading from the socket long before a picture is in.
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_024)
        writer.write(len(name).to_bytes(2, "big") + name)
        await until(lambda: name in routes)
        return reader, writer

    async def receive(reader: asyncio.StreamReader) -> int:
        data = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        assert len(data) == 1_200
        return int.from_bytes(data[:4], "big")

    async with asyncio.timeout(30):
        slow, quick = await comes(b"slow"), await comes(b"quick")
        sent = 0
        while door.counters.dropped < 100:
            routes[b"slow"].send(sent.to_bytes(4, "big") + bytes(1_196))
            sent += 1
            if sent % 100 == 0:
                await asyncio.sleep(0)
        transport = routes[b"slow"]._transport  # type: ignore[attr-defined]
        assert transport.get_write_buffer_size() <= MAX_QUEUED + 1_202
        routes[b"quick"].send(bytes(1_200))
        assert await receive(quick[0]) == 0
        # What did come is whole and in order; the line is good again once it is read.
        found = [await receive(slow[0]) for _ in range(sent - door.counters.dropped)]
        assert found == sorted(set(found)) and found[-1] < sent
        routes[b"slow"].send(sent.to_bytes(4, "big") + bytes(1_196))
        assert await receive(slow[0]) == sent
        for _, writer in (slow, quick):
            writer.close()
        await door.close()
