"""A page's end of the socket, against the consumer itself (no server in between)."""

import asyncio
import itertools
import json
import uuid
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings

from signaling.asgi import sockets as application

Message = dict[str, Any]
PATIENCE = 30.0


class Page:
    """One tab. `request` waits for the answer to its own message; what else comes is kept in `heard`."""

    def __init__(self, session_id: int, cookie: str | None, tab: str | None = None, **headers: str) -> None:
        cookies = f"{settings.SESSION_COOKIE_NAME}={cookie}" if cookie else ""
        given = {"origin": "http://localhost", "cookie": cookies, **headers}
        self.communicator = WebsocketCommunicator(
            application,
            f"/ws/live/{session_id}/",
            headers=[(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()],
        )
        self.tab = tab or str(uuid.uuid4())
        self.heard: list[Message] = []
        self._numbers = itertools.count(1)

    async def open(self) -> bool:
        accepted, _code = await self.communicator.connect(timeout=PATIENCE)
        return bool(accepted)

    async def send(self, text: str) -> None:
        await self.communicator.send_to(text_data=text)

    async def next(self) -> Message:
        found: Message = json.loads(await self.communicator.receive_from(timeout=PATIENCE))
        self.heard.append(found)
        return found

    async def until(self, kind: str, **fields: Any) -> Message:
        """The next message of this type with these fields, also one that was heard already."""
        for message in self.heard:
            if message["type"] == kind and fields.items() <= message.items():
                self.heard.remove(message)
                return message
        while True:
            message = await self.next()
            if message["type"] == kind and fields.items() <= message.items():
                self.heard.remove(message)
                return message

    async def request(self, kind: str, **fields: Any) -> Message:
        number = next(self._numbers)
        await self.send(json.dumps({"type": kind, "id": number, **fields}))
        while True:
            message = await self.next()
            if message.get("re") == number:
                self.heard.remove(message)
                return message

    async def hello(self, role: str) -> Message:
        return await self.request("hello", role=role, tab=self.tab)

    async def close(self, code: int = 1000) -> None:
        await self.communicator.disconnect(code, timeout=PATIENCE)

    async def was_closed(self) -> int:
        """The close code, once it comes."""
        while True:
            message = await self.communicator.receive_output(timeout=PATIENCE)
            if message["type"] == "websocket.close":
                return int(message["code"])
            await asyncio.sleep(0)
