"""Debian's nginx with the repository's template before the segments: what comes to the origin when many ask."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from recordings.live_asgi import LiveSegments
from tests.recordings.asgi_client import Response
from tests.recordings.small_server import serving
from tests.recordings.test_live_asgi import write_part
from tests.whole import servers

pytestmark = pytest.mark.servers

PART = "/hls/1/v0/2.m4s"
NEXT = "/hls/1/v0/live.m3u8?_HLS_msn=2&_HLS_part=2"
MANY = 20


class Counting(LiveSegments):
    """Keeps what came to the origin."""

    asked: list[str]
    heads: list[dict[bytes, bytes]]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        self.heads.append(dict(scope["headers"]))
        await super().__call__(scope, receive, send)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    recordings = tmp_path / "recordings"
    for index in range(2):
        write_part(recordings, 2, index)
    return recordings


@contextmanager
def in_front(origin: str) -> Iterator[int]:
    running = servers.nginx(urlsplit(origin).port or 0, Path("/nowhere"))
    try:
        yield running.port
    finally:
        running.stop()


@asynccontextmanager
async def edge(root: Path, allowed: bool = True) -> AsyncIterator[tuple[int, Counting]]:
    async def may_watch(session: int) -> bool:
        return allowed

    app = Counting(root, may_watch=may_watch)
    app.asked, app.heads = [], []
    async with serving(app, {}) as origin:
        with in_front(origin) as port:
            yield port, app


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Viewer:
    """One connection, made before the question is asked: many can then ask in the same moment."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def get(self, target: str, byte_range: str = "") -> Response:
        wanted = f"Range: {byte_range}\r\n" if byte_range else ""
        self._writer.write(
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{wanted}Connection: close\r\n\r\n".encode()
        )
        raw = await asyncio.wait_for(self._reader.read(), 30)
        self._writer.close()
        head, body = raw.split(b"\r\n\r\n", 1)
        line, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (one.split(": ", 1) for one in rest)}
        return Response(int(line.split()[1]), headers, body)


async def viewer(port: int) -> Viewer:
    return Viewer(*await asyncio.open_connection("127.0.0.1", port, ssl=trusting()))


async def get(port: int, target: str, byte_range: str = "") -> Response:
    return await (await viewer(port)).get(target, byte_range)


async def test_a_part_is_fetched_once_however_many_ask(root: Path) -> None:
    async with edge(root) as (port, app):
        viewers = [await viewer(port) for _ in range(MANY)]
        answers = await asyncio.gather(*(one.get(PART, "bytes=0-9") for one in viewers))
        assert {(answer.status, answer.body) for answer in answers} == {(206, b"0000200000")}
        assert app.asked == [PART]


async def test_the_lines_to_the_origin_stay_open_and_it_hears_whom_it_is_asked_for(root: Path) -> None:
    async with edge(root) as (port, app):
        for target, byte_range in ((PART, "bytes=0-9"), (PART, "bytes=10-"), ("/hls/1/v0/live.m3u8", "")):
            await get(port, target, byte_range)
        assert len(app.heads) == 3
        for head in app.heads:
            assert b"connection" not in head and head[b"host"] == b"localhost"


async def test_bytes_still_to_come_are_waited_for_at_the_origin(root: Path) -> None:
    async with edge(root) as (port, _):
        waiting = asyncio.create_task(get(port, PART, "bytes=20-"))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        write_part(root, 2, 2)
        assert (await waiting).body == b"0000200002"


async def test_what_not_everybody_may_watch_is_refused(root: Path) -> None:
    async with edge(root, allowed=False) as (port, _):
        for target in (PART, "/hls/1/v0/live.m3u8", "/hls/1/master.m3u8"):
            assert (await get(port, target)).status == 403
        assert (await get(port, "/hls/9/v0/2.m4s")).status == 404


async def test_a_list_wakes_all_who_wait_and_is_shared_with_those_who_come_later(root: Path) -> None:
    async with edge(root) as (port, app):
        waiting = [asyncio.create_task(get(port, NEXT)) for _ in range(5)]
        await asyncio.sleep(0.2)
        assert not any(one.done() for one in waiting)
        write_part(root, 2, 2)
        answers = [await one for one in waiting]
        assert all(b'BYTERANGE="10@20"' in answer.body for answer in answers)
        before = len(app.asked)
        later = await get(port, NEXT)
        assert (later.body, later.headers["x-cache"]) == (answers[0].body, "HIT")
        assert len(app.asked) == before


async def test_lists_and_parts_share_one_connection(root: Path) -> None:
    async with edge(root) as (port, _):
        context = trusting()
        context.set_alpn_protocols(["h2", "http/1.1"])
        _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
        writer.close()
