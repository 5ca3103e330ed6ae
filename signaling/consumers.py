"""One WebSocket: accept, read, look up, answer, leave. No rule and no query lives here."""

import asyncio
import contextlib
import logging
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from signaling import parts, protocol
from signaling.answers import Stale, as_message
from signaling.client import Client
from signaling.errors import Refusal, translate
from signaling.handlers import handle
from streaming.commands import Leave
from streaming.errors import StreamingError

log = logging.getLogger(__name__)

INBOX_LIMIT = 64
# Seconds to say hello; a socket that says nothing holds no place for long.
HELLO_SECONDS = 15.0
TRY_AGAIN_LATER = 1013
POLICY = 1008
# Seconds to answer what a page sent before it left. Daphne ends the socket's task 10 s after its disconnect.
WORK_SECONDS = 8.0
# Messages refused as too many before the socket is closed: no page of ours comes near it.
PATIENCE = 200


def language_of(scope: dict[str, Any]) -> str:
    """The reader's language: the one chosen on the page (cookie), else the browser's first that we have."""
    chosen = scope.get("cookies", {}).get(settings.LANGUAGE_COOKIE_NAME, "")
    headers = dict(scope.get("headers", []))
    wished = headers.get(b"accept-language", b"").decode("latin-1")
    for word in [chosen, *(part.split(";")[0].strip() for part in wished.split(",")[:8])]:
        with contextlib.suppress(LookupError):
            return translation.get_supported_language_variant(word)
    return settings.LANGUAGE_CODE


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """Three tasks share a socket: the reader puts messages into a bounded inbox, the worker answers them in
    order, the writer sends what waits in the outbox. So a slow answer holds up neither reading nor what
    others announce."""

    # No channel-layer subscription per socket: the hub has one for all of the room.
    channel_layer_alias = "none"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The server, when it ends, cancels this without a disconnect: nothing of ours may outlive it."""
        self.tasks: list[asyncio.Task[None]] = []
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.end_tasks()

    async def end_tasks(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def dispatch(self, message: dict[str, Any]) -> None:
        """As the base class does, without its hop to a database thread before every message: the door closes
        its own.
        """
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        scope = self.scope
        self.parts = parts.current()
        self.client = Client(
            session_id=scope["url_route"]["kwargs"]["session_id"],
            session_key=scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME),
            language=language_of(scope),
        )
        self.inbox: asyncio.Queue[protocol.Message] = asyncio.Queue(INBOX_LIMIT)
        await self.accept()
        self.tasks = [
            asyncio.create_task(self.write_all()),
            asyncio.create_task(self.work_all()),
            asyncio.create_task(self.watch_end()),
        ]

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        with translation.override(self.client.language):
            try:
                self.inbox.put_nowait(self.read(text_data))
            except Refusal as refusal:
                self.client.send(translate(refusal))
            except asyncio.QueueFull:
                self.client.send(translate(Refusal("too_many", _("消息太多了，请慢一点"))))

    def read(self, text: str | None) -> protocol.Message:
        # Refused messages are counted too: garbage must not be cheaper than sense.
        if not self.client.allowance.take():
            if self.client.allowance.refused == PATIENCE:
                self.ending = asyncio.create_task(self.close(code=POLICY))
            raise Refusal("too_many", _("消息太多了，请慢一点"))
        if text is None:
            raise Refusal("bad_message", _("消息应为文本"))
        return protocol.parse(text)

    async def work_all(self) -> None:
        translation.activate(self.client.language)
        while True:
            message = await self.inbox.get()
            try:
                self.client.send(await handle(self.parts, self.client, message))
            except Exception as error:  # noqa: BLE001 - a bad message costs an answer, never the socket
                self.client.send(translate(error, message.id))
            self.inbox.task_done()

    async def write_all(self) -> None:
        outbox = self.client.outbox
        while True:
            await self.send(text_data=await outbox.next())
            if outbox.missed and not len(outbox):
                outbox.missed = False
                self.client.send(as_message(Stale()))

    async def watch_end(self) -> None:
        """Closes a socket that does not listen, or never says who it is."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await self.client.closing.wait()
        except TimeoutError:
            if self.client.role is None:
                await self.close(code=POLICY)
                return
            await self.client.closing.wait()
        await self.close(code=POLICY if self.client.ended else TRY_AGAIN_LATER)

    async def finish_work(self) -> None:
        """A moderator presses E and closes the page: the answer ends all the same. Not for who was logged out."""
        if self.client.ended:
            return
        try:
            async with asyncio.timeout(WORK_SECONDS):
                await self.inbox.join()
        except TimeoutError:
            log.warning("session %s: a page left before it was answered", self.client.session_id)

    async def disconnect(self, code: int) -> None:
        await self.finish_work()
        await self.end_tasks()
        await self.parts.hub.leave(self.client)
        # A page that was closed gives its place up at once; after a broken line the media may still flow,
        # and the same tab comes back for it.
        if self.client.ended or (code in (1000, 1001) and self.client.publishing is None):
            await self.leave_peers()

    async def leave_peers(self) -> None:
        for peer in list(self.client.peers):
            with contextlib.suppress(StreamingError, Refusal):
                await self.parts.link.call(Leave(str(self.client.session_id), peer))
