"""Files that citizens enclose: taken piece by piece, made into our own copy, put into the case.

The bytes go to a file beside the database and the row says how many are there. A piece that was written and
not yet counted is written again by whoever sends it again; nothing depends on both at once.
"""

import hashlib
import logging
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.appeals.actions.change import locked, record
from portal.appeals.content import NotAPicture, clean_picture, sound_type
from portal.appeals.models import Appeal, Attachment
from portal.appeals.vocabulary import Audience, EventKind
from portal.lib.errors import BadInput, Conflict, NotAllowed
from portal.lib.pace import Pace
from portal.people.models import Person

Kind, State, Words = Attachment.Kind, Attachment.State, Attachment.Words
MOST = {Kind.PHOTO: 3, Kind.VOICE: 1}
LARGEST_PHOTO = 10 << 20
LARGEST = {Kind.PHOTO: LARGEST_PHOTO, Kind.VOICE: 4 << 20}
ORPHAN_LASTS = timedelta(days=3)
HEARING_LASTS = timedelta(minutes=5)
# New files of visitors who have not confirmed a number yet.
PER_ADDRESS = Pace("files", limit=60, seconds=3600)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes `offset` … of a file of `size` bytes that belongs to the case with `key`."""

    uuid: UUID
    key: UUID
    kind: str
    size: int
    offset: int
    data: bytes


def folder() -> Path:
    return Path(settings.ATTACHMENTS_DIR)


def _part(row: Attachment) -> Path:
    return folder() / f"{row.uuid}.part"


def path_of(row: Attachment) -> Path:
    return folder() / row.file


def _check(person: Person | None, piece: Piece, with_form: bool = False) -> None:
    if piece.kind not in Kind.values:
        raise BadInput(_("只收照片和录音。"), field="kind")
    if not 0 < piece.size <= LARGEST[Kind(piece.kind)]:
        most = LARGEST[Kind(piece.kind)] >> 20
        raise BadInput(_("文件太大，最多%(most)s MB。") % {"most": most}, code="too_long", field="size")
    owner = Appeal.objects.filter(key=piece.key).values_list("person_id", flat=True).first()
    if owner is not None and (person is None or person.pk != owner):
        raise NotAllowed(_("只有提出诉求的人可以补充材料。"))
    if person is None and piece.kind == Kind.PHOTO and not with_form:
        raise NotAllowed(_("请先用手机号验证身份，再上传照片。"))


def _row(person: Person | None, piece: Piece, origin: str) -> Attachment:
    """The row of this file, made at its first piece. Raises `Conflict` when the case has its number of
    files."""
    found = Attachment.objects.filter(uuid=piece.uuid).first()
    if found is not None:
        return found
    if person is None:
        PER_ADDRESS.check(origin)
        PER_ADDRESS.count(origin)
    taken = set(Attachment.objects.filter(key=piece.key, kind=piece.kind).values_list("place", flat=True))
    free = [place for place in range(MOST[Kind(piece.kind)]) if place not in taken]
    if not free:
        raise Conflict(_("最多三张照片和一段录音。"), code="enough")
    try:
        with transaction.atomic():
            return Attachment.objects.create(
                uuid=piece.uuid, key=piece.key, person=person, kind=piece.kind, place=free[0], size=piece.size
            )
    except IntegrityError:
        # The same piece twice, or two files at the same moment.
        found = Attachment.objects.filter(uuid=piece.uuid).first()
        if found is None:
            raise Conflict(_("请再试一次。"), code="again") from None
        return found


def is_for(person: Person | None, row: Attachment) -> bool:
    """May `person` go on with this file? Before it has an owner, whoever knows its uuid."""
    return row.person_id is None or (person is not None and person.pk == row.person_id)


def take_piece(person: Person | None, piece: Piece, origin: str = "") -> Attachment:
    """Keep one piece; with the last one the file is looked at and put into its case, if that is there.

    A piece that is known already changes nothing: the row says how far it is. Raises `BadInput` (not what it
    claims to be, too large), `NotAllowed`, `Conflict` (enough files), `RateLimited`.
    """
    _check(person, piece)
    return _take(person, piece, origin)


def _take(person: Person | None, piece: Piece, origin: str) -> Attachment:
    row = _row(person, piece, origin)
    if not is_for(person, row) or (row.key, row.kind, row.size) != (piece.key, piece.kind, piece.size):
        raise NotAllowed(_("这个文件不是您的。"))
    if row.state == State.READY:
        return row
    if piece.offset == row.received and piece.offset + len(piece.data) <= row.size:
        _append(row, piece.data)
    if row.received == row.size:
        _finish(row)
        put_in_case(row.pk)
        row.refresh_from_db()
    return row


def enclose(person: Person | None, key: UUID, photo: bytes, origin: str) -> None:
    """A photo in one piece, sent with the form of its question; the same one again is the same. Raises as
    `take_piece` does."""
    name = uuid5(key, hashlib.sha256(photo).hexdigest())
    piece = Piece(name, key, Kind.PHOTO, len(photo), 0, photo)
    _check(person, piece, with_form=True)
    _take(person, piece, origin)


def _append(row: Attachment, data: bytes) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_part(row), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, data, row.received)
    finally:
        os.close(descriptor)
    end = row.received + len(data)
    Attachment.objects.filter(pk=row.pk, received=row.received).update(received=end)
    row.refresh_from_db()


def _finish(row: Attachment) -> None:
    """Look at the whole file and keep our copy of it; what is not what it claims to be goes, row and all."""
    data = _part(row).read_bytes()[: row.size]
    try:
        ending, kept = _judged(row.kind, data)
    except BadInput:
        forget(row)
        raise
    name = f"{row.uuid}.{ending}"
    target = folder() / name
    partial = target.with_suffix(".new")
    partial.write_bytes(kept)
    partial.chmod(0o600)
    partial.replace(target)
    wanted = row.kind == Kind.VOICE and _somebody_listens()
    Attachment.objects.filter(pk=row.pk, state=State.PARTIAL).update(
        state=State.READY,
        file=name,
        digest=hashlib.sha256(kept).hexdigest(),
        words_state=Words.WANTED if wanted else Words.NONE,
    )
    _part(row).unlink(missing_ok=True)
    log.info("attachment %s is ready (%d bytes)", row.pk, len(kept))


def _judged(kind: str, data: bytes) -> tuple[str, bytes]:
    """(ending, bytes to keep). Raises `BadInput`."""
    if kind == Kind.PHOTO:
        try:
            return "jpg", clean_picture(data)
        except NotAPicture:
            raise BadInput(_("这不是能打开的照片，请换一张。"), code="not_a_picture") from None
    ending = sound_type(data[:64])
    if not ending:
        raise BadInput(_("这不是录音，请再录一次。"), code="not_a_sound")
    return ending, data


def _somebody_listens() -> bool:
    """Mandarin needs a model that the operator installs; English is understood out of the box."""
    return bool(settings.SPEECH_MODEL_DIR) or (get_language() or "").startswith("en")


def forget(row: Attachment) -> None:
    """A file that is in no case goes for good."""
    if Attachment.objects.filter(pk=row.pk, in_case=False).delete()[0]:
        _part(row).unlink(missing_ok=True)
        if row.file:
            path_of(row).unlink(missing_ok=True)


@transaction.atomic
def put_in_case(attachment_id: int) -> bool:
    """Enclose a file that is ready, with its event, if its case is there and of the same person."""
    row = Attachment.objects.filter(pk=attachment_id, state=State.READY, in_case=False).first()
    case = Appeal.objects.filter(key=row.key).values_list("pk", flat=True).first() if row else None
    if row is None or case is None:
        return False
    appeal = locked(case)
    if row.person_id not in (None, appeal.person_id):
        return False
    if not Attachment.objects.filter(pk=row.pk, in_case=False).update(in_case=True, person=appeal.person):
        return False
    payload = {"file": str(row.uuid), "kind": row.kind, "sha256": row.digest}
    record(
        appeal, EventKind.ATTACHED, appeal.person, timezone.now(), audience=Audience.CITIZEN, payload=payload
    )
    return True


def enclose_waiting(key: UUID) -> None:
    """A case has begun: what was sent for it beforehand is put in."""
    for pk in Attachment.objects.filter(key=key, state=State.READY, in_case=False).values_list(
        "pk", flat=True
    ):
        put_in_case(pk)


def tidy_files(now: datetime) -> int:
    """Enclose what a crash left outside its case, forget what never got one; how many."""
    waiting = Attachment.objects.filter(in_case=False)
    cases = Appeal.objects.filter(key__in=waiting.filter(state=State.READY).values("key")).values("key")
    done = sum(put_in_case(row.pk) for row in waiting.filter(state=State.READY, key__in=cases)[:100])
    old = waiting.filter(created_at__lt=now - ORPHAN_LASTS).exclude(key__in=Appeal.objects.values("key"))
    for row in old[:100]:
        forget(row)
        done += 1
    return done


def claim_voice(now: datetime) -> tuple[int, Path] | None:
    """(id, file) of a recording that nobody has written down yet; claimed for five minutes."""
    stale = Attachment.objects.filter(words_state=Words.HEARING, claimed_at__lt=now - HEARING_LASTS)
    stale.update(words_state=Words.WANTED)
    for row in Attachment.objects.filter(words_state=Words.WANTED).order_by("pk")[:5]:
        if Attachment.objects.filter(pk=row.pk, words_state=Words.WANTED).update(
            words_state=Words.HEARING, claimed_at=now
        ):
            return row.pk, path_of(row)
    return None


def write_down(attachment_id: int, words: str) -> None:
    """What an engine understood of a recording; empty when nothing."""
    Attachment.objects.filter(pk=attachment_id, words_state=Words.HEARING).update(
        words_state=Words.DONE, words=words.strip()[:2000]
    )
