"""People who do not exist, with a clock in picture and sound, for tests and benchmarks of the programme.

The picture carries the number of its frame as a barcode of 16 bits along its top edge (in the middle half,
so that it survives the side-by-side layout); the sound has a short chirp at every whole second. Whoever
reads both back from a recording knows how far they came apart. Each speaker has a wall clock, a drift, a
network path and jitter of his own.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from numpy.typing import NDArray

from recordings.encoders import FPS
from recordings.programme import Programme
from recordings.units import CLOCK_RATE, SENDER_REPORT, Codec, Flags, Kind, Unit, control

LOOP_SECONDS = 8
LOOP = LOOP_SECONDS * FPS
BITS = 16
RATE = 48_000
PACKET = RATE // 50
GOP = 2 * FPS
CHIRP_SAMPLES = 2_400
# Start and end in Hz: far enough apart that a matched filter tells the speakers from each other.
# The third falls, and low enough for a telephone.
CHIRPS = ((800, 3_000), (4_000, 7_000), (3_400, 900))

Arrival = tuple[float, Unit]
Encoded = tuple[bool, bytes]  # is a key frame, data


def chirp(voice: int) -> NDArray[np.float32]:
    """50 ms whose pitch rises, with soft edges."""
    low, high = CHIRPS[voice]
    time = np.arange(CHIRP_SAMPLES) / RATE
    length = CHIRP_SAMPLES / RATE
    wave = np.sin(2 * np.pi * (low * time + (high - low) * time**2 / (2 * length)))
    return (0.5 * wave * np.hanning(CHIRP_SAMPLES)).astype(np.float32)


def barcode_picture(number: int, width: int, height: int, shade: int) -> VideoFrame:
    """A grey picture with `number` in bars of width/32, and something that moves below."""
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    luma = picture[:height]
    luma[:] = shade
    cell, bar = width // 32, height * 32 // 720
    for bit in range(BITS):
        left = width // 4 + bit * cell
        luma[:bar, left : left + cell] = 235 if number >> bit & 1 else 16
    left = number * 7 % (width - 80)
    luma[height // 2 : height // 2 + 80, left : left + 80] = 200
    return VideoFrame.from_numpy_buffer(picture, format="yuv420p")


@lru_cache(maxsize=8)
def pictures(codec: Codec, width: int, height: int, shade: int) -> list[Encoded]:
    """LOOP frames as a browser would send them: no B frames, a key every two seconds."""
    name, options = {
        Codec.H264: ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}),
        Codec.VP8: ("libvpx", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}),
    }[codec]
    encoder = VideoCodecContext.create(name, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    encoder.bit_rate, encoder.gop_size = 1_500_000, GOP
    encoder.options = options
    encoded: list[Encoded] = []
    for number in range(LOOP):
        frame = barcode_picture(number, width, height, shade)
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        frame.pict_type = PictureType.I if number % GOP == 0 else PictureType.NONE
        encoded += [(packet.is_keyframe, bytes(packet)) for packet in encoder.encode(frame)]
    encoded += [(packet.is_keyframe, bytes(packet)) for packet in encoder.encode(None)]
    assert len(encoded) == LOOP
    return encoded


@lru_cache(maxsize=4)
def packets(codec: Codec, voice: int) -> list[bytes]:
    """LOOP_SECONDS of 20 ms packets with a chirp at every whole second."""
    wave = np.zeros(LOOP_SECONDS * RATE, np.float32)
    for second in range(LOOP_SECONDS):
        wave[second * RATE : second * RATE + CHIRP_SAMPLES] += chirp(voice)
    rate = CLOCK_RATE[codec]
    name, layout = {Codec.OPUS: ("libopus", "stereo"), Codec.PCMU: ("pcm_mulaw", "mono")}[codec]
    encoder = AudioCodecContext.create(name, "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = rate, layout, "s16"
    encoder.time_base = Fraction(1, rate)
    if codec is Codec.OPUS:
        encoder.bit_rate = 48_000
    samples = (wave[:: RATE // rate] * 32_000).astype(np.int16)
    size = rate // 50
    encoded: list[bytes] = []
    for at in range(0, len(samples), size):
        piece = samples[at : at + size]
        interleaved = np.repeat(piece, 2) if layout == "stereo" else piece
        frame = AudioFrame.from_ndarray(interleaved.reshape(1, -1), "s16", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        encoded += [bytes(packet) for packet in encoder.encode(frame)]
    return encoded[: LOOP_SECONDS * 50]


@dataclass(slots=True)
class Speaker:
    """One participant. True time of picture i is `begin` + i/30, of the chirps every whole second after
    `begin`.

    `drift_ppm` bends the wall clock, `sound_ppm` the sound card; `jitter` is the mean of an exponential;
    `loss` the share of delta pictures that never arrive (the next one is marked, as the packet engine marks
    it).
    """

    name: str
    begin: float
    end: float
    voice: int = 0
    codec: Codec = Codec.H264
    sound_codec: Codec = Codec.OPUS
    size: tuple[int, int] = (1280, 720)
    shade: int = 100
    drift_ppm: float = 0.0
    sound_ppm: float = 0.0
    jitter: float = 0.006
    transit: float = 0.02
    capture: float = 0.02  # a picture takes longer than sound before it is sent
    loss: float = 0.0
    reports: bool = True
    kinds: frozenset[Kind] = frozenset({Kind.VIDEO, Kind.AUDIO})
    seed: int = 7
    _dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = Random(self.seed)

    def arrivals(self) -> Iterator[Arrival]:
        """Units with their arrival (monotonic seconds), in the order of arrival within each stream."""
        base = self._dice.getrandbits(31)
        streams: list[Iterator[Arrival]] = []
        if Kind.VIDEO in self.kinds:
            streams.append(self._pictures(base))
        if Kind.AUDIO in self.kinds:
            streams.append(self._sound(base // 2))
        if self.reports:
            streams.append(self._reports(base, base // 2))
        return heapq.merge(*streams, key=lambda arrival: arrival[0])

    def _travel(self) -> float:
        return self.transit + (self._dice.expovariate(1 / self.jitter) if self.jitter else 0.0)

    def _sender(self, time: float) -> float:
        """The sender's wall clock, seconds since the speaker began."""
        return (time - self.begin) * (1 + self.drift_ppm * 1e-6)

    def _picture_stamp(self, time: float, base: int) -> int:
        return (int(self._sender(time) * 90_000) + base) & 0xFFFFFFFF

    def _pictures(self, base: int) -> Iterator[Arrival]:
        material = pictures(self.codec, *self.size, self.shade)
        arrival, lost, number = 0.0, False, 0
        while (time := self.begin + number / FPS) < self.end:
            key, data = material[number % LOOP]
            number += 1
            if not key and self._dice.random() < self.loss:
                lost = True
                continue
            flags = (Flags.KEY if key else Flags.NONE) | (Flags.LOST_BEFORE if lost else Flags.NONE)
            arrival = max(arrival, time + self.capture + self._travel())
            stamp = self._picture_stamp(time, base)
            yield arrival, Unit(Kind.VIDEO, self.name, self.codec, flags, stamp, arrival, data)
            lost = False

    def _sound(self, base: int) -> Iterator[Arrival]:
        material = packets(self.sound_codec, self.voice)
        rate = CLOCK_RATE[self.sound_codec]
        real = rate * (1 + self.sound_ppm * 1e-6)
        size, arrival, number = rate // 50, 0.0, 0
        while (time := self.begin + (number + 1) * size / real) < self.end:
            arrival = max(arrival, time + self._travel())
            stamp = (number * size + base) & 0xFFFFFFFF
            data = material[number % len(material)]
            yield arrival, Unit(Kind.AUDIO, self.name, self.sound_codec, Flags.NONE, stamp, arrival, data)
            number += 1

    def _reports(self, picture_base: int, sound_base: int) -> Iterator[Arrival]:
        rate = CLOCK_RATE[self.sound_codec]
        time = self.begin + 0.6
        while time < self.end:
            ntp = 3_900_000_000.0 + self._sender(time)
            sound = (int((time - self.begin) * rate * (1 + self.sound_ppm * 1e-6)) + sound_base) & 0xFFFFFFFF
            for codec, stamp in (
                (self.codec, self._picture_stamp(time, picture_base)),
                (self.sound_codec, sound),
            ):
                payload = SENDER_REPORT.pack(ntp, stamp)
                arrival = time + self.transit
                yield arrival, Unit(Kind.SENDER_REPORT, self.name, codec, Flags.NONE, stamp, arrival, payload)
            time += 1.0 + self._dice.random()


