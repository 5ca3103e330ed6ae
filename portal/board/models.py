"""What was written on the message board. The matter itself is an appeal like any other."""

from typing import ClassVar

from django.db import models

from portal.appeals.models import Appeal
from portal.people.models import Person


class Message(models.Model):
    """One message. Everybody reads it once its reply is there, its writer agreed and a clerk has looked at both."""

    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="board_message")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="board_messages")
    written_at = models.DateTimeField()
    # The writer agreed that others read message and reply.
    open_wish = models.BooleanField()
    # When a clerk put it up; None while it is not up.
    shown_at = models.DateTimeField(null=True, blank=True)
    # The case's cycle at that time: a new reply after a reopening is looked at anew.
    shown_cycle = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-shown_at"], name="board_shown"),
            models.Index(fields=["person", "-written_at"], name="board_of_person"),
        ]

    def __str__(self) -> str:
        return f"board message {self.pk}"
