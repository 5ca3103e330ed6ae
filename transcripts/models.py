"""The words of a session as rows: one row per caption that is final."""

from django.db import models


class Cue(models.Model):
    """One caption of one speaker. Times are recording milliseconds, never wall time.

    `uid` names the caption for ever: live viewers, the transcript and the final pass after the session use
    the same one, made of session, participant, track number and begin (see `transcripts.captions.cue_uid`).
    """

    session = models.ForeignKey("live.LiveSession", on_delete=models.CASCADE, related_name="cues")
    uid = models.CharField(max_length=120, unique=True)
    revision = models.PositiveIntegerField(default=1)
    participant = models.CharField(max_length=64)
    speaker = models.CharField(max_length=80)
    begin_ms = models.PositiveBigIntegerField()
    end_ms = models.PositiveBigIntegerField()
    text = models.TextField()
    final = models.BooleanField(default=True)
    # Live viewers of the lists cannot have read it before; null: it was made after the broadcast.
    kept_at = models.DateTimeField(null=True, editable=False)
    engine = models.CharField(max_length=40)
    language = models.CharField(max_length=16)
    # What the search index reads, made from `text` by `transcripts.search.index_text`.
    grams = models.TextField(editable=False)

    class Meta:
        ordering = ["begin_ms", "pk"]
        indexes = [models.Index(fields=["session", "begin_ms"], name="cue_session_begin")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_ms__gte=models.F("begin_ms")), name="cue_ends_after_it_begins"
            ),
        ]


class FinalPass(models.Model):
    """That a session's words were gone through once more after its end; the row is the claim and the
    receipt.
    """

    session = models.OneToOneField("live.LiveSession", on_delete=models.CASCADE, related_name="final_pass")
    engine = models.CharField(max_length=40)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    cues = models.PositiveIntegerField(default=0)
