"""The listening socket that every server of ours begins with."""

import asyncio
import socket

import pytest

from signaling.server import PortTaken, listen


async def test_answers_do_not_wait_for_an_acknowledgement() -> None:
    """Headers and body are two writes: with Nagle's algorithm the second one stood for 40 ms, on every part of HLS."""
    found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        found.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = listen("127.0.0.1", 0)
    async with await asyncio.start_server(serve, sock=listening):
        _reader, writer = await asyncio.open_connection(*listening.getsockname())
        assert await found
        writer.close()


def test_a_taken_port_is_told() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(PortTaken):
        listen(*first.getsockname())
