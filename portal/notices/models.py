"""Messages out, as rows: written with the change they tell of, delivered by the clerk."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people.models import Person


class NoticeStatus(models.TextChoices):
    PENDING = "pending", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    FAILED = "failed", _("发送失败")


class NoticeChannel(models.TextChoices):
    SMS = "sms", _("短信")
    # To the browsers of the person; by SMS where none of them listens any more.
    PUSH = "push", _("浏览器通知")
    # Staff without a verified telephone read theirs on the desk.
    PAGE = "page", _("站内")


class Notice(models.Model):
    """One message to one person. `key` makes writing it twice harmless."""

    key = models.CharField(max_length=80, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    phone_sealed = models.TextField(blank=True, default="")
    channel = models.CharField(max_length=8, choices=NoticeChannel.choices)
    template = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=NoticeStatus.choices, default=NoticeStatus.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "not_before"], name="notice_due"),
            models.Index(fields=["person", "-created_at"], name="notice_of_person"),
        ]


class PushAddress(models.Model):
    """A browser of one person that listens for messages.

    `sessions_round` is the person's at that time: after "log out everywhere" nothing is sent there any more.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="push_addresses")
    endpoint = models.CharField(max_length=800, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    sessions_round = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"push address {self.pk}"
