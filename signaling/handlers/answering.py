"""An answer that another step cuts short ends with it: what was said until then belongs to its case."""

import logging

from signaling import protocol
from signaling.announcements import announce
from signaling.answers import AnswerMark
from signaling.errors import Refusal
from signaling.handlers.request import Request
from signaling.media_commands import Clock
from signaling.orm import questions as rows
from streaming.errors import StreamingError

log = logging.getLogger(__name__)


async def end_running(
    request: Request[protocol.End] | Request[protocol.TakeOff], question: int | None = None
) -> bool:
    """End the answer that is being given now, if there is one and it is to `question` (None: to any).

    The step itself must not wait for a media process that is away: then it is not ended, and only logged.
    """
    running = await rows.being_answered(request.session_id)
    if running is None or question not in (None, running):
        return False
    try:
        at_ms = int((await request.parts.link.call(Clock(request.session)))["ms"])
    except (Refusal, StreamingError) as error:
        log.warning("question %s: its answer could not be ended (%s)", running, error.code)
        return False
    marked = await rows.end_if_running(request.person_id, request.session_id, running, at_ms)
    if marked is None:
        return False
    mark = AnswerMark(marked.question_id, marked.begin_ms, marked.end_ms)
    await announce(request.parts, request.session_id, mark)
    return True
