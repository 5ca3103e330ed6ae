"""Changes of the words of a session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from portal.live.models import LiveSession
from transcripts.models import Cue, FinalPass
from transcripts.search import index_text

# A final pass whose process died is taken over after this time.
CLAIM_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A caption to keep; times are recording milliseconds."""

    session_id: int
    uid: str
    participant: str
    speaker: str
    begin_ms: int
    end_ms: int
    text: str
    engine: str
    language: str
    revision: int = 1


def _fields(spoken: Spoken) -> dict[str, object]:
    return {
        "session_id": spoken.session_id,
        "revision": spoken.revision,
        "participant": spoken.participant,
        "speaker": spoken.speaker[:80],
        "begin_ms": spoken.begin_ms,
        "end_ms": max(spoken.begin_ms, spoken.end_ms),
        "text": spoken.text,
        "final": True,
        "engine": spoken.engine,
        "language": spoken.language,
        "grams": index_text(spoken.text),
    }


def store_cue(spoken: Spoken) -> bool:
    """Keep a final caption; the same uid again replaces its words, so that a repeat is harmless. True: it
    is new. Of a rehearsal nothing is kept.
    """
    if LiveSession.objects.filter(pk=spoken.session_id, rehearsal_of__isnull=False).exists():
        return False
    fields = _fields(spoken)
    _, created = Cue.objects.update_or_create(
        uid=spoken.uid, defaults=fields, create_defaults=fields | {"kept_at": timezone.now()}
    )
    return created


def claim_final_pass(session_id: int, engine: str) -> bool:
    """True for the one process that is to go through the session's words again."""
    now = timezone.now()
    row, created = FinalPass.objects.get_or_create(
        session_id=session_id, defaults={"engine": engine, "begun_at": now}
    )
    if created:
        return True
    stale = FinalPass.objects.filter(pk=row.pk, done_at=None, begun_at__lt=now - CLAIM_LASTS)
    return stale.update(begun_at=now, engine=engine) == 1


def _overlap(cue: Cue, spoken: Spoken) -> int:
    return min(cue.end_ms, spoken.end_ms) - max(cue.begin_ms, spoken.begin_ms)


def _same_cue(spoken: Spoken, old: list[Cue]) -> Cue | None:
    """The old caption that `spoken` overlaps by more than half of the longer one; its name is kept."""
    best = max(old, key=lambda cue: _overlap(cue, spoken), default=None)
    if best is None:
        return None
    longer = max(best.end_ms - best.begin_ms, spoken.end_ms - spoken.begin_ms, 1)
    return best if _overlap(best, spoken) * 2 > longer else None


@transaction.atomic
def finish_final_pass(session_id: int, participant_words: Mapping[str, Sequence[Spoken]]) -> int:
    """Put the words of the final pass in place of the live ones, per participant; returns how many captions
    stand.

    A caption that overlaps an old one by more than half keeps its uid, so that links to it still hold.
    """
    count = sum(_replace(session_id, who, words) for who, words in participant_words.items() if words)
    FinalPass.objects.filter(session_id=session_id).update(done_at=timezone.now(), cues=count)
    return count


def _replace(session_id: int, participant: str, words: Sequence[Spoken]) -> int:
    old = list(Cue.objects.filter(session_id=session_id, participant=participant))
    kept: set[str] = set()
    for spoken in words:
        same = _same_cue(spoken, old)
        if same is None:
            # A caption that kept its old name may bear the one this would get.
            uid = f"{spoken.uid}-again" if spoken.uid in kept else spoken.uid
            Cue.objects.update_or_create(uid=uid, defaults=_fields(spoken))
        else:
            uid = same.uid
            old.remove(same)
            Cue.objects.filter(pk=same.pk).update(**_fields(spoken) | {"revision": same.revision + 1})
        kept.add(uid)
    Cue.objects.filter(pk__in=[cue.pk for cue in old if cue.uid not in kept]).delete()
    return len(words)
