"""`python -m recordings.restream_child`: the programme of one recording, on to one engine that is not ours.

Reads one line, {"directory": …, "url": …}, and says once a second {"sent_ms": recording time}. Ends with 0 when
the recording has ended and with 1 when the other side does not take it; the parent tries again. A process of its
own, because a network that hangs hangs it. The address holds the key of the channel and is never said.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from recordings.cmaf import MEDIA_START
from recordings.journal import Part
from recordings.live_bytes import LiveBytes, LiveParts
from streaming.priority import run_as_usual

TELL_EVERY, IDLE_EVERY = 1.0, 3.0  # seconds
# Behind by so much, a new connection at the present is better than the past.
TOO_LATE_PARTS = 50
PROBE = {"fflags": "nobuffer", "probesize": "100000", "analyzeduration": "0"}
LIVE = {"flvflags": "no_duration_filesize"}


class TooLate(Exception):
    """The other side takes less than a second of programme in a second."""


def tell(**message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Telling:
    """Says how far the sending is, and that we are here while there is nothing to send."""

    def __init__(self) -> None:
        self._said = float("-inf")

    def sent(self, part: Part) -> None:
        if self._due():
            tell(sent_ms=round((part.begin - MEDIA_START) * 1000))

    def idle(self) -> None:
        # What is delayed or cut can take longer than the parent waits for a word.
        if time.monotonic() - self._said > IDLE_EVERY:
            self._said = time.monotonic()
            tell(idle=True)

    def _due(self) -> bool:
        due = time.monotonic() - self._said >= TELL_EVERY
        if due:
            self._said = time.monotonic()
        return due


def epochs(directory: Path) -> Iterator[InputContainer]:
    """The recording from now on, one container after another: each restart of the programme begins a new one."""
    said = Telling()
    parts = LiveParts(directory, said.idle)

    def telling(part: Part) -> None:
        if parts.late > TOO_LATE_PARTS:
            raise TooLate
        said.sent(part)

    while (first := parts.next()) is not None:
        with av.open(LiveBytes(parts, first, telling), "r", format="mp4", options=PROBE) as source:
            yield source


class FlvPush:
    """RTMP as every engine takes it: H.264 and AAC in FLV, copied without being encoded again."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._output: OutputContainer | None = None
        self._streams: dict[str, VideoStream | AudioStream] = {}
        self._setup = b""
        self._began: dict[str, int] = {}

    def send(self, source: InputContainer) -> None:
        """All of `source`. Raises FFmpegError; ValueError when a restart brought other parameter sets."""
        picture, sound = source.streams.video[0], source.streams.audio[0]
        setup = bytes(picture.codec_context.extradata or b"")
        if self._output is None:
            self._output = av.open(self._url, "w", format="flv", options=LIVE)
            self._streams = {
                "video": self._output.add_stream_from_template(picture),
                "audio": self._output.add_stream_from_template(sound),
            }
            self._setup = setup
        elif setup != self._setup:
            raise ValueError("the programme has other parameter sets now")
        for packet in source.demux(picture, sound):
            if packet.dts is not None:
                self._mux(packet)

    def _mux(self, packet: "Packet[Any]") -> None:
        assert self._output is not None and packet.dts is not None and packet.time_base is not None
        if "zero" not in self._began:
            self._began["zero"] = int(packet.dts * packet.time_base * 1000)
        # One zero for both streams, so that sound and picture stay together.
        shift = round(self._began["zero"] / 1000 / packet.time_base)
        packet.dts -= shift
        packet.pts = packet.dts if packet.pts is None else packet.pts - shift
        if packet.dts < 0:
            return
        packet.stream = self._streams[packet.stream.type]
        self._output.mux(packet)

    def close(self) -> None:
        if self._output is not None:
            self._output.close()


def push(directory: Path, url: str) -> None:
    if url.startswith("whip+"):
        # aiortc takes a second to load: only where it is needed.
        from recordings.whip_push import WhipPush

        async def run() -> None:
            await WhipPush(url).run(lambda: epochs(directory))

        asyncio.run(run())
        return
    sender = FlvPush(url)
    try:
        for source in epochs(directory):
            sender.send(source)
    finally:
        sender.close()


def main() -> int:
    run_as_usual()
    options = json.loads(sys.stdin.readline())
    av.logging.set_level(None)
    try:
        push(Path(options["directory"]), options["url"])
    except (FFmpegError, OSError, TooLate, ValueError) as error:
        tell(error=type(error).__name__)
        # A thread may still wait for the next part, and the recording may go on for hours.
        os._exit(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
