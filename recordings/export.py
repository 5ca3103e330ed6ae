"""A whole recording as one file to take away: nothing encoded again, gaps closed, chapters at the
questions."""

from collections.abc import Iterable
from pathlib import Path

from recordings import journal, timeline
from recordings.clips import cut_clip
from recordings.cutting import Cut


def export_recording(
    directory: Path, target: Path, title: str, passages: Iterable[tuple[int, int, str]] = ()
) -> Cut:
    """Write the recording in `directory` to `target`. `passages`: begin and end in recording ms, title of
    the chapter.

    NothingRecorded when it is empty.
    """
    segments = journal.read_segments(directory)
    chapters = [
        (timeline.player_seconds(segments, begin), timeline.player_seconds(segments, end), name)
        for begin, end, name in passages
    ]
    return cut_clip(directory, 0, timeline.end_ms(segments) + 1, target, title, chapters)
