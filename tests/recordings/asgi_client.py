"""The smallest HTTP client for an ASGI callable, in the test's own loop."""

from dataclasses import dataclass
from typing import Any

from recordings.live_asgi import LiveSegments


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


async def get(
    app: LiveSegments, target: str, method: str = "GET", headers: dict[str, str] | None = None
) -> Response:
    """`target` is a path with an optional query."""
    path, _, query = target.partition("?")
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
    }
    await app(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message["body"] for message in sent if message["type"] == "http.response.body")
    named = {name.decode(): value.decode() for name, value in start["headers"]}
    return Response(start["status"], named, body)
