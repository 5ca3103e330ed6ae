"""Static files on a village's line: without comments; in production under names with a hash as well."""

import re
from typing import Any

from django.core.files.base import ContentFile
from rcssmin import cssmin
from rjsmin import jsmin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# "Inside" before a pseudo-class (`.field :is(input)`): cssmin takes the space away, and the rule means another element.
INSIDE = re.compile(rb"(?<=[\w)\]]) (?=:(?:is|where|not|has|focus|hover)\b)")


def slim(name: str, content: bytes) -> bytes:
    """A module or style sheet without its comments and spare white space; every other file as it is.

    Names stay what they are, so that a browser's trace can still be read beside the source.
    """
    if name.endswith(".min.js"):
        return content
    if name.endswith(".js"):
        return bytes(jsmin(content))
    return bytes(cssmin(INSIDE.sub(b" *", content))) if name.endswith(".css") else content


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The hash is in ES module imports too, so that no module is loaded twice."""

    support_js_module_import_aggregation = True

    def _save(self, name: str, content: Any) -> str:
        # `chunks` begins at the beginning: whoever made the hash has read the content to its end.
        whole = b"".join(content.chunks())
        return str(super()._save(name, ContentFile(slim(name, whole))))
