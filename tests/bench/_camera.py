"""The publisher of the weak-network bench, a process of its own: `ENGINE_SOCKET`.

A moving picture, encoded live in three sizes (simulcast by rid, a key frame whenever one is asked for), and a
tone. It sends until its standard input ends.
"""

import asyncio
import struct
import sys
import time
from fractions import Fraction
from typing import Any

import av
import numpy as np
from aiortc.codecs.h264 import H264Encoder
from av.video.frame import PictureType

from streaming.clock import NTP_EPOCH, ntp_fixed
from streaming.rtcp import KeyRequest, parse_rtcp, write_sender_report
from streaming.rtp import HEADER, is_rtcp, write_rtp
from tests.bench._client import Client
from tests.bench._control import Control
from tests.bench._report import say
from tests.streaming.simulcast import RID, SIMULCAST

WIDTH, HEIGHT, RATE = 1280, 720, 30
LAYERS = ((1, 1_400_000), (2, 420_000), (4, 120_000))  # smaller by, bits a second
AUDIO_RATE, AUDIO_SAMPLES = 48_000, 960
KEY_EVERY = 0.5  # s between two key frames at most


class Size:
    """One layer: an encoder and its RTP numbers."""

    def __init__(self, layer: int) -> None:
        self.layer, (self.step, bitrate) = layer, LAYERS[layer]
        self.ssrc, self.sequence, self.packets, self.octets = 7_000 + layer, 100 * layer, 0, 0
        self.encoder: Any = av.CodecContext.create("libx264", "w")
        self.encoder.width, self.encoder.height = WIDTH // self.step, HEIGHT // self.step
        self.encoder.pix_fmt, self.encoder.bit_rate = "yuv420p", bitrate
        self.encoder.time_base, self.encoder.framerate = Fraction(1, RATE), Fraction(RATE)
        kbps = bitrate // 1_000
        self.encoder.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "profile": "baseline",
            "x264-params": f"keyint=100000:scenecut=0:vbv-maxrate={kbps}:vbv-bufsize={kbps // 3}:threads=1",
        }

    def packets_of(self, luma: Any, number: int, key: bool) -> list[bytes]:
        """RTP of one picture."""
        small = np.ascontiguousarray(luma[:: self.step, :: self.step])
        height, width = small.shape
        planes = np.full((height * 3 // 2, width), 128, np.uint8)
        planes[:height] = small
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        frame.pict_type = PictureType.I if key else PictureType.NONE
        data = b"".join(bytes(packet) for packet in self.encoder.encode(frame))
        payloads = H264Encoder._packetize(H264Encoder._split_bitstream(data))
        return [self._rtp(payload, number, at == len(payloads) - 1) for at, payload in enumerate(payloads)]

    def _rtp(self, payload: bytes, number: int, last: bool) -> bytes:
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.packets, self.octets = self.packets + 1, self.octets + len(payload)
        head = HEADER.pack(0x90, 102 | 0x80 * last, self.sequence, self.time(number), self.ssrc)
        return head + struct.pack("!HHBBH", 0xBEDE, 1, RID << 4, b"hml"[self.layer], 0) + payload

    def time(self, number: int) -> int:
        return (number * 90_000 // RATE + 1_000_000 * self.layer) & 0xFFFF_FFFF


class Scene:
    """A texture that glides, with a patch of noise that costs bits."""

    def __init__(self) -> None:
        self._random = np.random.default_rng(1)
        coarse = self._random.integers(40, 210, (64, 96), np.uint8)
        self._texture = np.kron(coarse, np.ones((24, 24), np.uint8))

    def luma(self, number: int) -> Any:
        x, y = number * 3 % 900, number * 2 % 700
        picture = self._texture[y : y + HEIGHT, x : x + WIDTH].copy()
        noise = self._random.integers(0, 60, (60, 80), np.uint8)
        picture[300:540, 400:720] += np.kron(noise, np.ones((4, 4), np.uint8)) // 2
        return picture


class Tone:
    """440 Hz that swells and fades, in Opus packets of 20 ms."""

    def __init__(self) -> None:
        self.encoder: Any = av.CodecContext.create("libopus", "w")
        self.encoder.sample_rate, self.encoder.layout, self.encoder.format = AUDIO_RATE, "mono", "s16"
        self.encoder.bit_rate = 32_000
        self.encoder.options = {"application": "voip", "frame_duration": "20"}

    def packet(self, number: int) -> bytes:
        at = (np.arange(AUDIO_SAMPLES) + number * AUDIO_SAMPLES) / AUDIO_RATE
        wave = 9_000 * np.sin(2 * np.pi * 440 * at) * (0.6 + 0.4 * np.sin(2 * np.pi * 1.3 * at))
        frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts = AUDIO_RATE, number * AUDIO_SAMPLES
        return b"".join(bytes(packet) for packet in self.encoder.encode(frame))


class Broadcast:
    """Sends what is due."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._scene, self._tone = Scene(), Tone()
        self._sizes = [Size(layer) for layer in (2, 1, 0)]
        self._pictures = self._sounds = self._octets = 0
        self._began = self._reported = self._keyed = time.monotonic()
        self.key = True

    def due(self) -> float:
        """Seconds until the next."""
        now = time.monotonic() - self._began
        while self._sounds * 0.02 <= now:
            payload = self._tone.packet(self._sounds)
            self._octets += len(payload)
            times = self._sounds, AUDIO_SAMPLES * self._sounds
            self._client.send_rtp(write_rtp(111, False, *times, 1111, payload))
            self._sounds += 1
        if self._pictures / RATE <= now:
            self._picture()
            self._pictures = max(self._pictures + 1, int(now * RATE))  # a late one is left out
        if time.monotonic() - self._reported > 1:
            self._report()
        return max(0.0, min(self._pictures / RATE, self._sounds * 0.02) + self._began - time.monotonic())

    def _picture(self) -> None:
        key = self.key and time.monotonic() - self._keyed > KEY_EVERY or not self._pictures
        if key:
            self.key, self._keyed = False, time.monotonic()
        luma = self._scene.luma(self._pictures)
        for size in self._sizes:
            for packet in size.packets_of(luma, self._pictures, key):
                self._client.send_rtp(packet)

    def _report(self) -> None:
        self._reported = time.monotonic()
        elapsed = self._reported - self._began
        ntp = ntp_fixed(time.time() + NTP_EPOCH)
        sound = write_sender_report(1111, ntp, round(elapsed * AUDIO_RATE), self._sounds, self._octets)
        self._client.send_rtcp(sound)
        for size in self._sizes:
            ticks = size.time(0) + round(elapsed * 90_000)
            report = write_sender_report(size.ssrc, ntp, ticks, size.packets, size.octets)
            self._client.send_rtcp(report)

    def on_readable(self) -> None:
        """Key frames are what the engine may ask for; nothing is lost on this line."""
        while True:
            try:
                data = self._client.sock.recv(2_048)
            except OSError:
                return
            if data[0] >= 128 and is_rtcp(data) and self._client.receive is not None:
                items = parse_rtcp(self._client.receive.unprotect_rtcp(data))
                self.key = self.key or any(isinstance(item, KeyRequest) for item in items)


async def main(path: str) -> None:
    control, client = await Control.open(path), Client()
    await control.ask("assign", slot="main", participant="leader-1")
    answer = await control.ask("publish", participant="leader-1", sdp=client.offer(SIMULCAST))
    client.learn(answer["sdp"])
    await client.connect()
    broadcast, asked = Broadcast(client), 0.0
    asyncio.get_running_loop().add_reader(client.sock.fileno(), broadcast.on_readable)
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    say("ready")
    while not ended.done():
        await asyncio.sleep(broadcast.due())
        if time.monotonic() - asked > 2.5:
            asked = time.monotonic()
            client.check()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
