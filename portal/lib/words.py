"""What sentences are put together from, in the reader's language."""

from collections.abc import Iterable
from functools import reduce

from django.utils.translation import get_language
from django.utils.translation import gettext as _


def listed(words: Iterable[object]) -> str:
    """甲、乙; A, B."""
    return _("、").join(str(word) for word in words)


def _after(before: str, after: str) -> str:
    # Translators: two sentences, one behind the other. English needs a space between them.
    return _("%(before)s%(after)s") % {"before": before, "after": after}


def sentences(parts: Iterable[str]) -> str:
    return reduce(_after, parts)


def in_readers_language(name: str, name_en: str) -> str:
    """The name of a row that people edit and that may have an English name beside it."""
    return name_en if name_en and (get_language() or "").startswith("en") else name
