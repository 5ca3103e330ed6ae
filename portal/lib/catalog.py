"""The sentences of page scripts in the reader's language, as /words.js.

Most pages get those of their own scripts: a console's sentences would be an eighth of a citizen's page. `?all`:
every sentence, for pages whose scripts are left out here.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.i18n import JavaScriptCatalog

SCRIPTS = Path(__file__).resolve().parent.parent / "static" / "js"
# Scripts of pages that ask for every sentence: the desks, the way to the microphone, the replay.
OTHERS = (
    "console", "studio", "staff", "overlay", "stage", "publish", "camera", "key", "level", "replay",
    "cohost", "seat", "share", "picture",
)  # fmt: skip


@lru_cache(maxsize=1)
def _said() -> str:
    """The source of every other script."""
    return "\n".join(
        path.read_text() for path in sorted(SCRIPTS.glob("*.js")) if not path.name.startswith(OTHERS)
    )


# (language, every sentence?) → the script. Putting one together costs as much as half a page, and every page asks.
_scripts: dict[tuple[str, bool], bytes] = {}


class Words(JavaScriptCatalog):
    domain = "djangojs"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = (get_language() or settings.LANGUAGE_CODE, "all" in request.GET)
        found = _scripts.get(key)
        if found is None:
            response: HttpResponse = super().get(request, *args, **kwargs)
            found = _scripts[key] = response.content
        return HttpResponse(found, 'text/javascript; charset="utf-8"')

    def get_catalog(self) -> dict[str, Any]:
        catalog: dict[str, Any] = super().get_catalog()
        if "all" in self.request.GET:
            return catalog
        return {sentence: words for sentence, words in catalog.items() if f'"{sentence}"' in _said()}
