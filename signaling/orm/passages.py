"""The words of an answer, filled in again when final captions have come that were not there when it ended."""

from datetime import datetime, timedelta

from portal.appeals.models import Reply
from portal.appeals.vocabulary import ReplyKind
from transcripts.models import FinalPass
from transcripts.queries import passage

# Captions of an answer become final within seconds; a minute more costs nothing.
FRESH = timedelta(minutes=3)
# After the session the final pass goes through everything again.
FINAL_FRESH = timedelta(minutes=10)


def _spoken(reply: Reply) -> bool:
    return reply.recording.isdecimal() and reply.begin_ms is not None and reply.end_ms is not None


def refresh_passages(now: datetime) -> int:
    """Sync; returns how many replies got other words. Words that are there are never replaced by none."""
    spoken = Reply.objects.filter(kind=ReplyKind.SPOKEN)
    fresh = list(spoken.filter(created_at__gte=now - FRESH))
    passed = FinalPass.objects.filter(done_at__gte=now - FINAL_FRESH).values_list("session_id", flat=True)
    fresh += spoken.filter(recording__in=[str(session_id) for session_id in passed])
    changed = 0
    for reply in {reply.pk: reply for reply in fresh if _spoken(reply)}.values():
        words = passage(int(reply.recording), reply.begin_ms or 0, reply.end_ms or 0)
        if words and words != reply.passage:
            changed += Reply.objects.filter(pk=reply.pk).update(passage=words)
    return changed
