"""What the leader's table adds: co-hosts on stage, a shared screen, promises."""

from signaling import studio_messages as messages
from signaling.answers import Ok, Promised
from signaling.errors import Refusal
from signaling.handlers.crew import follow
from signaling.handlers.request import Request
from signaling.media_commands import Clock, Lead
from signaling.orm import studio as rows


async def cohost(request: Request[messages.Cohost]) -> Ok:
    await rows.put_cohost(request.person_id, request.session_id, request.message.invitation)
    await follow(request.parts, request.session_id)
    return Ok()


async def share(request: Request[messages.Share]) -> Ok:
    participant = f"{request.client.role}-{request.person_id}"
    await request.parts.link.call(Lead(request.session, participant, "on" if request.message.on else "off"))
    return Ok()


async def promise(request: Request[messages.Promise]) -> Promised:
    message = request.message
    wish = rows.Wish(message.text, message.unit, message.due_on)
    if message.promise is not None:
        return Promised(
            **await rows.correct_promise(
                request.person_id, request.session_id, message.question, message.promise, wish
            )
        )
    at_ms = await _recorded_ms(request, message.ago_ms)
    return Promised(
        **await rows.note_promise(request.person_id, request.session_id, message.question, at_ms, wish)
    )


async def _recorded_ms(request: Request[messages.Promise], ago_ms: int) -> int | None:
    """Recording time `ago_ms` ago; None while nothing is recorded: what was promised before or after counts, too."""
    try:
        now_ms = int((await request.parts.link.call(Clock(request.session)))["ms"])
    except Refusal as refusal:
        if refusal.code != "conflict":
            raise
        return None
    return max(0, now_ms - ago_ms)
