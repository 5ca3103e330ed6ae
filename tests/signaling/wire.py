"""A WebSocket client over plain asyncio (RFC 6455), for a server that runs as a real process."""

import asyncio
import base64
import itertools
import json
import os
import struct
import uuid
from typing import Any

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Wire:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._numbers = itertools.count(1)
        self.heard: list[dict[str, Any]] = []

    @classmethod
    async def open(
        cls,
        port: int,
        session_id: int,
        cookie: str | None = None,
        limit: int = 1 << 22,
        address: str = "127.0.0.1",
    ) -> "Wire":
        """`limit`: bytes this end takes in before it stops reading from the socket."""
        reader, writer = await asyncio.open_connection(address, port, limit=limit)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET /ws/live/{session_id}/ HTTP/1.1",
            f"Host: {address}:{port}",
            f"Origin: http://{address}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([f"Cookie: sessionid={cookie}"] if cookie else []),
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        return cls(reader, writer)

    async def frame(self, kind: int, data: bytes) -> None:
        size, mask = len(data), os.urandom(4)
        head = struct.pack("!B", 0x80 | kind)
        if size < 126:
            head += struct.pack("!B", 0x80 | size)
        elif size < 1 << 16:
            head += struct.pack("!BH", 0x80 | 126, size)
        else:
            head += struct.pack("!BQ", 0x80 | 127, size)
        keys = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
        self.writer.write(head + mask + (int.from_bytes(data, "big") ^ keys).to_bytes(size, "big"))
        await self.writer.drain()

    async def next_frame(self) -> tuple[int, bytes]:
        first, second = await self.reader.readexactly(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack("!H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(size)

    async def next(self) -> dict[str, Any]:
        while True:
            kind, data = await self.next_frame()
            if kind == TEXT:
                found: dict[str, Any] = json.loads(data)
                return found
            if kind == PING:
                await self.frame(PONG, data)
            if kind == CLOSE:
                raise ConnectionResetError(int.from_bytes(data[:2], "big"))

    async def request(self, kind: str, **fields: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self.frame(TEXT, json.dumps({"type": kind, "id": number, **fields}).encode())
        while True:
            message = await asyncio.wait_for(self.next(), 20)
            if message.get("re") == number:
                return message
            self.heard.append(message)

    async def hello(self, role: str) -> dict[str, Any]:
        return await self.request("hello", role=role, tab=str(uuid.uuid4()))

    async def until(self, kind: str, seconds: float = 20, **fields: Any) -> dict[str, Any]:
        while True:
            for message in self.heard:
                if message["type"] == kind and fields.items() <= message.items():
                    self.heard.remove(message)
                    return message
            self.heard.append(await asyncio.wait_for(self.next(), seconds))

    def close(self) -> None:
        self.writer.close()
