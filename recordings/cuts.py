"""Cuts of a broadcast: what happened is kept, the public gets a slate. Rows first, then the file that lists read."""

import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.lib.errors import Conflict, NotAllowed, NotFound
from portal.live.queries import may_run, session_of
from portal.people.models import Person
from portal.people.queries import has_role
from portal.people.vocabulary import RoleKind
from recordings import journal, withheld
from recordings.models import Clip, Cut, Recording
from recordings.queries import directory_of
from recordings.withheld import Withheld

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CutValue:
    """Times in recording ms; `end_ms` None while it goes on."""

    id: int
    begin_ms: int
    end_ms: int | None


def cuts_of(session_id: int) -> list[CutValue]:
    """What is cut of a broadcast now, in the order of the recording."""
    rows = Cut.objects.filter(recording__session_id=session_id, lifted_at=None).order_by("begin_ms", "pk")
    return [CutValue(row.pk, row.begin_ms, row.end_ms) for row in rows]


def _locked(actor: Person, session_id: int) -> Recording:
    if not may_run(actor, session_of(session_id)):
        raise NotAllowed(_("只有本场领导和主持人可以操作直播。"))
    recording = Recording.objects.select_for_update().filter(session_id=session_id).first()
    if recording is None:
        raise NotFound(_("没有这场直播的录像。"))
    return recording


def begin_cut(actor: Person, session_id: int, begin_ms: int) -> CutValue:
    """From `begin_ms` on, until `end_cut`. For host and moderators; `Conflict` while one goes on already."""
    with transaction.atomic():
        recording = _locked(actor, session_id)
        try:
            with transaction.atomic():
                made = Cut.objects.create(recording=recording, begin_ms=max(0, begin_ms), by=actor)
        except IntegrityError:
            raise Conflict(_("正在切断，请先恢复播出。"), code="cutting") from None
        _changed(recording, made)
    log.info("session %s: cut %s begins at %s ms by person %s", session_id, made.pk, begin_ms, actor.pk)
    return CutValue(made.pk, made.begin_ms, None)


def end_cut(actor: Person, session_id: int, end_ms: int) -> CutValue:
    """What comes from now on is shown again. The passage as it was becomes a clip for those who may see it."""
    with transaction.atomic():
        recording = _locked(actor, session_id)
        found = Cut.objects.filter(recording=recording, end_ms=None, lifted_at=None).first()
        if found is None:
            raise Conflict(_("现在没有切断。"))
        found.end_ms = max(end_ms, found.begin_ms + 1)
        found.save(update_fields=["end_ms"])
        Clip.objects.create(
            recording=recording,
            reference=f"cut-{found.pk}",
            begin_ms=found.begin_ms,
            end_ms=found.end_ms,
            original=True,
        )
        _changed(recording, found)
    log.info("session %s: cut %s ends at %s ms by person %s", session_id, found.pk, end_ms, actor.pk)
    return CutValue(found.pk, found.begin_ms, found.end_ms)


def lift_cut(actor: Person, session_id: int, cut_id: int) -> None:
    """It was not meant, or need not stay: the public gets the passage back."""
    with transaction.atomic():
        recording = _locked(actor, session_id)
        found = Cut.objects.filter(recording=recording, pk=cut_id).first()
        if found is None:
            raise NotFound(_("没有这个切断。"))
        if found.lifted_at is not None:
            raise Conflict(_("这个切断已经撤销。"))
        found.lifted_at, found.lifted_by = timezone.now(), actor
        found.save(update_fields=["lifted_at", "lifted_by"])
        _changed(recording, found)
    log.info("session %s: cut %s lifted by person %s", session_id, cut_id, actor.pk)


def _changed(recording: Recording, cut: Cut) -> None:
    publish(recording.session_id)
    # Clips that hold something of the passage are made anew, and are not shown until then.
    touched = Q(end_ms__gt=cut.begin_ms)
    if cut.end_ms is not None:
        touched &= Q(begin_ms__lt=cut.end_ms)
    clips = Clip.objects.filter(touched, recording=recording, original=False)
    clips.update(state=Clip.State.PENDING, tries=0, not_before=None, file="")


def publish(session_id: int) -> None:
    """Write the file that the lists read. Also before the first cut: the delay stands in it."""
    directory = directory_of(session_id)
    before = withheld.read(directory)
    delay = float(session_of(session_id).delay_seconds)
    since = before.since
    if delay and not before.delay:
        # What is out cannot be called back: the delay grows from here, while the lists stand still.
        complete = [one for one in journal.read_segments(directory, original=True) if one.complete]
        since = complete[-1].begin + complete[-1].duration if complete else 0.0
    spans = tuple((cut.begin_ms, cut.end_ms) for cut in cuts_of(session_id))
    now = Withheld(delay, since if delay else 0.0, spans)
    if now != before:
        withheld.write(directory, now)


def may_see_original(person: object, session_id: int) -> bool:
    """Host and moderators of the broadcast, and supervisors."""
    if not isinstance(person, Person):
        return False
    return may_run(person, session_of(session_id)) or has_role(person, RoleKind.SUPERVISOR)


def cut_session(cut_id: int) -> int | None:
    return Cut.objects.filter(pk=cut_id).values_list("recording__session_id", flat=True).first()
