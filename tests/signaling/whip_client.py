"""A client of the WHIP and WHEP doors: HTTP against the ASGI callable, and a small server for foreign clients."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from signaling.whip import application

SDP = {"content-type": "application/sdp"}
FRAGMENT = {"content-type": "application/trickle-ice-sdpfrag"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: str

    def __getitem__(self, name: str) -> str:
        return dict(self.headers)[name]


async def ask(
    method: str,
    path: str,
    body: str | bytes = "",
    key: str = "",
    headers: Mapping[str, str] = MappingProxyType({}),
    if_match: str = "",
    pieces: int = 1,
) -> Answer:
    """One request; the body comes in so many pieces."""
    data = body.encode() if isinstance(body, str) else body
    size = -(-len(data) // pieces) or 1
    parts = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    sent: list[dict[str, Any]] = []
    more = {"authorization": f"Bearer {key}" if key else "", "if-match": if_match}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = {**headers, **{name: value for name, value in more.items() if value}}
    named = [(name.encode(), value.encode()) for name, value in given.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named, "client": ("192.0.2.1", 5)}
    await application(scope, receive, send)
    start, end = sent
    found = [(name.decode(), value.decode()) for name, value in start["headers"]]
    return Answer(start["status"], found, end["body"].decode())


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """The doors on a loopback port, one request per connection."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.strip().split("\r\n")
        method, path, _ = line.split(" ")
        headers = dict(part.lower().split(": ", 1) for part in rest if not part.lower().startswith("auth"))
        key = next((part.split(" ")[-1] for part in rest if part.lower().startswith("auth")), "")
        body = await reader.readexactly(int(headers.pop("content-length", "0")))
        found = await ask(method, path, body, key, headers)
        lines = [f"HTTP/1.1 {found.status} -", "connection: close"]
        lines += [f"{name}: {value}" for name, value in found.headers]
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + found.body).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
