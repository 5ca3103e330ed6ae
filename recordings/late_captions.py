"""Captions for who watches live: shown when their words are known. Pure.

A player fetches each caption file once, as soon as the list names it, and a sentence is final only when it is over,
up to 15 s after its first word. At its own time it would stand in files that have been fetched already, and nobody
would read it; so it stands, once, in the files that come next.
"""

from collections.abc import Iterable

from recordings.playlists import Cue

# The longest sentence, its recognition and its wait for the database: so far back a caption may still be due.
LATE_MS = 30_000
# Between the clock reading of a caption and its row being there for everybody.
KEEPING_S = 0.3
# How long a late caption stands: long enough to read, short enough for a long sentence's captions to catch up.
SHORTEST_MS, LONGEST_MS = 1_000, 3_000


def as_they_came(cues: Iterable[Cue], wall0: float, delay: float) -> list[Cue]:
    """The cues at the times at which live viewers, `delay` seconds behind, can still be shown them.

    `wall0` is the wall clock at recording time 0. Captions that became known together stand one after the other.
    """
    shown: list[Cue] = []
    free = 0
    # What becomes known later must not move what has been fetched.
    for cue in sorted(cues, key=lambda cue: (cue.kept or 0, cue.begin_ms)):
        known = 0 if cue.kept is None else round((cue.kept + KEEPING_S - wall0 - delay) * 1000)
        if known > cue.begin_ms:
            begin = max(known, free)
            free = begin + min(max(cue.end_ms - cue.begin_ms, SHORTEST_MS), LONGEST_MS)
            cue = cue._replace(begin_ms=begin, end_ms=free)
        shown.append(cue)
    return shown
