"""What was said in a spoken reply, for the case page."""

from typing import Any

from django import template

from transcripts import queries

register = template.Library()


@register.inclusion_tag("transcripts/passage.html")
def reply_passage(reply: Any) -> dict[str, object]:
    """The words of `reply`: those kept with it, otherwise the transcript between its begin and end."""
    spoken = bool(reply.recording) and reply.begin_ms is not None and reply.end_ms is not None
    text = reply.passage
    if not text and spoken and str(reply.recording).isdecimal():
        text = queries.passage(int(reply.recording), reply.begin_ms, reply.end_ms)
    return {"lines": text.splitlines(), "spoken": spoken}
