"""Rules of captions: where a flow of words is cut, how it is broken into lines, and how it is written down
as WebVTT.

Pure: words in, cues out. Times are recording milliseconds. Widths count half a Chinese character as one, so
that a line holds 18 Chinese characters or 36 Latin letters.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

LINE_WIDTH = 36
LINES = 2
LONGEST_MS = 7000
SHORTEST_MS = 1000
# 9 Chinese characters a second, in widths.
WIDTH_PER_S = 18
# A silence of this length ends a cue.
PAUSE_MS = 500
_ENDS_A_CLAUSE = frozenset("。！？；，、：.!?;,:…")
_SMALL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or one Chinese character, and when it was spoken."""

    text: str
    begin_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Caption:
    """What a viewer reads at once. `uid` stays the same from the first partial to the final pass."""

    uid: str
    begin_ms: int
    end_ms: int
    text: str
    speaker: str = ""


def cue_uid(session: int, participant: str, track: int, begin_ms: int, part: int) -> str:
    """The name of part `part` of what this participant began to say at `begin_ms` on this track."""
    return f"{session}-{participant}-{track}-{begin_ms}-{part}"


def width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def join(texts: Iterable[str]) -> str:
    """Words as running text: a space between Latin words, none beside a Chinese character or before
    punctuation.
    """
    line = ""
    for text in texts:
        if not text:
            continue
        glued = not line or _wide(line[-1]) or _wide(text[0]) or text[0] in _ENDS_A_CLAUSE
        line += text if glued else " " + text
    return line


def wrap(text: str) -> list[str]:
    """`text` in lines of at most LINE_WIDTH, broken at spaces or beside Chinese characters, if need be
    inside a word.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > LINE_WIDTH:
            lines.append(line.rstrip())
            line = ""
            piece = piece.lstrip()
        line += piece
        while width(line.rstrip()) > LINE_WIDTH:
            cut = _fitting(line)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip():
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Parts between which a line may be broken; a space belongs to the word before it."""
    pieces: list[str] = []
    for char in text:
        opens = not pieces or char not in _ENDS_A_CLAUSE and not char.isspace()
        last = pieces[-1][-1] if pieces else ""
        if not pieces or (opens and (last.isspace() or _wide(last) or _wide(char))):
            pieces.append(char)
        else:
            pieces[-1] += char
    return pieces


def _fitting(line: str) -> int:
    """How many characters of `line` fit into one line (at least one)."""
    total = 0
    for index, char in enumerate(line):
        total += width(char)
        if total > LINE_WIDTH and index:
            return index
    return len(line)


def _fits(words: Sequence[Word]) -> bool:
    lasts = words[-1].end_ms - words[0].begin_ms
    return lasts <= LONGEST_MS and len(wrap(join(word.text for word in words))) <= LINES


def _best_cut(words: Sequence[Word]) -> int:
    """Where to cut a full group: after a clause or at the longest pause of its second half."""
    half = max(1, len(words) // 2)

    def worth(at: int) -> tuple[bool, int, int]:
        before, after = words[at - 1], words[at]
        return (before.text[-1:] in _ENDS_A_CLAUSE, after.begin_ms - before.end_ms, at)

    return max(range(half, len(words)), key=worth)


def cut(words: Sequence[Word]) -> list[list[Word]]:
    """Groups of words, one per cue: every word once and in order, a group fits on the screen unless it is
    one word.
    """
    groups: list[list[Word]] = []
    group: list[Word] = []
    for word in words:
        if group and word.begin_ms - group[-1].end_ms >= PAUSE_MS:
            groups.append(group)
            group = []
        group.append(word)
        while len(group) > 1 and not _fits(group):
            at = _best_cut(group)
            groups.append(group[:at])
            group = group[at:]
    if group:
        groups.append(group)
    return groups


def readable(captions: Sequence[Caption]) -> list[Caption]:
    """The same captions with ends late enough to be read, never beyond the next of the same speaker."""
    shown: list[Caption] = []
    next_begin: dict[str, int] = {}
    for caption in reversed(captions):
        needed = max(SHORTEST_MS, width(caption.text) * 1000 // WIDTH_PER_S)
        end = max(caption.end_ms, caption.begin_ms + min(needed, LONGEST_MS))
        limit = max(caption.end_ms, next_begin.get(caption.speaker, end))
        shown.append(replace(caption, end_ms=min(end, limit)))
        next_begin[caption.speaker] = caption.begin_ms
    return shown[::-1]


def escape(text: str) -> str:
    """`text` as WebVTT cue text: `-->` and tags cannot occur, nor a line that would end the cue."""
    plain = " ".join(text.split())
    return "".join(_SMALL.get(char, char) for char in plain if char.isprintable())


def stamp(ms: int) -> str:
    """hh:mm:ss.ttt; hours have more digits when they need them."""
    seconds, rest = divmod(max(0, ms), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def webvtt(captions: Iterable[Caption], offset_ms: int = 0, timestamp_map: bool = False) -> str:
    """A WebVTT file of `captions`, `offset_ms` added to every time.

    `timestamp_map` adds the header that ties the cue times of an HLS rendition to media time 0 (RFC 8216,
    3.5).
    """
    head = "WEBVTT\n"
    if timestamp_map:
        head += "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n"
    blocks = [head]
    for caption in captions:
        lines = [escaped for line in wrap(caption.text) if (escaped := escape(line))]
        if not lines:
            continue
        name = escape(caption.speaker)
        voice = f"<v {name}>" if name else ""
        begin, end = caption.begin_ms + offset_ms, max(caption.end_ms, caption.begin_ms + 1) + offset_ms
        blocks.append(
            f"{escape(caption.uid)}\n{stamp(begin)} --> {stamp(end)}\n{voice}" + "\n".join(lines) + "\n"
        )
    return "\n".join(blocks)
