"""Who of this process's pages plays over HLS or nothing at all, by village, and for how long: media processes count
only who is connected to them. Pure.
"""

from collections.abc import Iterable
from typing import Any

# A village's row: seconds with picture, with sound alone and with nothing, and the pages that are so now.
Row = dict[str, float]
Villages = dict[str, Row]

MAX_VILLAGES = 300
REST = "…"  # where villages beyond the limit are counted together, as in media processes
LONGEST = 15.0  # s that one look may count for
EXPERIENCES = {"hls": "picture", "sound": "sound", "none": "nothing"}


class Watched:
    """One session's; `book` at every look, with the village and the line of everybody who watches."""

    def __init__(self) -> None:
        self.villages: Villages = {}

    def book(self, viewers: Iterable[tuple[str, str]], elapsed: float, on_air: bool) -> None:
        """`viewers`: (village, what its page plays: rtc, hls, sound or none). `elapsed` seconds since the last look.

        While nobody is on air nobody misses anything.
        """
        for row in self.villages.values():
            row["viewers"] = 0
        for village, line in viewers:
            if line in EXPERIENCES and (on_air or line != "none"):
                row = self._row(village)
                row["viewers"] += 1
                row[EXPERIENCES[line]] += min(elapsed, LONGEST)

    def _row(self, village: str) -> Row:
        if village not in self.villages and len(self.villages) >= MAX_VILLAGES:
            village = REST
        return self.villages.setdefault(village, {"viewers": 0, "picture": 0.0, "sound": 0.0, "nothing": 0.0})


def added(one: Villages, other: Villages) -> Villages:
    """What two processes saw, together."""
    names = [*one, *(village for village in other if village not in one)]
    return {
        village: {
            key: one.get(village, {}).get(key, 0) + other.get(village, {}).get(key, 0)
            for key in ("viewers", "picture", "sound", "nothing")
        }
        for village in names
    }


def with_labels(labels: list[dict[str, Any]], watched: Villages) -> list[dict[str, Any]]:
    """The rows of a media process (`streaming.audience`), those who watch over HLS or see nothing added."""
    rows = {row["label"]: dict(row) for row in labels}
    for village, seen in watched.items():
        row = rows.setdefault(
            village, {"label": village, "viewers": 0, "picture": 0, "sound": 0, "nothing": 0}
        )
        for key, value in seen.items():
            row[key] += round(value)
    return sorted(rows.values(), key=lambda row: (-row["nothing"], row["label"]))
