"""aiortc's MediaRelay as the peer of the fan-out bench, a process of its own: `SOCKET`.

One decoded picture and one tone, subscribed to by every viewer and encoded for each, as its examples do. There is no
publisher: what decoding one costs is given to it.
"""

import asyncio
import json
import sys
from typing import Any

import av
import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.media import MediaRelay  # noqa: TID251  # as an opponent only

from tests.bench._camera import Scene
from tests.bench._control import LINE
from tests.bench._report import say
from tests.streaming.people import Tone

MOST = 3  # viewers; with more of them it falls behind its own clock
KEPT = 60  # pictures, again and again
H264 = [codec for codec in RTCRtpSender.getCapabilities("video").codecs if codec.mimeType == "video/H264"]


class Picture(VideoStreamTrack):
    """720p at 30 a second, decoded beforehand."""

    def __init__(self) -> None:
        super().__init__()
        scene, self._frames = Scene(), list[av.VideoFrame]()
        for number in range(KEPT):
            luma = scene.luma(number)
            planes = np.full((luma.shape[0] * 3 // 2, luma.shape[1]), 128, np.uint8)
            planes[: luma.shape[0]] = luma
            self._frames.append(av.VideoFrame.from_ndarray(planes, format="yuv420p"))
        self._count = 0

    async def recv(self) -> av.VideoFrame:
        pts, base = await self.next_timestamp()
        self._count += 1
        frame = self._frames[self._count % KEPT]
        frame.pts, frame.time_base = pts, base
        return frame


class Room:
    """Viewers by name."""

    def __init__(self) -> None:
        self._relay, self._picture, self._tone = MediaRelay(), Picture(), Tone()
        self._peers: dict[str, RTCPeerConnection] = {}

    async def watch(self, viewer: str) -> dict[str, Any]:
        peer = self._peers[viewer] = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peer.addTransceiver(self._relay.subscribe(self._tone), direction="sendonly")
        video = peer.addTransceiver(self._relay.subscribe(self._picture), direction="sendonly")
        video.setCodecPreferences(H264)
        await peer.setLocalDescription(await peer.createOffer())
        return {"peer": viewer, "sdp": peer.localDescription.sdp}

    async def accept(self, viewer: str, sdp: str) -> dict[str, Any]:
        await self._peers[viewer].setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        return {}


async def main(path: str) -> None:
    room = Room()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            asked = json.loads(line)
            watches = asked["type"] == "watch"
            found = room.watch(asked["viewer"]) if watches else room.accept(asked["peer"], asked["sdp"])
            writer.write(json.dumps(await found).encode() + b"\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, path, limit=LINE)
    say("ready")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
