"""A citizen's question in a broadcast, and the votes for it. The matter itself is the appeal it points to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.questions.states import Kind, StageState, WallState

PERSON = settings.AUTH_USER_MODEL


class Question(models.Model):
    """One question of one person in one broadcast.

    `uuid` is made by the client and is the idempotency key. `revision` is the session's revision of the last
    change of this row. Answer stamps are milliseconds of recording time. A spoken question has no appeal
    until it is on stage.
    """

    uuid = models.UUIDField(unique=True)
    session = models.ForeignKey("live.LiveSession", on_delete=models.PROTECT, related_name="questions")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="questions")
    appeal = models.OneToOneField(
        "appeals.Appeal", on_delete=models.PROTECT, null=True, related_name="question"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.WRITTEN)
    # Who of the crew typed it in for a citizen; empty: the citizen.
    taken_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    village = models.CharField(max_length=80, blank=True)
    asked_at = models.DateTimeField()
    wall_state = models.CharField(max_length=16, choices=WallState.choices, default=WallState.RECEIVED)
    stage_state = models.CharField(max_length=16, choices=StageState.choices, default=StageState.NEW)
    same_as = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    # Where it stood on the wall before it was hidden: what taking the hiding back gives it again.
    wall_state_before = models.CharField(max_length=16, choices=WallState.choices, blank=True)
    hidden_reason = models.CharField(max_length=200, blank=True)
    hidden_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    written_answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    # Whose step brought it where it stands, in the queue and on the wall; empty: the citizen's own, or the house's.
    moved_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answer_begin_ms = models.PositiveIntegerField(null=True)
    answer_end_ms = models.PositiveIntegerField(null=True)
    votes = models.PositiveIntegerField(default=0)
    order = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["asked_at", "pk"]
        indexes = [
            models.Index(fields=["session", "revision"], name="question_session_revision"),
            models.Index(fields=["session", "wall_state"], name="question_session_wall"),
            models.Index(fields=["person", "asked_at"], name="question_person_asked"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(stage_state=StageState.ON),
                name="question_one_on_air",
                violation_error_message="only one question of a session is on air",
            ),
            models.CheckConstraint(
                condition=Q(answer_end_ms__isnull=True) | Q(answer_end_ms__gte=F("answer_begin_ms")),
                name="question_answer_ends_after_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.stage_state}"

    @property
    def is_being_answered(self) -> bool:
        begun = self.answer_begin_ms is not None and self.answer_end_ms is None
        return begun and self.stage_state == StageState.ON


class Block(models.Model):
    """A person whose questions do not reach the wall of this broadcast: they become cases like any other."""

    session = models.ForeignKey("live.LiveSession", on_delete=models.PROTECT, related_name="blocks")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "person"], condition=Q(lifted_at=None), name="block_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id}"


class Vote(models.Model):
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="vote_rows")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "question"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.question_id}"
