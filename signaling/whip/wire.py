"""Requests and replies of the WHIP and WHEP doors over raw ASGI."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from portal.lib.errors import TryLater
from portal.lib.http import sender_of
from signaling.errors import Refusal, translate
from streaming.commands import MAX_SDP

BODY_SECONDS = 10.0
# Whose fault it is, as HTTP says it. An encoder that may not is asked for its token, so that is 401 there.
STATUS = {
    "bad_message": HTTPStatus.BAD_REQUEST,
    "bad_input": HTTPStatus.BAD_REQUEST,
    "bad_sdp": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_big": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not_allowed": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "full": HTTPStatus.SERVICE_UNAVAILABLE,
    "try_later": HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_AFTER = {HTTPStatus.TOO_MANY_REQUESTS: 60, HTTPStatus.SERVICE_UNAVAILABLE: 5}  # seconds
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What an address names: a door of a broadcast, or one media session behind it."""

    door: str
    session: int
    resource: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    status: HTTPStatus
    body: str = ""
    kind: str = ""
    headers: Headers = ()

    async def send(self, send: Any, more: Headers, with_body: bool) -> None:
        body = self.body.encode()
        lines = [*self.headers, *more]
        if self.status != HTTPStatus.NO_CONTENT:
            lines.append(("content-length", str(len(body))))
        if self.kind:
            lines.append(("content-type", self.kind))
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in lines]
        await send({"type": "http.response.start", "status": int(self.status), "headers": headers})
        await send({"type": "http.response.body", "body": body if with_body else b""})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; names of headers are in lower case. `address`: the sender's, for limits."""

    method: str
    headers: dict[str, str]
    address: str
    receive: Callable[[], Awaitable[dict[str, Any]]]

    @classmethod
    def of(cls, scope: Any, receive: Any) -> "Asked":
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        peer = str((scope.get("client") or ("",))[0])
        return cls(scope["method"], headers, sender_of(peer, headers.get("x-forwarded-for", "")), receive)

    @property
    def bearer(self) -> str:
        """The token of RFC 6750, section 2.1; empty without one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    async def text(self, kind: str) -> str:
        """The body, which must be of this media type. Raises Refusal."""
        told = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if told != kind:
            raise Unsupported(kind)
        whole = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await self.receive()
                    whole += message.get("body", b"")
                    if len(whole) > MAX_SDP:
                        raise Refusal("too_big", f"a description has at most {MAX_SDP} bytes")
                    if message["type"] != "http.request" or not message.get("more_body"):
                        break
        except TimeoutError:
            raise Refusal("bad_message", "the body did not come in time") from None
        try:
            return whole.decode()
        except UnicodeDecodeError:
            raise Refusal("bad_message", "the body is not UTF-8") from None


class Unsupported(Refusal):
    """A body of another media type than the door takes."""

    def __init__(self, kind: str) -> None:
        super().__init__("bad_message", f"the body must be {kind}")


class Malformed(Refusal):
    """A body that is no description or fragment at all, which is less than one we cannot use."""

    def __init__(self, message: str) -> None:
        super().__init__("bad_sdp", message)


class Precondition(Refusal):
    """No If-Match (428), or one of another ICE session (412)."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__("conflict", message)
        self.status = status


def problem(error: Exception, place: Place) -> Reply:
    """A refusal as an RFC 9457 problem document."""
    told = translate(error)
    status = STATUS.get(told["code"], HTTPStatus.INTERNAL_SERVER_ERROR)
    if isinstance(error, Unsupported):
        status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    elif isinstance(error, Malformed):
        status = HTTPStatus.BAD_REQUEST
    elif isinstance(error, Precondition):
        status = HTTPStatus(error.status)
    headers: list[tuple[str, str]] = []
    seconds = RETRY_AFTER.get(status)
    if isinstance(error, TryLater):
        status, seconds = HTTPStatus.TOO_MANY_REQUESTS, error.seconds
    if told["code"] == "not_allowed" and place.door == "whip":
        status = HTTPStatus.UNAUTHORIZED
        headers.append(("www-authenticate", 'Bearer realm="whip"'))
    if seconds is not None:
        headers.append(("retry-after", str(seconds)))
    found = {"status": int(status), "title": told["code"], "detail": told["message"]}
    return Reply(status, json.dumps(found, ensure_ascii=False), "application/problem+json", tuple(headers))
