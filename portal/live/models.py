"""A broadcast: who answers, when, and which step it has reached."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.live.states import SessionState
from portal.people.models import Unit


class LiveSession(models.Model):
    """One broadcast. Its primary key is its public id in addresses, messages and files.

    `revision` grows by one with every change of the session or of one of its questions; whoever holds an
    older number asks again for what changed since.
    """

    title = models.CharField(_("标题"), max_length=120)
    topic = models.CharField(_("主题"), max_length=200, blank=True)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="hosted_sessions",
        verbose_name=_("出席领导"),
    )
    moderators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="moderated_sessions", verbose_name=_("主持人")
    )
    starts_at = models.DateTimeField(_("开始时间"), db_index=True)
    planned_minutes = models.PositiveSmallIntegerField(_("预计时长（分钟）"), default=60)
    state = models.CharField(max_length=16, choices=SessionState.choices, default=SessionState.PLANNED)
    went_live_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    slate_text = models.CharField(_("暂停画面文字"), max_length=120, blank=True)
    # Slow mode: seconds between two questions of one person; 0: off.
    slow_seconds = models.PositiveSmallIntegerField(default=0)
    # How many seconds HLS viewers are kept behind, so that something can be cut before they get it.
    delay_seconds = models.PositiveSmallIntegerField(default=0)
    # A rehearsal is a broadcast of its own that only its crew sees: announced nowhere, kept nowhere, without cases.
    rehearsal_of = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="rehearsals"
    )

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["state", "starts_at"], name="live_state_starts")]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"

    @property
    def is_rehearsal(self) -> bool:
        return self.rehearsal_of_id is not None


class Invitation(models.Model):
    """A department is asked to join a broadcast by a link. Who opens it first, logged in, has the seat.

    `name` is what everybody sees ("水利局 王敏"). `on_air`: this co-host has the co-host's place on stage.
    """

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="invitations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("台上显示的名字"), max_length=40)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="cohosted"
    )
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    on_air = models.BooleanField(default=False)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session"], condition=models.Q(on_air=True), name="invitation_one_on_air"
            ),
            models.UniqueConstraint(
                fields=["session", "person"],
                condition=models.Q(revoked_at=None),
                name="invitation_one_seat_each",
            ),
            models.CheckConstraint(
                condition=models.Q(on_air=False) | models.Q(revoked_at=None, person__isnull=False),
                name="invitation_on_air_is_taken",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.session_id}"


class RunningItem(models.Model):
    """One point of the running order. `began_at` is when it was really begun."""

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="running_items")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["session", "order"]
        constraints = [models.UniqueConstraint(fields=["session", "order"], name="running_item_place")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.order}"


class Reminder(models.Model):
    """Somebody wants to be told before a broadcast. `told_at` is empty again when the broadcast is moved."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="reminders")
    created_at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "session"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.session_id}"
