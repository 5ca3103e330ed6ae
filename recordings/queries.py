"""Reads what is recorded. Journals are read as files; nothing of the media stack is needed for it."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from recordings import journal, timeline
from recordings.models import Clip, Recording


@dataclass(frozen=True, slots=True)
class RecordingValue:
    """`directory` holds the files, `began_at` is the wall clock at recording time 0."""

    session_id: int
    directory: Path
    began_at: datetime
    state: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class ClipValue:
    """`path` is the file of a clip that is ready, else None. Times in recording ms."""

    clip_id: int
    session_id: int
    reference: str
    begin_ms: int
    end_ms: int
    state: str
    path: Path | None
    original: bool = False

    @property
    def ready(self) -> bool:
        return self.path is not None


def directory_of(session_id: int) -> Path:
    """Where the files of a session are, whether or not there are any."""
    return Path(settings.RECORDINGS_DIR) / str(int(session_id))


def value_of(recording: Recording) -> RecordingValue:
    return RecordingValue(
        session_id=recording.session_id,
        directory=directory_of(recording.session_id),
        began_at=recording.began_at,
        state=recording.state,
        duration_ms=recording.duration_ms,
    )


def recording_of(session_id: int) -> RecordingValue | None:
    """The recording of a session; None when it never went live."""
    recording = Recording.objects.filter(session_id=session_id).first()
    return value_of(recording) if recording is not None else None


def clip_value(clip: Clip) -> ClipValue:
    ready = clip.state == Clip.State.READY
    session_id = clip.recording.session_id
    path = directory_of(session_id) / "clips" / clip.file if ready and clip.file else None
    return ClipValue(
        clip_id=clip.pk,
        session_id=session_id,
        reference=clip.reference,
        begin_ms=clip.begin_ms,
        end_ms=clip.end_ms,
        state=clip.state,
        path=path,
        original=clip.original,
    )


def clip_of(reference: str) -> ClipValue | None:
    """The clip that was asked for as `reference` ("reply-17")."""
    clip = Clip.objects.select_related("recording").filter(reference=reference).first()
    return clip_value(clip) if clip is not None else None


def clip_by_id(clip_id: int) -> ClipValue | None:
    clip = Clip.objects.select_related("recording").filter(pk=clip_id).first()
    return clip_value(clip) if clip is not None else None


def player_seconds(session_id: int, ms: float) -> float:
    """Where recording millisecond `ms` is in the replay list of the session, in seconds."""
    return timeline.player_seconds(journal.read_segments(directory_of(session_id)), ms)


def player_times(session_id: int, moments: Iterable[float]) -> list[float]:
    """`player_seconds` of many recording ms, with the journal read once: for a transcript."""
    pieces = pieces_of(session_id)
    starts = [piece.begin_ms for piece in pieces]
    return [_in_player(pieces, bisect_right(starts, ms) - 1, ms) for ms in moments]


def _in_player(pieces: list[timeline.Piece], index: int, ms: float) -> float:
    if index < 0:
        return 0.0
    piece = pieces[index]
    # Between two pieces nothing is shown: the moment is where the later one begins.
    return piece.player_seconds + (min(ms, piece.end_ms) - piece.begin_ms) / 1000


def pieces_of(session_id: int) -> list[timeline.Piece]:
    """The unbroken stretches of the recording, for turning recording time into player time elsewhere."""
    return timeline.pieces(journal.read_segments(directory_of(session_id)))


def recording_milliseconds(session_id: int, seconds: float) -> float:
    """The recording millisecond that the replay list shows at second `seconds`."""
    return timeline.recording_milliseconds(journal.read_segments(directory_of(session_id)), seconds)


def recorded_ms(session_id: int) -> int:
    """Recording time at the end of what is recorded so far."""
    return timeline.end_ms(journal.read_segments(directory_of(session_id)))
