"""How alike two questions are, by shared pairs of characters: works for Chinese without a word list."""

import re

_NOISE = re.compile(r"[\W_]+")


def pairs(text: str) -> frozenset[str]:
    """Character pairs of `text` without punctuation; a single character stands for itself."""
    bare = _NOISE.sub("", text.lower())
    return frozenset(bare[i : i + 2] for i in range(len(bare) - 1)) or frozenset({bare} - {""})


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0.0 (nothing shared) to 1.0 (the same pairs): twice the shared over the sum."""
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0
