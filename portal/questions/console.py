"""What a moderator sees of the queue: rows with everything, the people and matters behind one of them, the block
list."""

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from portal.appeals.models import Appeal, Promise
from portal.appeals.states import OPEN
from portal.lib.personal import personal_data
from portal.people.models import Unit
from portal.questions.models import Block, Question
from portal.questions.queries import Row, public_facts, public_text, question_rows
from portal.questions.states import lane_of

BACKGROUND_LENGTH = 8
_BLOCKED = Block.objects.filter(session=OuterRef("session"), person=OuterRef("person"), lifted_at=None)


def _counts(rows: Sequence[Question]) -> tuple[dict[int, int], dict[str, int]]:
    """Appeals ever raised by the persons and from the villages of `rows`: two statements for any number of
    rows."""
    people = {row.person_id for row in rows if row.person_id is not None}
    villages = {row.village for row in rows if row.village}
    by_person = Appeal.objects.filter(person_id__in=people).values_list("person_id").annotate(Count("pk"))
    by_village = Appeal.objects.filter(village__in=villages).values_list("village").annotate(Count("pk"))
    return dict(by_person), dict(by_village)


def console_rows(session_id: int, since: int = 0) -> list[Row]:
    """Rows for the moderators: every question of the session changed after revision `since`, in the order
    they came.

    `age_s` is seconds since it was asked; `history` counts earlier cases of the same person and of the same
    village; `personal` are the places of `text` that look like personal data, in characters.
    """
    rows = list(
        question_rows()
        .select_related("claimed_by", "session")
        .filter(session_id=session_id, revision__gt=since)
        .annotate(blocked=Exists(_BLOCKED))
        .order_by("asked_at", "pk")
    )
    by_person, by_village = _counts(rows)
    now = timezone.now()
    return [
        public_facts(row)
        | {
            "uuid": str(row.uuid),
            "text": row.text,
            "public_text": public_text(row),
            "personal": [
                {"kind": found.kind.value, "begin": found.begin, "end": found.end}
                for found in personal_data(row.text)
            ],
            "lane": lane_of(row.stage_state).value,
            "order": row.order,
            "same_as": row.same_as_id,
            "claimed_by": {"id": row.claimed_by_id, "name": str(row.claimed_by)} if row.claimed_by else None,
            "claimed_at": row.claimed_at and timezone.localtime(row.claimed_at).isoformat(),
            "age_s": max(0, int((now - row.asked_at).total_seconds())),
            "hidden_reason": row.hidden_reason,
            "person": row.person_id,
            "blocked": row.blocked,
            "channel": row.appeal.channel if row.taken_by_id is not None and row.appeal is not None else "",
            "case_state": row.appeal.state if row.appeal is not None else "",
            "history": {
                "person": max(0, by_person.get(row.person_id or 0, 0) - (row.appeal_id is not None)),
                "village": max(0, by_village.get(row.village, 0) - (row.appeal_id is not None)),
            },
        }
        for row in rows
    ]


def _case(appeal: Appeal) -> Row:
    return {
        "number": appeal.number,
        "text": appeal.public_text[:120],
        "state": appeal.state,
        "state_label": str(appeal.get_state_display()),
        "raised_at": timezone.localtime(appeal.raised_at).date().isoformat(),
        "open": appeal.state in OPEN,
    }


def background(question: Question) -> Row:
    """The latest earlier cases of the same person, open cases of the same village, and promises of the case."""
    others = Appeal.objects.exclude(pk=question.appeal_id or 0).order_by("-raised_at", "-pk")
    mine = others.filter(person_id=question.person_id) if question.person_id else others.none()
    near = others.filter(village=question.village, state__in=OPEN) if question.village else others.none()
    promises = Promise.objects.select_related("unit").filter(appeal_id=question.appeal_id or 0)
    return {
        "person": [_case(appeal) for appeal in mine[:BACKGROUND_LENGTH]],
        "village": [_case(appeal) for appeal in near[:BACKGROUND_LENGTH]],
        "promises": [
            {"text": row.text, "unit": str(row.unit), "due_on": row.due_on.isoformat()} for row in promises
        ],
    }


def blocks(session_id: int) -> list[Row]:
    """Who is blocked in this broadcast now, the latest first."""
    rows = Block.objects.select_related("person", "by").filter(session_id=session_id, lifted_at=None)
    return [
        {
            "id": row.pk,
            "name": str(row.person),
            "reason": row.reason,
            "by": str(row.by),
            "at": timezone.localtime(row.at).isoformat(),
        }
        for row in rows.order_by("-at", "-pk")
    ]


def units() -> list[Row]:
    """Who can be named in a promise."""
    return [{"id": unit.pk, "name": str(unit)} for unit in Unit.objects.order_by("kind", "code")]
