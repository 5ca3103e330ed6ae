"""The case, who handles it, and its append-only story."""

from typing import Any, ClassVar

from django.db import models

from portal.appeals.states import State
from portal.appeals.vocabulary import (
    AssignmentRole,
    Audience,
    CaseType,
    Channel,
    EventKind,
    RefuseReason,
    RequestKind,
    Solved,
)
from portal.lib.words import in_readers_language
from portal.people.models import Person, Unit


class UrgencyClass(models.Model):
    """Limits of one class, in working days. Rows are edited by the operator; cases point at them."""

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40, blank=True, default="")
    settle_days = models.PositiveSmallIntegerField()
    accept_days = models.PositiveSmallIntegerField(default=1)
    return_days = models.PositiveSmallIntegerField(default=1)
    longest_extension = models.PositiveSmallIntegerField(default=7)
    may_suspend = models.BooleanField(default=True)
    # Below this share of cases settled on time a unit stands on the weekly list.
    floor_percent = models.PositiveSmallIntegerField(default=95)

    class Meta:
        ordering: ClassVar[list[str]] = ["settle_days"]

    def __str__(self) -> str:
        return in_readers_language(self.name, self.name_en)


class CommonMatter(models.Model):
    """A matter that several citizens raised. Members stay cases of their own; one answer reaches all."""

    title = models.CharField(max_length=120)
    opened_at = models.DateTimeField()


class NumberSeries(models.Model):
    """The last case number given out for a day; a gap below it is a missing case."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Appeal(models.Model):
    """One matter of one citizen. Changed only by `appeals.actions`, each change with its `CaseEvent`."""

    number = models.CharField(max_length=20, unique=True)
    # Made by the client: sending again is harmless.
    key = models.UUIDField(unique=True)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    # Immutable once it is not empty; what the public sees is `public_text`.
    original_text = models.TextField(blank=True, default="")
    public_text = models.TextField(blank=True, default="")
    village = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=20, choices=State.choices, default=State.REGISTERED)
    case_type = models.CharField(max_length=16, choices=CaseType.choices, blank=True, default="")
    matter = models.CharField(max_length=80, blank=True, default="")
    urgency = models.ForeignKey(UrgencyClass, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    cycle = models.PositiveSmallIntegerField(default=1)
    lead_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="lead_appeals"
    )
    joint = models.BooleanField(default=False)
    common_matter = models.ForeignKey(
        CommonMatter, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals"
    )
    # A duplicate: the other case is handled for both, and its answer reaches this one.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    refuse_reason = models.CharField(max_length=16, choices=RefuseReason.choices, blank=True, default="")
    refuse_instead = models.CharField(max_length=200, blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    solved = models.CharField(max_length=8, choices=Solved.choices, blank=True, default="")
    call_back_wanted = models.BooleanField(default=False)
    # What the desk sorts by: last day of the running citizen's clock (None: paused or settled), and the
    # newest event.
    due_on = models.DateField(null=True, blank=True)
    last_event_kind = models.CharField(max_length=20, choices=EventKind.choices, blank=True, default="")
    last_event_at = models.DateTimeField(null=True, blank=True)
    # Head of the event chain: without it, rows cut off at the end would not be missed.
    events_written = models.PositiveIntegerField(default=0)
    events_head = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["lead_unit", "state", "due_on"], name="appeal_desk"),
            models.Index(fields=["state", "due_on"], name="appeal_state_due"),
            models.Index(fields=["state", "-raised_at"], name="appeal_state_raised"),
            models.Index(fields=["person", "-raised_at"], name="appeal_mine"),
            models.Index(fields=["raised_at"], name="appeal_raised"),
            # The console counts the cases of a village beside every question.
            models.Index(fields=["village"], name="appeal_village"),
        ]

    def __str__(self) -> str:
        return self.number


class AppendOnly(models.QuerySet["CaseEvent"]):
    """Events can be read and written, never changed or removed."""

    def update(self, **kwargs: object) -> int:
        raise TypeError("a case event is never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("a case event is never removed")


class CaseEvent(models.Model):
    """One thing that happened. Written once, in the transaction that made the change; never updated or
    deleted.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # Text, whole numbers, true, false and null only: they survive every database unchanged.
    payload = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")
    audience = models.CharField(max_length=8, choices=Audience.choices)
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    objects = AppendOnly.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["appeal", "sequence"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["appeal", "sequence"], name="event_once_per_sequence")
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a case event is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a case event is never removed")


class Assignment(models.Model):
    """A unit's order for one cycle: dispatched, signed or returned."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="assignments")
    cycle = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=8, choices=AssignmentRole.choices, default=AssignmentRole.LEAD)
    assigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True, default="")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit", "role"], name="assignment_unit")
        ]


class UnitRequest(models.Model):
    """A unit asks the supervisor for a pause or for more days."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="requests")
    cycle = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=RequestKind.choices)
    # A code of `SuspendReason` for a pause, free words for an extension.
    reason = models.CharField(max_length=200)
    note = models.TextField(blank=True, default="")
    days = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["appeal", "kind"],
                condition=models.Q(decided_at=None),
                name="one_open_request_per_kind",
            )
        ]
