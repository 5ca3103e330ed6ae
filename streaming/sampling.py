"""What one viewer gets at this moment, read off its connection and its seats."""

import time
from collections.abc import Iterable

from streaming.audience import Audience, Experience, Sample
from streaming.stage import Stage
from streaming.viewer import Viewer

SILENT = 8.0  # s without anything authentic from a viewer: it hears nothing of us either
DEAF = 0.95  # loss of everything that it gets: nobody can make sound of the rest


def watch_over(audience: Audience, viewers: Iterable[Viewer], stage: Stage, now: float) -> None:
    """Take a look at everybody, if it is time for one."""
    if audience.is_due(now):
        on_air = any(slot.live and not slot.held for slot in stage.slots.values())
        # Who never got through is counted by what the page plays instead: it may have picture over HLS.
        there = [sample(viewer, stage, now) for viewer in viewers if viewer.connected]
        audience.look(there, on_air, now, time.time())


def sample(viewer: Viewer, stage: Stage, now: float) -> Sample:
    """One viewer now."""
    seats = {offered.ssrc: viewer.seat(offered).stream for offered in stage.offered}
    streams = [stream for stream in seats.values() if stream is not None]
    losses = {
        ssrc: report.fraction for ssrc, report in viewer.reception.items() if seats.get(ssrc) is not None
    }
    pictures = [stream for stream in streams if stream.kind == "video"]
    experience: Experience = "nothing"
    if _is_hearing(viewer, now) and streams and min(losses.values(), default=0.0) < DEAF:
        experience = "picture" if pictures else "sound"
    return Sample(
        viewer.name,
        viewer.label,
        experience,
        pictures[0].layer if pictures else None,
        max(losses.values(), default=0.0),
        viewer.round_trip,
        sum(stream.source.bitrate for stream in streams if stream.source is not None),
    )


def _is_hearing(viewer: Viewer, now: float) -> bool:
    return now - viewer.path.last_heard < SILENT
