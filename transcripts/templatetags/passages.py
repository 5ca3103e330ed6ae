"""What was said in a spoken reply, for the case page."""

from typing import Any

from django import template

from transcripts import queries

register = template.Library()


@register.inclusion_tag("transcripts/passage.html")
def reply_passage(reply: Any) -> dict[str, object]:
    """What the transcript has between begin and end of `reply`, otherwise the words kept with it.

    The transcript comes first: when an answer is stamped, its last words are not final yet.
    """
    spoken = bool(reply.recording) and reply.begin_ms is not None and reply.end_ms is not None
    text = ""
    if spoken and str(reply.recording).isdecimal():
        text = queries.passage(int(reply.recording), reply.begin_ms, reply.end_ms)
    return {"lines": (text or reply.passage).splitlines(), "spoken": spoken}
