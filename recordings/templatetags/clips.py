"""`{% load clips %}{% reply_clip reply %}`: the clip of a spoken reply on a case page."""

from typing import Any

from django import template

from recordings import queries

register = template.Library()


@register.inclusion_tag("recordings/reply_clip.html")
def reply_clip(reply: Any) -> dict[str, Any]:
    """Nothing for a written reply; the player when the clip is ready; else that it is being made, or why there is none.

    `reply` has `pk`, `kind`, `recording` (session id as text), `begin_ms` and `end_ms`.
    """
    session = str(getattr(reply, "recording", "") or "")
    if getattr(reply, "kind", "") != "spoken" or not session.isdigit():
        return {"spoken": False}
    # The replay page marks each answered question with this anchor.
    question = getattr(getattr(reply, "appeal", None), "question", None)
    clip = queries.clip_of(f"reply-{reply.pk}")
    return {
        "spoken": True,
        "clip": clip,
        "recorded": clip is not None or queries.recording_of(int(session)) is not None,
        "replay": f"/live/{int(session)}/replay/" + (f"#q{question.pk}" if question is not None else ""),
        "length_s": max(0, round(((reply.end_ms or 0) - (reply.begin_ms or 0)) / 1000)),
    }
