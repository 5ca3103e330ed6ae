"""Django's pages: one thread each, in one go, and the thread stays warm.

Django gives every request a new thread, and with it a new database connection, and goes to that thread and back for
every middleware. On a busy machine each way waits for a time slice. Here middleware and view are one call, and a
thread that has answered waits for the next request with its connection open.
"""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

# Threads, each with a database connection, that are kept. More requests at once get more threads: a citizen who takes
# a video in slowly holds up nobody.
KEPT = 8


class Pages(ASGIHandler):
    """The ASGI application of all pages."""

    def __init__(self, kept: int = KEPT) -> None:
        super().__init__()
        # All of the middleware and views is synchronous; loaded so, it is one chain of plain calls.
        self.load_middleware(is_async=False)
        self._kept = kept
        self._idle: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with self._thread():
            await self.handle(scope, receive, send)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """As the base class's, but for the one call; held by tests/signaling/test_pages.py."""
        response = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response

    @asynccontextmanager
    async def _thread(self) -> AsyncIterator[None]:
        """All synchronous work inside runs on one thread: the one that was busy last, its memory is the warmest."""
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="page")
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            if len(self._idle) < self._kept:
                self._idle.append(thread)
            else:
                thread.submit(connections.close_all)
                thread.shutdown(wait=False)
