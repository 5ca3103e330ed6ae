"""Changes the rows about recordings and clips.

Clips are cut in a process of their own (`python -m recordings.clips`): a broken file may end that process,
never the clerk, and nothing here loads the media stack.
"""

import json
import logging
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.errors import BadInput, Conflict, NotFound
from portal.live.states import SessionState
from recordings import cuts, journal, states, timeline, withheld
from recordings.models import Clip, Recording
from recordings.queries import ClipValue, RecordingValue, clip_value, directory_of, value_of

log = logging.getLogger(__name__)

LONGEST_CLIP_MS = 60 * 60 * 1000
CUT_LIMIT_S = 300
CLAIM_LIMIT = timedelta(minutes=10)
MAX_TRIES = 5
FIRST_PAUSE_S = 5
# A programme writes five times a second: a journal that is silent for so long has lost its writer.
WRITER_GONE_S = 15.0


def open_recording(session_id: int) -> RecordingValue:
    """The recording of a session that goes live, made at the first call. Conflict when it is already
    finished."""
    try:
        with transaction.atomic():
            recording, _made = Recording.objects.get_or_create(
                session_id=session_id, defaults={"began_at": timezone.now()}
            )
    except IntegrityError:
        raise NotFound(_("没有这场直播。")) from None
    if recording.state != Recording.State.LIVE:
        raise Conflict(_("这场直播的录像已经结束，不能继续录制。"))
    value = value_of(recording)
    value.directory.mkdir(parents=True, exist_ok=True)
    cuts.publish(session_id)
    return value


def finish(session_id: int) -> RecordingValue:
    """The broadcast is over. Ready at once when the programme has written its end, else when `settle` finds
    it."""
    Recording.objects.filter(session_id=session_id, state=Recording.State.LIVE).update(
        state=Recording.State.FINISHING
    )
    recording = Recording.objects.filter(session_id=session_id).first()
    if recording is None:
        raise NotFound(_("没有这场直播的录像。"))
    _settle_one(recording)
    recording.refresh_from_db()
    return value_of(recording)


def discard(session_id: int) -> None:
    """Of a rehearsal nothing is kept: its row goes, then its files."""
    Recording.objects.filter(session_id=session_id).delete()
    shutil.rmtree(directory_of(session_id), ignore_errors=True)


def settle() -> int:
    """Bring recordings whose broadcast is over to their last state; the number that got there."""
    _finish_forsaken()
    finishing = Recording.objects.filter(state=Recording.State.FINISHING)
    return sum(_settle_one(recording) for recording in finishing)


def _finish_forsaken() -> None:
    """A broadcast that ended while no media process held it has nobody else who finishes its recording."""
    over = Recording.objects.filter(state=Recording.State.LIVE, session__state=SessionState.ENDED)
    for recording in over.select_related("session"):
        directory = directory_of(recording.session_id)
        if not journal.is_ended(directory) and not _writer_is_gone(directory):
            continue  # it is being ended now
        log.warning("session %s ended without its media process", recording.session_id)
        if recording.session.is_rehearsal:
            discard(recording.session_id)
        else:
            Recording.objects.filter(pk=recording.pk, state=Recording.State.LIVE).update(
                state=Recording.State.FINISHING
            )


def _settle_one(recording: Recording) -> bool:
    if recording.state != Recording.State.FINISHING:
        return False
    directory = directory_of(recording.session_id)
    if not journal.is_ended(directory):
        if not _writer_is_gone(directory):
            return False
        journal.mark_ended(directory)
    duration = timeline.end_ms(journal.read_segments(directory, original=True))
    state = Recording.State.READY if duration else Recording.State.FAILED
    changed = Recording.objects.filter(pk=recording.pk, state=Recording.State.FINISHING).update(
        state=state, duration_ms=duration
    )
    return bool(changed)


def _writer_is_gone(directory: Path) -> bool:
    path = directory / "v0" / journal.NAME
    return not path.exists() or time.time() - path.stat().st_mtime > WRITER_GONE_S


