"""The doors that encoders and players already speak: WHIP in (RFC 9725), WHEP out (draft-ietf-wish-whep-03).

`/whip/<session>` takes the leader's sound and picture from an encoder that shows the session's key as a Bearer token;
`/whep/<session>` gives the broadcast to whoever may watch it. A POST opens a media session whose address, in
Location, is unguessable and takes PATCH (trickle and ICE restart) and DELETE. Raw ASGI: no cookie counts here, so
pages of other houses may ask too.
"""

import re
from http import HTTPStatus
from typing import Any

from signaling import parts
from signaling.whip.doors import FRAGMENT, SDP, change, close, open_session
from signaling.whip.wire import Asked, Place, Reply, problem

ADDRESS = re.compile(
    r"/(?P<door>whip|whep)/(?P<session>\d{1,18})(?:/(?P<resource>[\w-]{16,64}))?/?", re.ASCII
)
# RFC 9725, section 4.2; what the Fetch standard wants of a resource that foreign pages may ask.
OPEN_TO_ALL = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch"),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
)


def is_whip(path: str) -> bool:
    return path.startswith(("/whip/", "/whep/"))


async def application(scope: Any, receive: Any, send: Any) -> None:
    asked = Asked.of(scope, receive)
    found = ADDRESS.fullmatch(scope["path"])
    if found is None:
        reply = Reply(HTTPStatus.NOT_FOUND)
    else:
        place = Place(found["door"], int(found["session"]), found["resource"])
        try:
            reply = await _answer(place, asked)
        except Exception as error:  # noqa: BLE001 - whatever comes, the client gets a status and we a log line
            reply = problem(error, place)
    await reply.send(send, OPEN_TO_ALL, with_body=asked.method != "HEAD")


async def _answer(place: Place, asked: Asked) -> Reply:
    methods = ("POST",) if place.resource is None else ("PATCH", "DELETE")
    if asked.method == "OPTIONS":
        return _options(place, methods)
    if asked.method in ("GET", "HEAD"):
        return Reply(HTTPStatus.NO_CONTENT)  # section 4.1: nothing is represented here, and that is no error
    if asked.method not in methods:
        allowed = ", ".join((*methods, "GET", "HEAD", "OPTIONS"))
        return Reply(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("allow", allowed),))
    now = parts.current()
    if place.resource is None:
        return await open_session(now, place, asked)
    if asked.method == "PATCH":
        return await change(now, place, asked)
    return await close(now, place, asked)


def _options(place: Place, methods: tuple[str, ...]) -> Reply:
    accepts = ("accept-post", SDP) if place.resource is None else ("accept-patch", FRAGMENT)
    headers = (
        accepts,
        ("access-control-allow-methods", ", ".join((*methods, "OPTIONS"))),
        ("access-control-allow-headers", "Authorization, Content-Type, If-Match"),
        ("access-control-max-age", "86400"),
    )
    return Reply(HTTPStatus.OK, headers=headers)
