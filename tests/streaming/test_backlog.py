"""A thousand handshakes at once, and the broadcast in the middle of them."""

import asyncio
import secrets
import socket
import time

import pytest

from streaming.backlog import MAX_WAITING, Backlog
from streaming.ice import write_request
from streaming.mux import Mux, MuxCounters, UdpRoute
from streaming.path import IcePath
from tests.streaming.people import until

RECORD, MEDIA = b"\x16\xfe\xfd" + bytes(60), b"\x80\x66" + bytes(60)
MANY = 300


async def test_the_publishers_packet_does_not_wait_for_those_who_join() -> None:
    """One socket of the kernel keeps the order of arrival: all the handshakes stand before the packet."""
    mux = Mux()
    mux.open(["127.0.0.1"], 0)
    joining, sending = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    paths = [IcePath(mux, 0.0) for _ in range(2)]
    for sock, path in zip((joining, sending), paths, strict=True):
        sock.connect(("127.0.0.1", mux.port))
        request = write_request(path.credentials, "them", secrets.token_bytes(12), True)
        sock.send(request)
    await until(lambda: all(path.route is not None for path in paths))
    steps, steps_before = list[bytes](), list[int]()

    def step(record: bytes) -> None:
        time.sleep(0.001)
        steps.append(record)

    paths[0].deliver_records_to(step)
    paths[1].deliver_media_to(lambda data, route: steps_before.append(len(steps)))
    for _ in range(MANY):
        joining.send(RECORD)
    sending.send(MEDIA)
    await until(lambda: len(steps) == MANY and bool(steps_before))
    assert steps_before[0] < MANY / 10
    for sock in (joining, sending):
        sock.close()
    mux.close()


async def test_steps_keep_their_order_and_one_that_fails_stops_nobody() -> None:
    backlog, done = Backlog(), list[int]()

    def step(number: int) -> None:
        if number == 0:
            raise ValueError("of this test")
        done.append(number)

    for number in range(20):
        backlog.put(lambda number=number: step(number))  # type: ignore[misc]
    with pytest.raises(ValueError, match="of this test"):
        backlog.serve()
    await until(lambda: len(done) == 19)
    assert done == [*range(1, 20)]


async def test_the_line_has_an_end_and_counts_what_fell() -> None:
    backlog, done = Backlog(), list[int]()
    for number in range(MAX_WAITING + 3):
        backlog.put(lambda number=number: done.append(number))  # type: ignore[misc]
    backlog.serve()
    await until(lambda: len(done) == MAX_WAITING)
    await asyncio.sleep(0)
    assert backlog.dropped == 3 and done == [*range(MAX_WAITING)]


async def test_what_waited_longer_than_its_peer_stayed_is_dropped() -> None:
    path, seen = IcePath(Mux(), 0.0), list[bytes]()
    path.deliver_records_to(seen.append)
    path.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        path.receive(RECORD, UdpRoute(sock, ("127.0.0.1", 9), MuxCounters()))
    assert seen == [] and path.dropped == 1
