"""Clocks of a case, their pauses, and the calendar they count by."""

from typing import ClassVar

from django.db import models

from portal.appeals.models.cases import Appeal
from portal.appeals.vocabulary import ClockKind, SuspendReason, Verdict
from portal.people.models import Person


class Clock(models.Model):
    """One limit of one cycle. Used time is derived from start, pauses and calendar; only the verdict is
    frozen.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="clocks")
    cycle = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=ClockKind.choices)
    started_at = models.DateTimeField()
    limit_days = models.PositiveSmallIntegerField()
    extension_days = models.PositiveSmallIntegerField(default=0)
    # Derived from the above and kept for sorting; None while a pause is open.
    due_on = models.DateField(null=True, blank=True)
    # The date without the extension: both stay visible.
    first_due_on = models.DateField(null=True, blank=True)
    # True while the count touches a year without an official notice.
    provisional = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices, default=Verdict.RUNNING)
    reminded_at = models.DateTimeField(null=True, blank=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["appeal", "kind"],
                condition=models.Q(stopped_at=None),
                name="one_running_clock_per_kind",
            ),
            models.UniqueConstraint(
                fields=["appeal", "cycle", "kind"],
                condition=models.Q(kind="citizen"),
                name="one_citizen_clock_per_cycle",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on"], condition=models.Q(stopped_at=None), name="clock_running_due")
        ]


class Pause(models.Model):
    """An approved interval in which the clocks of one cycle stand still; `ended_at` None: still standing."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="pauses")
    cycle = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=24, choices=SuspendReason.choices)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["appeal"], condition=models.Q(ended_at=None), name="one_open_pause_per_appeal"
            )
        ]


class Day(models.Model):
    """One day of a year with an official notice. A year without rows counts Monday to Friday,
    provisionally.
    """

    date = models.DateField(primary_key=True)
    working = models.BooleanField()
    name = models.CharField(max_length=40, blank=True, default="")
