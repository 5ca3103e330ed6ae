"""Reads the words of sessions. Everything here returns plain values, never querysets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.live.models import Invitation, LiveSession
from portal.live.states import SessionState
from portal.people.models import Person
from recordings import withheld
from recordings.queries import directory_of
from transcripts import search as index
from transcripts.captions import join
from transcripts.engines.models import find_models
from transcripts.models import Cue, FinalPass


@dataclass(frozen=True, slots=True)
class CueRow:
    """One caption as the outside sees it; times are recording milliseconds."""

    uid: str
    revision: int
    final: bool
    participant: str
    speaker: str
    begin_ms: int
    end_ms: int
    text: str

    def message(self) -> dict[str, Any]:
        """The `cue` object of a `caption` message."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Hit:
    """A caption that holds what was looked for."""

    session_id: int
    title: str
    cue: CueRow


def row_of(cue: Cue) -> CueRow:
    return CueRow(
        cue.uid,
        cue.revision,
        cue.final,
        cue.participant,
        cue.speaker,
        cue.begin_ms,
        cue.end_ms,
        cue.text,
    )


def _shown(session_id: int, cues: Iterable[Cue]) -> list[Cue]:
    """Without what was said in a passage that was cut."""
    kept = withheld.read(directory_of(session_id))
    return [cue for cue in cues if not kept.hides(cue.begin_ms, cue.end_ms)]


def is_cut(session_id: int, begin_ms: int, end_ms: int) -> bool:
    """Whether anything between two recording times is kept from the public."""
    return withheld.read(directory_of(session_id)).hides(begin_ms, end_ms)


def transcript(session_id: int) -> list[CueRow]:
    """All captions of a session in the order they were spoken, but for what was cut."""
    return [row_of(cue) for cue in _shown(session_id, Cue.objects.filter(session_id=session_id))]


def recent(session_id: int, n: int) -> list[CueRow]:
    """The last `n` captions, oldest first."""
    rows = Cue.objects.filter(session_id=session_id).order_by("-begin_ms", "-pk")[:n]
    return [row_of(cue) for cue in reversed(_shown(session_id, rows))]


def passage(session_id: int, begin_ms: int, end_ms: int) -> str:
    """What was said between two recording times: captions that lie in it by more than half.

    One line per turn; lines begin with the speaker when more than one spoke.
    """
    rows = Cue.objects.filter(session_id=session_id, begin_ms__lt=end_ms, end_ms__gt=begin_ms)
    inside = [cue for cue in _shown(session_id, rows) if begin_ms <= (cue.begin_ms + cue.end_ms) / 2 < end_ms]
    turns = [(who, join(cue.text for cue in said)) for who, said in groupby(inside, lambda cue: cue.speaker)]
    if len({who for who, _ in turns}) < 2:
        return "\n".join(text for _, text in turns)
    return "\n".join(f"{who}: {text}" for who, text in turns)


def search(text: str, sessions: Iterable[int] | None = None, limit: int = 50) -> list[Hit]:
    """Captions with every space-separated term of `text`, newest broadcast first; empty for a search
    without letters.
    """
    phrases = index.phrases(text)
    if not phrases:
        return []
    rows = Cue.objects.filter(id__in=index.matching_ids(connection.vendor, phrases)).select_related("session")
    rows = rows.filter(session__rehearsal_of=None)
    if sessions is not None:
        rows = rows.filter(session_id__in=list(sessions))
    found = list(rows.order_by("-session__starts_at", "begin_ms")[:limit])
    kept = {pk: withheld.read(directory_of(pk)) for pk in {cue.session_id for cue in found}}
    shown = [cue for cue in found if not kept[cue.session_id].hides(cue.begin_ms, cue.end_ms)]
    return [Hit(cue.session_id, cue.session.title, row_of(cue)) for cue in shown]


def speaker_name(participant: str, session_id: int | None = None) -> str:
    """The shown (masked) name of `leader-<person>`, `guest-<person>` or `cohost-<person>`, who is called in
    `session_id` what the invitation says; empty when nobody is known by it."""
    role, _, number = participant.rpartition("-")
    if not number.isdecimal():
        return ""
    if role == "cohost":
        seats = Invitation.objects.filter(session_id=session_id, person_id=int(number))
        if name := seats.values_list("name", flat=True).last():
            return name
    person = Person.objects.filter(pk=int(number)).first()
    return str(person) if person else ""


def sessions_to_follow() -> list[int]:
    """Sessions on the air or paused, and those that ended a short while ago: their last words may not be
    read yet.
    """
    on_air = Q(state__in=[SessionState.LIVE, SessionState.PAUSED])
    just_ended = Q(state=SessionState.ENDED, ended_at__gte=timezone.now() - timedelta(minutes=10))
    return list(LiveSession.objects.filter(on_air | just_ended).values_list("pk", flat=True))


def awaiting_final_pass() -> list[int]:
    """Ended sessions whose words were not gone through again yet."""
    done = FinalPass.objects.values("session_id")
    ended = LiveSession.objects.filter(state=SessionState.ENDED, cues__isnull=False, rehearsal_of=None)
    ended = ended.exclude(pk__in=done)
    return list(ended.distinct().values_list("pk", flat=True))


def speech_notice() -> str:
    """A sentence for pages when Mandarin cannot be recognised; empty when it can."""
    directory = settings.SPEECH_MODEL_DIR
    return "" if directory and find_models(Path(directory)).live else _("未安装普通话识别模型")