def request_clip(session_id: int, begin_ms: int, end_ms: int, reference: str) -> ClipValue:
    """Ask for a clip. The same `reference` again changes nothing, or cuts anew where begin or end differ.

    BadInput when it has no length or is longer than an hour, NotFound without a recording.
    """
    if not 0 <= begin_ms < end_ms or end_ms - begin_ms > LONGEST_CLIP_MS:
        raise BadInput(_("片段的起止时间不正确。"))
    recording = Recording.objects.filter(session_id=session_id).first()
    if recording is None:
        raise NotFound(_("没有这场直播的录像。"))
    times = {"begin_ms": begin_ms, "end_ms": end_ms}
    clip, made = Clip.objects.get_or_create(reference=reference, defaults={"recording": recording, **times})
    if not made and (clip.begin_ms, clip.end_ms, clip.recording_id) != (begin_ms, end_ms, recording.pk):
        Clip.objects.filter(pk=clip.pk).update(
            recording=recording, state=Clip.State.PENDING, tries=0, not_before=None, file="", **times
        )
        clip.refresh_from_db()
    return clip_value(clip)


def make_due_clips(limit: int = 4) -> int:
    """Cut the clips whose passage is recorded by now, at most `limit`; the number that became ready. For the
    clerk."""
    settle()
    now = timezone.now()
    Clip.objects.filter(state=Clip.State.MAKING, claimed_at__lt=now - CLAIM_LIMIT).update(
        state=Clip.State.PENDING
    )
    due = Clip.objects.select_related("recording").filter(
        Q(not_before=None) | Q(not_before__lte=now), state=Clip.State.PENDING
    )
    made = 0
    for clip in due.order_by("pk")[:limit]:
        if _is_recorded(clip) and _claimed(clip):
            made += _make(clip)
    return made


def _is_recorded(clip: Clip) -> bool:
    directory = directory_of(clip.recording.session_id)
    if journal.is_ended(directory) or clip.recording.state != Recording.State.LIVE:
        return True
    # A clip must not be ahead of what delayed viewers have seen.
    delay_ms = 0 if clip.original else withheld.read(directory).delay * 1000
    recorded = timeline.end_ms(journal.read_segments(directory, original=True))
    return recorded >= clip.end_ms + delay_ms


def _claimed(clip: Clip) -> bool:
    """Two clerks may look at the same row; the one whose update counts gets it."""
    claimed = Clip.objects.filter(pk=clip.pk, state=Clip.State.PENDING).update(
        state=Clip.State.MAKING, claimed_at=timezone.now(), tries=F("tries") + 1
    )
    return bool(claimed)


def _make(clip: Clip) -> bool:
    directory = directory_of(clip.recording.session_id)
    name = f"{clip.pk}-{clip.begin_ms}-{clip.end_ms}.mp4"
    # A moderator may have moved the passage while it was being cut: then the row is pending again and stays
    # so.
    mine = Clip.objects.filter(
        pk=clip.pk, state=Clip.State.MAKING, begin_ms=clip.begin_ms, end_ms=clip.end_ms
    )
    if _cut(directory, clip, directory / "clips" / name):
        return bool(mine.update(state=Clip.State.READY, file=name, ready_at=timezone.now()))
    tries = clip.tries + 1
    given_up = tries >= MAX_TRIES
    pause = timedelta(seconds=FIRST_PAUSE_S * 2**tries)
    mine.update(
        state=states.CLIP_FAILED if given_up else states.CLIP_PENDING, not_before=timezone.now() + pause
    )
    return False


def _cut(directory: Path, clip: Clip, target: Path) -> bool:
    command = [
        sys.executable,
        "-m",
        "recordings.clips",
        str(directory),
        str(clip.begin_ms),
        str(clip.end_ms),
        str(target),
        *(["original"] if clip.original else []),
    ]
    root = Path(__file__).resolve().parent.parent
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, timeout=CUT_LIMIT_S, check=False)
    except (subprocess.TimeoutExpired, OSError) as error:
        log.error("clip %s was not made: %s", target.name, type(error).__name__)
        return False
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        log.error("clip %s was not made: %s", target.name, lines[-1] if lines else done.returncode)
        return False
    log.info("clip %s: %s", target.name, json.loads(done.stdout))
    return target.exists()
