"""What was said in a spoken reply, for the case page."""

from typing import Any

from django import template

from transcripts import queries

register = template.Library()


@register.inclusion_tag("transcripts/passage.html")
def reply_passage(reply: Any) -> dict[str, object]:
    """What the transcript has between begin and end of `reply`, otherwise the words kept with it.

    The transcript comes first: when an answer is stamped, its last words are not final yet. The words kept do not
    know of a cut that came later, so they stand in for a passage without one only.
    """
    spoken = bool(reply.recording) and reply.begin_ms is not None and reply.end_ms is not None
    text, kept = "", reply.passage
    if spoken and str(reply.recording).isdecimal():
        place = (int(reply.recording), reply.begin_ms, reply.end_ms)
        text = queries.passage(*place)
        kept = "" if queries.is_cut(*place) else kept
    return {"lines": (text or kept).splitlines(), "spoken": spoken}
