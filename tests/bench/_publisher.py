"""The publisher of the fan-out bench, a process of its own: `ENGINE_SOCKET|HOST:AUDIO:VIDEO TIMES SECONDS`.

Towards the engine it is a WebRTC publisher; towards Janus's streaming plugin, plain RTP. It sends from the
moment a line comes on its standard input.
"""

import asyncio
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from streaming.rtp import write_rtp
from tests.bench._client import Client
from tests.bench._control import Control
from tests.bench._report import say
from tests.bench._stream import (
    AUDIO_EVERY,
    AUDIO_PT,
    AUDIO_SSRC,
    GOP,
    NUMBERS,
    RATE,
    VIDEO_PT,
    VIDEO_SSRC,
    picture_payload,
    pieces,
    send_times,
    sound_payload,
)

OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=sendonly
a=ice-ufrag:{ufrag}
a=ice-pwd:{password}
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=ssrc:1111 cname:x
m=video 9 UDP/TLS/RTP/SAVPF 102
c=IN IP4 0.0.0.0
a=mid:1
a=sendonly
a=rtcp-mux
a=rtpmap:102 H264/90000
a=fmtp:102 packetization-mode=1;profile-level-id=42e01f
a=ssrc:2222 cname:x
"""
Send = Callable[[bytes, bool], None]


class Broadcast:
    """Sends what is due and writes down when."""

    def __init__(self, send: Send, times: Path) -> None:
        self._send = send
        self._times = send_times(times)
        self._video = self._audio = 0
        self._began = time.monotonic()

    def due(self) -> float:
        """Send everything whose time has come; seconds until the next."""
        now = time.monotonic() - self._began
        while self._audio * AUDIO_EVERY <= now:
            index = self._audio
            self._put(
                1, index, write_rtp(AUDIO_PT, False, index, 960 * index, AUDIO_SSRC, sound_payload(index))
            )
            self._audio += 1
        while self._video_due() <= now:
            self._picture()
        return max(0.0, min(self._video_due(), self._audio * AUDIO_EVERY) + self._began - time.monotonic())

    def _video_due(self) -> float:
        rounds, at = divmod(self._video, len(pieces()))
        return (rounds * GOP + pieces()[at].picture) / RATE

    def _picture(self) -> None:
        while True:
            index, piece = self._video, pieces()[self._video % len(pieces())]
            ticks = round(self._video_due() * 90_000)
            packet = write_rtp(VIDEO_PT, piece.last, index, ticks, VIDEO_SSRC, picture_payload(index))
            self._put(0, index, packet)
            self._video += 1
            if piece.last:
                return

    def _put(self, stream: int, index: int, packet: bytes) -> None:
        self._times[stream, index % NUMBERS] = time.time_ns()
        self._send(packet, stream == 0)


async def webrtc_sender(path: str) -> tuple[Send, Callable[[], None]]:
    """A connected publisher on the engine's main slot."""
    control = await Control.open(path)
    await control.ask("assign", slot="main", participant="leader-1")
    client = Client()
    answer = await control.ask("publish", participant="leader-1", sdp=client.offer(OFFER))
    client.learn(answer["sdp"])
    await client.connect()
    return lambda packet, _: client.send_rtp(packet), client.check


def plain_sender(host: str, audio: int, video: int) -> tuple[Send, Callable[[], None]]:
    """Plain RTP to two ports."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(packet: bytes, is_video: bool) -> None:
        sock.sendto(packet, (host, video if is_video else audio))

    return send, lambda: None


async def main(target: str, times: Path, seconds: float) -> None:
    if ":" in target:
        host, audio, video = target.split(":")
        send, consent = plain_sender(host, int(audio), int(video))
    else:
        send, consent = await webrtc_sender(target)
    say("ready")
    waiting = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    while not waiting.done():
        await asyncio.wait([waiting], timeout=2.5)
        consent()
    broadcast, end, asked = Broadcast(send, times), time.monotonic() + seconds, 0.0
    while time.monotonic() < end:
        await asyncio.sleep(broadcast.due())
        if time.monotonic() - asked > 2.5:
            asked = time.monotonic()
            consent()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])))
