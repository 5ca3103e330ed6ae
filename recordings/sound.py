"""One participant's sound: packets → a ring of samples by absolute position → the mixer, with drift
correction.

Samples stand at their RTP position, so loss and reordering need no code of their own. The reader moves
through the ring at 1 ± 0.4 % of the normal speed to follow the sender's clock, and jumps where it is more
than 45 ms off.
"""

from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler
from av.error import FFmpegError
from numpy.typing import NDArray

from recordings.clock import ParticipantClock
from recordings.units import CLOCK_RATE, Codec, Unit

RATE = 48_000
RING = 3 * RATE
Samples = NDArray[np.float32]  # shape (2, n), −1 … 1

DECODERS = {Codec.OPUS: "libopus", Codec.PCMU: "pcm_mulaw"}
JUMP = 0.045 * RATE
MAX_BEND = 0.004
FADE = RATE // 50
LOUD = 0.7


class SoundLeg:
    """Decodes Opus and PCMU of one participant. One leg per codec: a change of codec makes a new one."""

    def __init__(self, clock: ParticipantClock, codec: Codec) -> None:
        self.codec = codec
        self.errors = self.rejected = self.jumps = self.underruns = self.late = 0
        self.ratio = 1.0
        self._clock = clock
        rate = CLOCK_RATE[codec]
        self._stream = clock.stream(f"sound-{DECODERS[codec]}", rate)
        self._per_tick = RATE // rate
        decoder = AudioCodecContext.create(DECODERS[codec], "r")
        assert isinstance(decoder, AudioCodecContext)
        decoder.sample_rate = rate
        # libopus decodes mono packets to both channels
        decoder.layout = "stereo" if codec is Codec.OPUS else "mono"
        self._decoder = decoder
        self._resampler = AudioResampler("fltp", "stereo", RATE)
        self._ring: Samples = np.zeros((2, RING), np.float32)
        self._head: int | None = None  # end of the written samples
        self._position: float | None = None  # where the mixer reads
        self._error = 0.0

    def feed(self, unit: Unit) -> None:
        unwrapped = self._stream.unwrap(unit.timestamp, unit.arrival)
        if unwrapped is None:
            self.rejected += 1
            return
        self._clock.arrived(self._stream, unwrapped, unit.arrival)
        packet = av.Packet(unit.payload)
        packet.pts = unwrapped
        packet.time_base = Fraction(1, self._stream.rate)
        try:
            frames = self._decoder.decode(packet)
        except FFmpegError:
            self.errors += 1
            return
        at = unwrapped * self._per_tick
        if self._position is not None and self._position - RATE < at < self._position:
            self.late += 1
            self._clock.too_late()
        for frame in frames:
            frame.pts = None  # positions are ours: the resampler must neither invent nor drop samples
            for piece in self._resampler.resample(frame):
                samples = piece.to_ndarray().astype(np.float32, copy=False)
                self._write(at, samples)
                at += samples.shape[1]

    def _write(self, at: int, samples: Samples) -> None:
        if self._head is None or not self._head - 2 * RATE < at < self._head + RATE:
            self._head = at  # the first packet, or a sender that began anew
            self._ring[:] = 0
        if at > self._head:
            self._fade_over(self._head, at)
        count = samples.shape[1]
        start = at % RING
        before_end = min(count, RING - start)
        self._ring[:, start : start + before_end] = samples[:, :before_end]
        if before_end < count:
            self._ring[:, : count - before_end] = samples[:, before_end:]
        self._head = max(self._head, at + count)

    def _fade_over(self, begin: int, end: int) -> None:
        """A hole: the last 20 ms die away over it instead of a click."""
        gap = end - begin
        length = min(gap, FADE)
        places = np.arange(begin, begin + length)
        fade = np.linspace(0.7, 0, length, dtype=np.float32)
        self._ring[:, places % RING] = self._ring[:, (places - length) % RING] * fade
        if gap > length:
            self._ring[:, np.arange(begin + length, end) % RING] = 0

    def pull(self, now: float, count: int) -> Samples | None:
        """`count` samples to be heard from local second `now` on; None while there are none."""
        if self._head is None:
            return None
        head_time = self._clock.local_time(self._stream, self._head / self._per_tick)
        wanted = self._head - (head_time - (now - self._clock.delay)) * RATE
        if self._position is None:
            if wanted + count > self._head:
                return None  # not due yet
            self._position = wanted
        self._follow(wanted - self._position)
        assert self._position is not None
        places = self._position + np.arange(count, dtype=np.float64) * self.ratio
        self._position += count * self.ratio
        if places[0] >= self._head:
            return None
        return self._interpolated(places)

    def _follow(self, error: float) -> None:
        assert self._position is not None
        if abs(error) > JUMP:
            self._position += error
            self.jumps += 1
            self._error = error = 0.0
        # Sender reports and the sliding minimum move in steps; the smoothed error bends the speed without a
        # sound.
        self._error += 0.05 * (error - self._error)
        self.ratio = 1 + max(-MAX_BEND, min(MAX_BEND, self._error / (RATE * 2)))

    def _interpolated(self, places: NDArray[np.float64]) -> Samples:
        """Samples between the samples by Catmull-Rom: clean enough for a bend of some 100 ppm."""
        assert self._head is not None
        whole = np.floor(places).astype(np.int64)
        part = (places - whole).astype(np.float32)
        low, high = int(whole[0]) - 1, int(whole[-1]) + 3
        ring = self._ring[:, np.arange(low, high) % RING]
        missing = high - self._head
        if missing > 0:
            self.underruns += 1
            ring[:, ring.shape[1] - missing :] = 0
        at = whole - low
        a, b, c, d = ring[:, at - 1], ring[:, at], ring[:, at + 1], ring[:, at + 2]
        curve = 2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a)
        result: Samples = b + 0.5 * part * (c - a + part * curve)
        return result


def mixed(voices: list[Samples], count: int) -> Samples:
    """The sum of `voices`, transparent below 0.7 and never above 1 (a soft limiter)."""
    total: Samples = np.zeros((2, count), np.float32)
    for voice in voices:
        total += voice
    loudness = np.abs(total)
    loud = loudness > LOUD
    if loud.any():
        over = (loudness[loud] - LOUD) / (1 - LOUD)
        total[loud] = np.sign(total[loud]) * (LOUD + (1 - LOUD) * np.tanh(over))
    return total
