"""The service worker: our script with the list of files behind it, served from the root so that its scope is the
whole site."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from portal.lib.static import slim

STATIC = Path(__file__).resolve().parent.parent / "static"
SCRIPT = STATIC / "js" / "service-worker.js"
# What home, calendar, own cases and the offline page need. Pages of a broadcast need the network anyway.
FILES = (
    *(f"css/{name}.css" for name in ("tokens", "base", "parts", "print", "citizen", "calendar", "cases")),
    *(
        f"js/{name}.js"
        for name in (
            "page",
            "dom",
            "time",
            "backoff",
            "emitter",
            "ids",
            "files-sender",
            "read-aloud",
            "offline",
        )
    ),
    "js/files-store.js",
    *(f"js/outbox{part}.js" for part in ("", "-box", "-rules", "-store")),
    "icons/icons.svg",
    "icons/mark.svg",
)
PAGES = ("/offline/", "/words.js")


@lru_cache(maxsize=2)
def _script(changed: float) -> bytes:
    """`changed`: time of the newest file, so that work on the pages is seen without a restart."""
    digest = hashlib.sha256(SCRIPT.read_bytes())
    for name in FILES:
        digest.update((STATIC / name).read_bytes())
    shell = {
        "VERSION": digest.hexdigest()[:12],
        "SHELL": [*PAGES, *(static(name) for name in FILES)],
        "HASHED": settings.PRODUCTION,
    }
    head = f"self.SHELL_OF_SITE = {json.dumps(shell)};\n"
    return head.encode() + slim(SCRIPT.name, SCRIPT.read_bytes())


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    changed = max(path.stat().st_mtime for path in (SCRIPT, *(STATIC / name for name in FILES)))
    response = HttpResponse(_script(changed), content_type="text/javascript; charset=utf-8")
    # Browsers ask again at every visit; what they hold is compared byte by byte.
    response.headers["Cache-Control"] = "no-cache"
    return response
