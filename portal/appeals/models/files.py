"""What a citizen encloses with a matter: photos, and the question as it was spoken."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people.models import Person


class Attachment(models.Model):
    """One file, which may come in pieces and before the case it belongs to.

    `uuid` is made by the client, so that a piece sent again is the same piece; `key` is the key of the case.
    `size` and `received` are bytes as sent; the file that is kept is our own copy. Until the case is there only
    who knows the uuid can touch it.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        VOICE = "voice", _("录音")

    class State(models.TextChoices):
        PARTIAL = "partial", _("正在上传")
        READY = "ready", _("已收到")

    class Words(models.TextChoices):
        NONE = "none", _("不听写")
        WANTED = "wanted", _("等待听写")
        HEARING = "hearing", _("正在听写")
        DONE = "done", _("已听写")

    uuid = models.UUIDField(unique=True)
    key = models.UUIDField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # Its place among those of its kind: the constraint holds the number of files.
    place = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    received = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PARTIAL)
    # Name below ATTACHMENTS_DIR and SHA-256 of what is kept; empty until it is ready.
    file = models.CharField(max_length=80, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    words_state = models.CharField(max_length=8, choices=Words.choices, default=Words.NONE)
    words = models.TextField(blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    # Set with the event in the story of the case.
    in_case = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-kind", "place"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["in_case", "created_at"], name="attachment_waiting"),
            models.Index(fields=["words_state"], name="attachment_words"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "kind", "place"], name="attachment_place"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"
