"""Rows about the files of a broadcast: one recording per session, and the clips cut out of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from recordings import states


class Recording(models.Model):
    """The programme of one live session. Times inside it are milliseconds since `began_at` (recording
    time)."""

    class State(models.TextChoices):
        LIVE = states.RECORDING_LIVE
        FINISHING = states.RECORDING_FINISHING
        READY = states.RECORDING_READY
        FAILED = states.RECORDING_FAILED

    session = models.OneToOneField("live.LiveSession", on_delete=models.PROTECT, related_name="recording")
    # Wall clock at recording time 0. A second programme process of the same session counts on from here.
    began_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.LIVE)
    duration_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"recording of session {self.session_id}"


class Cut(models.Model):
    """A passage that the public gets a slate for, in the live lists as in everything made of the recording later.

    The files keep it. `end_ms` empty: it goes on. Lifting it gives the passage back.
    """

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="cuts")
    begin_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["recording"], condition=models.Q(end_ms=None, lifted_at=None), name="cut_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"cut {self.pk}"


class Clip(models.Model):
    """A passage of a recording as a file of its own. `reference` says what for ("reply-17") and makes asking
    twice harmless."""

    class State(models.TextChoices):
        PENDING = states.CLIP_PENDING
        MAKING = states.CLIP_MAKING
        READY = states.CLIP_READY
        FAILED = states.CLIP_FAILED

    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="clips")
    reference = models.CharField(max_length=64, unique=True)
    begin_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    # As it was, whatever was cut: only for those who may see that.
    original = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    # Name inside the recording's clips directory; empty until ready. The begin and end are part of the name,
    # so that a browser never shows an old cut from its cache.
    file = models.CharField(max_length=120, default="", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "not_before"], name="clips_due")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(begin_ms__gte=0, end_ms__gt=models.F("begin_ms")), name="clip_has_length"
            ),
        ]

    def __str__(self) -> str:
        return f"clip {self.reference}"
