"""The programme on to an engine that takes WHIP (RFC 9725): pictures as they are, sound as Opus.

Only the restream child loads this. No trickle: all candidates are in the one offer.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from http.client import HTTPResponse
from typing import Any, TypeAlias
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import ProxyHandler, Request, build_opener

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.packet import Packet

RATE = 48_000
OPUS_SAMPLES = 960
# Parts come five times a second; media leave evenly, this much behind.
BEHIND = 0.35
WAITING = 200  # pictures and packets of sound: two seconds
ANSWER_WITHIN = 10.0
Piece: TypeAlias = "tuple[float, Packet[Any] | AudioFrame] | None"


class Refused(OSError):
    """The other side said no, or something that is not WHIP."""


class PacedTrack(MediaStreamTrack):
    """Gives out what it was given, each at its time; `zero` is the clock that both tracks of a push share."""

    def __init__(self, kind: str, zero: "Zero") -> None:
        super().__init__()
        self.kind = kind
        self._zero = zero
        self.pieces: asyncio.Queue[Piece] = asyncio.Queue(WAITING)

    async def recv(self) -> Any:
        piece = await self.pieces.get()
        if piece is None:
            self.stop()
            raise MediaStreamError
        await asyncio.sleep(max(0.0, self._zero.moment(piece[0]) - time.monotonic()))
        return piece[1]


class Zero:
    """Ties media time to the clock, by the first piece of all."""

    def __init__(self) -> None:
        self._zero: float | None = None

    def moment(self, media: float) -> float:
        if self._zero is None:
            self._zero = time.monotonic() + BEHIND - media
        return self._zero + media


def address_of(url: str) -> tuple[str, str]:
    """(HTTP address, Bearer token or "") of `whip+https://token@host/path`."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    scheme = parts.scheme.removeprefix("whip+")
    return urlunsplit((scheme, host, parts.path, parts.query, "")), parts.username or ""


class Door:
    """The HTTP side of one push. Blocking; raises Refused or OSError."""

    def __init__(self, url: str) -> None:
        self._address, self._token = address_of(url)
        self._resource = ""
        self._opener = build_opener(ProxyHandler({}))

    def offer(self, sdp: str) -> str:
        """POST: the answer, and where the session may be ended (RFC 9725 section 4.2)."""
        answer = self._call("POST", self._address, sdp.encode())
        if answer.status != 201 or not answer.headers.get("Location"):
            raise Refused("no session was created")
        self._resource = urljoin(self._address, answer.headers["Location"])
        return answer.read(1 << 16).decode("utf-8", "replace")

    def leave(self) -> None:
        if self._resource:
            self._call("DELETE", self._resource, None).close()

    def _call(self, method: str, address: str, body: bytes | None) -> HTTPResponse:
        request = Request(address, data=body, method=method)  # noqa: S310 - http or https only, by address_of
        if body is not None:
            request.add_header("Content-Type", "application/sdp")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            answer: HTTPResponse = self._opener.open(request, timeout=ANSWER_WITHIN)
        except HTTPError as error:
            raise Refused(f"status {error.code}") from None
        return answer


def pieces(source: InputContainer) -> Iterator[tuple[str, Piece]]:
    """Annex B pictures and 20 ms of sound, in the order of the file; times in seconds of media time."""
    picture, sound = source.streams.video[0], source.streams.audio[0]
    annex_b = BitStreamFilterContext("h264_mp4toannexb", picture)
    resampler = AudioResampler(format="s16", layout="stereo", rate=RATE, frame_size=OPUS_SAMPLES)
    for packet in source.demux(picture, sound):
        if packet.dts is None or packet.time_base is None:
            continue
        if packet.stream is picture:
            # The filter empties the packet it is given, and leaves out the time base of what it makes.
            at, pts, base = float(packet.dts * packet.time_base), packet.pts, packet.time_base
            for one in annex_b.filter(packet):
                one.pts, one.time_base = pts, base
                yield "video", (at, one)
            continue
        for frame in sound.codec_context.decode(packet):
            for even in resampler.resample(frame):
                even.time_base = even.time_base or Fraction(1, RATE)
                yield "audio", (float((even.pts or 0) * even.time_base), even)


class WhipPush:
    """Connects, and sends container after container from a thread, until `sources` end."""

    def __init__(self, url: str) -> None:
        self._door = Door(url)
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        zero = Zero()
        self._tracks = {kind: PacedTrack(kind, zero) for kind in ("audio", "video")}
        self._state = asyncio.Event()
        self._connection.on("connectionstatechange", self._state.set)

    async def run(self, sources: Callable[[], Iterator[InputContainer]]) -> None:
        """Raises OSError when the other side does not take it or is lost."""
        try:
            await self._connect()
            loop = asyncio.get_running_loop()
            sending = asyncio.create_task(asyncio.to_thread(self._send, sources, loop))
            lost = asyncio.create_task(self._until({"failed", "closed"}))
            done, _ = await asyncio.wait({sending, lost}, return_when=asyncio.FIRST_COMPLETED)
            if sending not in done:
                raise Refused("the connection was lost")
            lost.cancel()
            await sending
            await asyncio.sleep(BEHIND)
            await asyncio.to_thread(self._door.leave)
        finally:
            await self._connection.close()

    async def _connect(self) -> None:
        for kind, track in self._tracks.items():
            transceiver = self._connection.addTransceiver(kind, direction="sendonly")
            transceiver.sender.replaceTrack(track)
            if kind == "video":
                known = RTCRtpSender.getCapabilities("video").codecs
                wanted = [c for c in known if c.mimeType in ("video/H264", "video/rtx")]
                transceiver.setCodecPreferences(wanted)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        answer = await asyncio.to_thread(self._door.offer, self._connection.localDescription.sdp)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(ANSWER_WITHIN):
            await self._until({"connected", "failed", "closed"})
        if self._connection.connectionState != "connected":
            raise Refused("no connection")

    async def _until(self, states: set[str]) -> None:
        while self._connection.connectionState not in states:
            self._state.clear()
            await self._state.wait()

    def _send(self, sources: Callable[[], Iterator[InputContainer]], loop: asyncio.AbstractEventLoop) -> None:
        for source in sources():
            for kind, piece in pieces(source):
                # Waits while two seconds are on their way: the journal is the only longer buffer.
                asyncio.run_coroutine_threadsafe(self._tracks[kind].pieces.put(piece), loop).result()
