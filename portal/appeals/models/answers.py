"""What the citizen is told, what is promised, and what the citizen thinks of it."""

from typing import ClassVar

from django.db import models

from portal.appeals.models.cases import Appeal
from portal.appeals.vocabulary import About, Level, RatingSource, ReplyKind, Solved
from portal.people.models import Person, Unit


class Reply(models.Model):
    """An answer. A spoken one points at media time: recording (session id as text), begin and end in
    recording ms.
    """

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="replies")
    cycle = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=ReplyKind.choices)
    text = models.TextField(blank=True, default="")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    final = models.BooleanField(default=False)
    recording = models.CharField(max_length=40, blank=True, default="")
    begin_ms = models.PositiveIntegerField(null=True, blank=True)
    end_ms = models.PositiveIntegerField(null=True, blank=True)
    passage = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "pk"]


class Promise(models.Model):
    """What was promised, by whom, until when, and at which second it was said."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="promises")
    reply = models.ForeignKey(Reply, null=True, blank=True, on_delete=models.PROTECT, related_name="promises")
    text = models.TextField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="promises")
    due_on = models.DateField()
    recording = models.CharField(max_length=40, blank=True, default="")
    at_ms = models.PositiveIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True, blank=True)


class Evaluation(models.Model):
    """One rating of one cycle. Only those with source `citizen` count as the citizen's."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="evaluations")
    cycle = models.PositiveSmallIntegerField()
    about = models.CharField(max_length=8, choices=About.choices)
    source = models.CharField(max_length=10, choices=RatingSource.choices)
    level = models.PositiveSmallIntegerField(choices=Level.choices, null=True, blank=True)
    solved = models.CharField(max_length=8, choices=Solved.choices, default=Solved.UNKNOWN)
    comment = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["appeal", "cycle", "about", "source"], name="one_rating_per_cycle_and_source"
            )
        ]
