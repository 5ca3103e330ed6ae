"""Recording time, media time and player time. Pure.

Recording time is milliseconds since recording time 0; media time in the files is one second more; player
time is the position in the replay list, in which the gaps of restarts are closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recordings.cmaf import MEDIA_START
from recordings.journal import Segment

LONGEST_GAP = 1.4  # would round up to the target duration
SHORT_GAP = 0.2


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of a list. `segment` None: the number was never written (EXT-X-GAP)."""

    msn: int
    epoch: int
    duration: float
    segment: Segment | None


def entries(segments: Sequence[Segment]) -> list[Entry]:
    """`segments` with the missing numbers between them, which a crash or a full disk leaves behind."""
    result: list[Entry] = []
    for segment in segments:
        if result:
            result += _gaps(result[-1], segment)
        result.append(Entry(segment.msn, segment.epoch, segment.duration, segment))
    return result


def _gaps(before: Entry, after: Segment) -> Iterable[Entry]:
    missing = range(before.msn + 1, after.msn)
    if not missing:
        return
    duration = SHORT_GAP
    if before.segment is not None and before.epoch == after.epoch:
        length = after.begin - before.segment.begin - before.duration
        duration = min(LONGEST_GAP, max(SHORT_GAP, length / len(missing)))
    for msn in missing:
        # An epoch that exists in another rendition only: its discontinuity comes before the gap.
        yield Entry(msn, min(before.epoch + 1, after.epoch), duration, None)


def player_seconds(segments: Sequence[Segment], recording_ms: float) -> float:
    """Where `recording_ms` is in the replay list, in seconds; inside a gap the moment after it, else the
    nearest end."""
    media = recording_ms / 1000 + MEDIA_START
    position = 0.0
    for entry in entries(segments):
        if entry.segment is not None:
            if media < entry.segment.begin:
                return position
            if media < entry.segment.begin + entry.duration:
                return position + media - entry.segment.begin
        position += entry.duration
    return position


@dataclass(frozen=True, slots=True)
class Piece:
    """An unbroken stretch of the recording: recording ms `begin_ms` is second `player_seconds` of the replay
    list."""

    begin_ms: int
    end_ms: int
    player_seconds: float


def pieces(segments: Sequence[Segment]) -> list[Piece]:
    """The recording without its gaps, in order; inside a piece both clocks run alike."""
    result: list[Piece] = []
    position = 0.0
    for entry in entries(segments):
        if entry.segment is not None:
            begin = round((entry.segment.begin - MEDIA_START) * 1000)
            end = begin + round(entry.duration * 1000)
            # A millisecond apart is rounding, not a gap.
            if result and abs(begin - result[-1].end_ms) <= 1:
                result[-1] = Piece(result[-1].begin_ms, end, result[-1].player_seconds)
            else:
                result.append(Piece(begin, end, round(position, 3)))
        position += entry.duration
    return result


def recording_milliseconds(segments: Sequence[Segment], player: float) -> float:
    """The inverse of `player_seconds`: recording ms of second `player` of the replay list."""
    position, last = 0.0, 0.0
    for entry in entries(segments):
        if entry.segment is not None:
            last = (entry.segment.begin - MEDIA_START + entry.duration) * 1000
            if player < position + entry.duration:
                return (entry.segment.begin - MEDIA_START + max(0.0, player - position)) * 1000
        position += entry.duration
    return last


def end_ms(segments: Sequence[Segment]) -> int:
    """Recording time at the end of the last segment; 0 without any."""
    if not segments:
        return 0
    return round((segments[-1].begin + segments[-1].duration - MEDIA_START) * 1000)