def merged(*sources: Iterable[Arrival]) -> Iterator[Arrival]:
    """All arrivals in one order."""
    return heapq.merge(*sources, key=lambda arrival: arrival[0])


def at(time: float, **fields: Any) -> list[Arrival]:
    """A control unit at `time`."""
    return [(time, control(**fields))]


@dataclass(slots=True)
class VirtualRun:
    """A programme in virtual time: seconds pass as fast as the machine can encode."""

    programme: Programme
    messages: list[dict[str, Any]]
    shown: list[int]

    def of_kind(self, kind: str) -> list[Any]:
        return [message[kind] for message in self.messages if kind in message]


def run_virtually(
    directory: Path,
    arrivals: Iterable[Arrival],
    seconds: float,
    first_tick: int = 0,
    on_tick: Callable[[int], None] | None = None,
) -> VirtualRun:
    """Feed `arrivals` (times since t0 = 0) and make every tick until `seconds`."""
    now = [0.0]
    messages: list[dict[str, Any]] = []
    programme = Programme(directory, 0.0, messages.append, clock=lambda: now[0])
    shown: list[int] = []
    tick, last = first_tick, round(seconds * FPS)

    def advance() -> None:
        nonlocal tick
        now[0] = programme.time_of(tick)
        programme.tick(tick)
        shown.append(programme.shown)
        if on_tick is not None:
            on_tick(tick)
        tick += 1

    for arrival, unit in arrivals:
        while tick < last and programme.time_of(tick) < arrival:
            advance()
        if tick >= last:
            break
        programme.feed(unit)
    while tick < last:
        advance()
    programme.close()
    return VirtualRun(programme, messages, shown)


def stop_decoding_warnings() -> None:
    """libav writes to stderr about the rubbish that tests feed on purpose."""
    av.logging.set_level(av.logging.PANIC)
