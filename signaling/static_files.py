"""Static files of a web process without nginx, raw: a live page asks for some twenty modules before its first frame.

WhiteNoise knows the files, their types and validators; only its WSGI and middleware forms are left aside, because a
thread and Django's middleware per module cost more than the file.
"""

import asyncio
import gzip
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware

from portal.lib.static import slim

# Text is sent packed: a village's line carries 50 KB a second. Production has packed files beside the plain ones.
PACKED = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
# Bytes. A longer file, a library, is packed when it is first asked for.
PREPARED = 65_536
# What WhiteNoise looks at, by its WSGI name.
ASKED = {
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"range": "HTTP_RANGE",
}


def known_files() -> WhiteNoise:
    """The collected files in production, otherwise those of the source tree as the finders see them."""
    if settings.PRODUCTION:
        middleware = WhiteNoiseMiddleware(lambda request: None, settings=settings)
        return middleware
    files = WhiteNoise(None, max_age=0, allow_all_origins=False)
    for finder in get_finders():
        for path, storage in finder.list([]):
            prefix = getattr(storage, "prefix", None)
            name = f"{prefix}/{path}" if prefix else path
            files.add_file_to_dictionary(
                f"{settings.STATIC_URL}{name}".replace("\\", "/"), storage.path(path)
            )
    return files


class StaticFiles:
    """Raw ASGI application for everything below STATIC_URL."""

    def __init__(self) -> None:
        self._known = known_files()
        # Path → validator and packed bytes; as many as there are files.
        self._packed: dict[str, tuple[str, bytes]] = {}

    def prepare(self) -> None:
        """Pack what pages are made of (20 ms): the first visitor would wait for a thread with each of twenty
        modules."""
        for path, file in self._known.files.items():
            answer = file.get_response("GET", {})
            told = {name.lower(): value for name, value in answer.headers}
            if answer.file is None:
                continue
            with answer.file:
                body = answer.file.read(PREPARED)
            if len(body) < PREPARED and _is_packable(told):
                self._packed[path] = (told.get("etag", ""), _packed(path, body))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        file = self._known.files.get(scope["path"])
        if file is None:
            await respond(send, HTTPStatus.NOT_FOUND, [("Content-Type", "text/plain")], b"")
            return
        asked = {ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in ASKED}
        answer = file.get_response(scope["method"], asked)
        body = b""
        if answer.file is not None:
            with answer.file:
                body = answer.file.read()
        headers = [*answer.headers, ("X-Content-Type-Options", "nosniff")]
        if answer.status == HTTPStatus.OK and body:
            body, headers = await self._pack(scope["path"], asked, body, headers)
        await respond(send, answer.status, headers, body)

    async def _pack(
        self, path: str, asked: dict[str, str], body: bytes, headers: list[tuple[str, str]]
    ) -> tuple[bytes, list[tuple[str, str]]]:
        """Body and headers as this browser takes them."""
        told = {name.lower(): value for name, value in headers}
        if not _is_packable(told):
            return body, headers
        kept = [(name, value) for name, value in headers if name.lower() not in ("content-length", "vary")]
        kept.append(("Vary", "Accept-Encoding"))
        if "gzip" not in asked.get("HTTP_ACCEPT_ENCODING", ""):
            return body, [*kept, ("Content-Length", str(len(body)))]
        version, packed = self._packed.get(path, ("", b""))
        if version != told.get("etag"):
            packed = await asyncio.to_thread(_packed, path, body)
            self._packed[path] = (told.get("etag", ""), packed)
        return packed, [*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]


def _is_packable(told: dict[str, str]) -> bool:
    """`told`: the headers so far, their names in lower case."""
    return "content-encoding" not in told and told.get("content-type", "").startswith(PACKED)


def _packed(path: str, body: bytes) -> bytes:
    return gzip.compress(body if settings.DEBUG else slim(path, body), 9, mtime=0)


async def respond(send: Any, status: HTTPStatus, headers: list[tuple[str, str]], body: bytes) -> None:
    lines = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": int(status), "headers": lines})
    await send({"type": "http.response.body", "body": body})


def is_static(path: str) -> bool:
    return path.startswith(settings.STATIC_URL)
