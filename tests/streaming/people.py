"""Publishers and viewers for tests: ordinary aiortc connections over loopback UDP."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from fractions import Fraction

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

from streaming.commands import Accept, Publish, Watch
from streaming.events import MediaEvent
from streaming.sinks import Frame, SenderReport
from streaming.worker import MediaWorker, WorkerConfig

QUIET = RTCConfiguration(iceServers=[])  # the default would ask a foreign server


class Bars(VideoStreamTrack):
    """A small picture whose brightness grows with every frame."""

    def __init__(self, width: int = 320, height: int = 180) -> None:
        super().__init__()
        self._shape = height, width, 3
        self._count = 0

    async def recv(self) -> VideoFrame:
        pts, base = await self.next_timestamp()
        self._count += 1
        picture = np.full(self._shape, self._count * 4 % 256, np.uint8)
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


class Tone(AudioStreamTrack):
    """440 Hz in 20 ms packets at 48 kHz."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: float | None = None
        self._samples = 0

    async def recv(self) -> AudioFrame:
        if self._begun is None:
            self._begun = time.monotonic()
        await asyncio.sleep(max(0, self._begun + self._samples / 48_000 - time.monotonic()))
        phase = np.arange(self._samples, self._samples + 960) * (2 * np.pi * 440 / 48_000)
        frame = AudioFrame.from_ndarray((np.sin(phase) * 8_000).astype(np.int16)[None, :], layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self._samples, Fraction(1, 48_000)
        self._samples += 960
        return frame


class Recorder:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.frames: list[Frame] = []
        self.reports: list[SenderReport] = []

    def on_stage(self, participant: str, slot: str) -> None:
        self.calls.append(("stage", participant, slot))

    def on_frame(self, frame: Frame) -> None:
        self.frames.append(frame)

    def on_sender_report(self, report: SenderReport) -> None:
        self.reports.append(report)

    def on_leave(self, participant: str) -> None:
        self.calls.append(("leave", participant))

    def of(self, kind: str) -> list[Frame]:
        return [frame for frame in self.frames if frame.kind == kind]


class Studio:
    """A worker with the events it told."""

    def __init__(self, **config: object) -> None:
        self.events: list[MediaEvent] = []
        settings = {"host": "127.0.0.1", "public_host": "127.0.0.1", **config}
        self.worker = MediaWorker(WorkerConfig(**settings), self.events.append)  # type: ignore[arg-type]

    def told(self, kind: str) -> list[MediaEvent]:
        return [event for event in self.events if event.kind == kind]

    async def publish(
        self, participant: str, codec: str = "video/H264", session: str = "1"
    ) -> tuple[RTCPeerConnection, str]:
        """A sending aiortc connection and its peer id."""
        connection = RTCPeerConnection(QUIET)
        connection.addTransceiver(Tone(), direction="sendonly")
        video = connection.addTransceiver(Bars(), direction="sendonly")
        known = RTCRtpSender.getCapabilities("video").codecs
        video.setCodecPreferences([one for one in known if one.mimeType in (codec, "video/rtx")])
        await connection.setLocalDescription(await connection.createOffer())
        result = await self.worker.handle(Publish(session, participant, connection.localDescription.sdp))
        await connection.setRemoteDescription(RTCSessionDescription(result["sdp"], "answer"))
        return connection, result["peer"]

    async def watch(self, viewer: str, session: str = "1") -> "Watching":
        """A receiving aiortc connection."""
        result = await self.worker.handle(Watch(session, viewer))
        watching = Watching(result["peer"])
        await watching.connection.setRemoteDescription(RTCSessionDescription(result["sdp"], "offer"))
        await watching.connection.setLocalDescription(await watching.connection.createAnswer())
        answer = watching.connection.localDescription.sdp
        watching.accepted = await self.worker.handle(Accept(session, watching.peer, answer))
        return watching


class Watching:
    """A viewer that counts decoded frames by mid."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.connection = RTCPeerConnection(QUIET)
        self.decoded: dict[str, int] = {}
        self.accepted: dict[str, object] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.connection.on("track", self._on_track)

    def _on_track(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._count(track)))

    @property
    def pictures(self) -> int:
        """Decoded pictures of both slots: aiortc mixes up two sections with the same payload types."""
        return sum(count for mid, count in self.decoded.items() if mid.endswith("video"))

    async def _count(self, track: MediaStreamTrack) -> None:
        receivers = self.connection.getTransceivers()
        mid = str(next(one.mid for one in receivers if one.receiver.track is track))
        with contextlib.suppress(MediaStreamError):
            while True:
                await track.recv()
                self.decoded[mid] = self.decoded.get(mid, 0) + 1

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.connection.close()


@asynccontextmanager
async def studio(**config: object) -> AsyncIterator[Studio]:
    """A started worker, closed at the end."""
    one = Studio(**config)
    await one.worker.start()
    try:
        yield one
    finally:
        await one.worker.close()


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something to become true; the time limit is for broken code only."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # conditions come from foreign threads and libraries
            await asyncio.sleep(0.02)
