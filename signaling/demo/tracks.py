"""Sound and picture that were encoded before, in the pace in which a microphone and a camera give them."""

import asyncio
import time
from collections import deque
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
from aiortc import MediaStreamTrack

from signaling.demo.picture import FRAMES_PER_S

# What the sender takes instead of a frame.
EncodedPacket: TypeAlias = "av.Packet[Any]"
SPEECH = Path(__file__).resolve().parent / "speech"
PACKET_S = 0.02
PACKET_SAMPLES = 960
# RFC 6716: a 20 ms frame with nothing in it.
SILENCE = b"\xf8\xff\xfe"
_VIDEO_STEP = 90_000 // FRAMES_PER_S


def sentence(name: str) -> list[bytes]:
    """The Opus packets of a sentence, 20 ms each. FileNotFoundError when there is none of that name."""
    with av.open(str(SPEECH / f"{name}.ogg")) as file:
        return [bytes(packet) for packet in file.demux(audio=0) if packet.size]


class _Pace:
    """`wait()` returns once every `step` seconds, and catches up after a stall without a burst."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._next = time.monotonic()

    async def wait(self) -> None:
        self._next = max(self._next + self._step, time.monotonic() - 5 * self._step)
        await asyncio.sleep(max(0.0, self._next - time.monotonic()))


def _packet(data: bytes, at: int, rate: int) -> EncodedPacket:
    packet: EncodedPacket = av.Packet(data)
    packet.pts, packet.time_base = at, Fraction(1, rate)
    return packet


class Voice(MediaStreamTrack):
    """Silence, and what `say` is given."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._pace = _Pace(PACKET_S)
        self._speech: deque[bytes] = deque()
        self._at = 0

    async def say(self, name: str) -> None:
        """Speak a sentence; returns when it is said."""
        packets = sentence(name)
        self._speech.extend(packets)
        await asyncio.sleep(len(packets) * PACKET_S)

    async def recv(self) -> EncodedPacket:
        await self._pace.wait()
        self._at += PACKET_SAMPLES
        return _packet(self._speech.popleft() if self._speech else SILENCE, self._at, 48_000)


class Picture(MediaStreamTrack):
    """Access units over and over."""

    kind = "video"

    def __init__(self, units: list[bytes]) -> None:
        super().__init__()
        self._units = units
        self._pace = _Pace(1 / FRAMES_PER_S)
        self._count = 0

    async def recv(self) -> EncodedPacket:
        await self._pace.wait()
        unit = self._units[self._count % len(self._units)]
        self._count += 1
        return _packet(unit, self._count * _VIDEO_STEP, 90_000)
