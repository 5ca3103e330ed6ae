"""What leader and moderators do with the broadcast itself."""

import logging

from signaling import protocol
from signaling.announcements import announce_stage
from signaling.answers import Ok, StatisticsAnswer
from signaling.errors import Refusal
from signaling.handlers.answering import end_running
from signaling.handlers.request import Request
from signaling.media_commands import Figures, Picture, Sync
from signaling.orm import live
from signaling.parts import Parts
from signaling.watched import with_labels
from streaming.commands import Statistics
from streaming.errors import StreamingError

log = logging.getLogger(__name__)


async def follow(parts: Parts, session_id: int) -> None:
    """Let the media process do what the rows say. If it cannot be asked now it finds out by itself within
    seconds.
    """
    try:
        await parts.link.call(Sync(str(session_id)))
    except (Refusal, StreamingError) as error:
        log.warning("session %s: media will follow later (%s)", session_id, error.code)
    await announce_stage(parts, session_id)


async def go_live(request: Request[protocol.GoLive]) -> Ok:
    await live.go_live(request.person_id, request.session_id)
    await follow(request.parts, request.session_id)
    return Ok()


async def pause(request: Request[protocol.Pause]) -> Ok:
    await live.pause(request.person_id, request.session_id)
    await follow(request.parts, request.session_id)
    return Ok()


async def resume(request: Request[protocol.Resume]) -> Ok:
    await live.resume(request.person_id, request.session_id)
    await follow(request.parts, request.session_id)
    return Ok()


async def end(request: Request[protocol.End]) -> Ok:
    # Behind the end no clock runs any more: the last answer of an evening would miss its case.
    await end_running(request)
    await live.end(request.person_id, request.session_id)
    await follow(request.parts, request.session_id)
    return Ok()


async def layout(request: Request[protocol.Layout]) -> Ok:
    await request.parts.link.call(Picture(request.session, request.message.name))
    return Ok()


async def statistics(request: Request[protocol.Statistics]) -> StatisticsAnswer:
    parts = request.parts
    media = await parts.link.call(Statistics(request.session))
    programme = await parts.link.call(Figures(request.session))
    sockets = await parts.presence.sockets(request.session_id)
    if sockets.watched:
        audience = media.get("audience", {})
        labels = with_labels(audience.get("labels", []), sockets.watched)
        media = {**media, "audience": {**audience, "labels": labels}}
    return StatisticsAnswer(
        media,
        programme,
        {
            "viewers": sockets.viewers,
            "hls": sockets.hls,
            "sound": sockets.sound,
            "people": len(sockets.people),
            "delivered": parts.hub.delivered,
            "lost": parts.carrier.lost,
        },
    )
