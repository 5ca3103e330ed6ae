"""`/healthz`: is this process fit to be sent visitors? Cheap, and raw ASGI so that it answers when Django is
busy.
"""

import asyncio
import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from signaling import parts
from signaling.orm.live import database_answers

ANSWER_SECONDS = 2.0


def _version() -> str:
    try:
        return version("direct-train")
    except PackageNotFoundError:
        return "0.1.0"


async def _database() -> bool:
    try:
        return await asyncio.wait_for(database_answers(), ANSWER_SECONDS)
    except (DatabaseError, TimeoutError):
        return False


async def _media(now: parts.Parts) -> dict[str, Any]:
    """Whether Redis answers, and how many media processes are alive; in the all-in-one process there is
    one.
    """
    if not settings.REDIS_URL:
        return {"redis": None, "media": 1 if now.link.webrtc else 0}
    try:
        workers = await asyncio.wait_for(now.presence.workers(), ANSWER_SECONDS)
    except (RedisError, OSError, TimeoutError):
        return {"redis": False, "media": 0}
    return {"redis": True, "media": len(workers)}


async def facts() -> dict[str, Any]:
    """{ok, db, redis (null when not used), media (processes), version}."""
    database, media = await asyncio.gather(_database(), _media(parts.current()))
    return {"ok": database and media["redis"] is not False, "db": database, **media, "version": _version()}


async def application(scope: Any, receive: Any, send: Any) -> None:
    found = await facts()
    body = json.dumps(found).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    status = 200 if found["ok"] else 503
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
