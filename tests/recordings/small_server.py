"""A few lines of HTTP/1.1 in front of an ASGI callable and some files, so that a real browser can play from
a test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlsplit

from recordings.live_asgi import LiveSegments

Files = dict[str, tuple[str, bytes]]  # path → (content type, body)


@contextlib.asynccontextmanager
async def serving(app: LiveSegments, files: Files) -> AsyncIterator[str]:
    """The address of a server on the loopback interface."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            while await _one_request(app, files, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            connections.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        for task in list(connections):
            task.cancel()


async def _one_request(
    app: LiveSegments, files: Files, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.strip().split("\r\n")
    method, target, _ = line.split(" ", 2)
    parts = urlsplit(target)
    if parts.path in files:
        kind, body = files[parts.path]
        await _respond(writer, 200, [(b"content-type", kind.encode())], body)
        return True
    headers = [tuple(part.strip().encode() for part in header.split(":", 1)) for header in rest]
    scope = {
        "type": "http",
        "method": method,
        "path": unquote(parts.path),
        "query_string": parts.query.encode(),
        "headers": [(name.lower(), value) for name, value in headers],
    }
    messages: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    start, end = messages
    kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    await _respond(writer, start["status"], kept, end["body"])
    return True


async def _respond(
    writer: asyncio.StreamWriter, status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    lines = [f"HTTP/1.1 {status} -".encode(), *(name + b": " + value for name, value in headers)]
    lines.append(f"content-length: {len(body)}".encode())
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    await writer.drain()
