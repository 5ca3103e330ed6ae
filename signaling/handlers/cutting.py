"""Keeping something from going out: the delay of the HLS viewers, and cuts."""

import dataclasses

from signaling import protocol
from signaling.announcements import announce
from signaling.answers import Cuts, Ok
from signaling.handlers.request import Request
from signaling.media_commands import Clock
from signaling.orm import cuts as rows


async def delay(request: Request[protocol.Delay]) -> Ok:
    await rows.set_delay(request.person_id, request.session_id, request.message.seconds)
    return Ok()


async def _now_ms(request: Request[protocol.Cut] | Request[protocol.CutEnd]) -> int:
    return int((await request.parts.link.call(Clock(request.session)))["ms"])


async def _tell(
    request: Request[protocol.Cut] | Request[protocol.CutEnd] | Request[protocol.CutUndo],
) -> Cuts:
    """To everybody: pages drop the captions of a passage that was cut before they have shown them."""
    found = [dataclasses.asdict(cut) for cut in await rows.cuts_of(request.session_id)]
    message = Cuts(request.session_id, found)
    await announce(request.parts, request.session_id, message)
    return message


async def cut(request: Request[protocol.Cut]) -> Cuts:
    begin_ms = await _now_ms(request) - request.message.back * 1000
    await rows.begin_cut(request.person_id, request.session_id, begin_ms)
    return await _tell(request)


async def cut_end(request: Request[protocol.CutEnd]) -> Cuts:
    await rows.end_cut(request.person_id, request.session_id, await _now_ms(request))
    return await _tell(request)


async def cut_undo(request: Request[protocol.CutUndo]) -> Cuts:
    await rows.lift_cut(request.person_id, request.session_id, request.message.cut)
    return await _tell(request)
