"""Cuts a clip out of a recording, exact to the frame: `python -m recordings.clips <directory> <begin ms>
<end ms> <file> [original]`.

Only the pictures before the first key frame inside the clip are encoded again, with the programme's own
settings, so that the parameter sets are the same bytes; everything behind is copied. An edit list would do
without encoding, but it leaves the pictures before the beginning in the file, for everybody to read.

Where the recording was interrupted the gap is closed: the next piece follows at once, picture and sound
together.
"""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

from av.error import FFmpegError

from recordings import journal
from recordings.cmaf import MEDIA_START
from recordings.cutting import METHODS, Chapter, Cut, Cutter, NothingRecorded, OtherSettings, overlapping


def cut_clip(
    directory: Path,
    begin_ms: int,
    end_ms: int,
    target: Path,
    title: str = "",
    chapters: Iterable[Chapter] = (),
    original: bool = False,
) -> Cut:
    """Write recording ms `begin_ms` to `end_ms` of the recording in `directory` to `target` (mp4, faststart).

    NothingRecorded when there is nothing; FFmpegError when no way leads to a clip. `target` appears only
    when whole. What was cut is a slate in it, unless the `original` is wanted for those who may see it.
    """
    begin, end = (Fraction(ms, 1000) + MEDIA_START for ms in (begin_ms, end_ms))
    pieces = overlapping(journal.read_segments(directory, original=original), begin, end)
    if not pieces:
        raise NothingRecorded(f"nothing between {begin_ms} and {end_ms} ms")
    unfinished = target.with_name(f".{target.stem}.part.mp4")
    try:
        for method in METHODS:
            try:
                cutter = Cutter(directory / "v0", begin, end, method)
                cut = cutter.write(pieces, unfinished, title, list(chapters))
            except (FFmpegError, OtherSettings):
                if method == METHODS[-1]:
                    raise
                continue
            unfinished.chmod(0o644)
            os.replace(unfinished, target)
            return cut
    finally:
        unfinished.unlink(missing_ok=True)
    raise NothingRecorded("no way of cutting")


def main(arguments: list[str]) -> int:
    """Prints what was made as JSON. 0: made, 2: nothing recorded there, 1: anything else (with a
    traceback)."""
    directory, begin_ms, end_ms, target, *rest = arguments
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        cut = cut_clip(
            Path(directory), int(begin_ms), int(end_ms), Path(target), original=rest == ["original"]
        )
    except NothingRecorded as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(json.dumps(asdict(cut)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
