"""The door of a web process: segments, static files, WHIP and health raw, sockets through Channels, the rest Django.

Parts and playlists never pass through Django: a viewer makes ten requests a second. Nothing here loads
aiortc or av.
"""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# Loads the apps; what comes after may import models.
django.setup(set_prefix=False)

from channels.routing import URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import CookieMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402

from recordings.live_asgi import LiveSegments  # noqa: E402
from signaling import health, metrics, routing, whip  # noqa: E402
from signaling.orm.live import captions_between, may_everybody_watch  # noqa: E402
from signaling.pages import Pages  # noqa: E402
from signaling.static_files import StaticFiles, is_static  # noqa: E402

# The cookie only: who stands behind it is asked by the gate, each time anew.
sockets = AllowedHostsOriginValidator(CookieMiddleware(URLRouter(routing.urlpatterns)))
pages = Pages()
segments = LiveSegments(settings.RECORDINGS_DIR, may_everybody_watch, captions_between)
static = StaticFiles()
static.prepare()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["path"].startswith("/hls/"):
        await segments(scope, receive, send)
    elif is_static(scope["path"]):
        await static(scope, receive, send)
    elif whip.is_whip(scope["path"]):
        await whip.application(scope, receive, send)
    elif scope["path"] == "/metrics":
        await metrics.application(scope, receive, send)
    elif scope["path"] == "/healthz":
        await health.application(scope, receive, send)
    else:
        await pages(scope, receive, send)


async def lifespan(receive: Any, send: Any) -> None:
    """For servers that ask (uvicorn); Daphne does not."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
