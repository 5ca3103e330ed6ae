"""One participant's picture: encoded frames in, the newest decoded frame that is due out."""

from collections import deque
from collections.abc import Callable
from fractions import Fraction

import av
from av.codec.context import Flags as CodecFlags
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from recordings.clock import ParticipantClock, StreamClock
from recordings.units import CLOCK_RATE, Codec, Unit

DECODERS = {Codec.H264: "h264", Codec.VP8: "vp8"}
TIME_BASE = Fraction(1, 90_000)
# Decoded frames are large (1.4 MB at 720p); at 30 a second these hold more than the longest play-out delay.
WAITING = 12


class PictureLeg:
    """Decodes H.264 and VP8, whichever comes, and changes between them in mid-stream.

    Decoders do not report a lost delta frame, so the unit's mark counts: after a loss or an error the last
    good picture stays until the next key frame, which `want_key` asks for.
    """

    def __init__(self, clock: ParticipantClock, want_key: Callable[[], None]) -> None:
        self.errors = 0
        self.rejected = 0
        self.last_arrival = float("-inf")
        self._clock, self._want_key = clock, want_key
        self._codec = Codec.NONE
        self._decoder: VideoCodecContext | None = None
        self._stream: StreamClock | None = None
        self._waiting: deque[tuple[int, VideoFrame]] = deque(maxlen=WAITING)
        self._shown: VideoFrame | None = None
        self._needs_key = True

    def feed(self, unit: Unit) -> None:
        decoder, stream = self._opened(unit.codec)
        unwrapped = stream.unwrap(unit.timestamp, unit.arrival, trust=unit.key)
        if unwrapped is None:
            self.rejected += 1
            return
        self._clock.arrived(stream, unwrapped, unit.arrival)
        if unit.lost_before and not unit.key:
            self._needs_key = True
        if self._needs_key:
            if not unit.key:
                self._want_key()
                return
            self._needs_key = False
        if self._decode(decoder, unit, unwrapped):
            self.last_arrival = unit.arrival

    def _opened(self, codec: Codec) -> tuple[VideoCodecContext, StreamClock]:
        if self._decoder is None or self._stream is None or codec is not self._codec:
            decoder = VideoCodecContext.create(DECODERS[codec], "r")
            assert isinstance(decoder, VideoCodecContext)
            # One thread and low delay: every further thread holds a frame back.
            decoder.thread_count = 1
            decoder.flags |= CodecFlags.low_delay
            self._codec, self._decoder, self._needs_key = codec, decoder, True
            self._stream = self._clock.stream(f"picture-{DECODERS[codec]}", CLOCK_RATE[codec])
            self._waiting.clear()
        return self._decoder, self._stream

    def _decode(self, decoder: VideoCodecContext, unit: Unit, unwrapped: int) -> bool:
        packet = av.Packet(unit.payload)
        packet.pts = unwrapped
        packet.time_base = TIME_BASE
        try:
            frames = decoder.decode(packet)
        except FFmpegError:
            self._spoilt()
            return False
        for frame in frames:
            if frame.is_corrupt:
                self._spoilt()
                return False
            self._waiting.append((frame.pts if frame.pts is not None else unwrapped, frame))
        return True

    def _spoilt(self) -> None:
        self.errors += 1
        self._needs_key = True
        self._want_key()

    def frame_at(self, now: float, half_tick: float) -> VideoFrame | None:
        """The newest frame due at `now` (to the nearest tick), else the one shown before; None before the
        first."""
        while self._waiting and self._stream is not None:
            due = self._clock.local_time(self._stream, self._waiting[0][0]) + self._clock.delay
            if due > now + half_tick:
                # A frame far in the future is a clock that stepped back: show it rather than freeze for ever.
                if due < now + 2.0 or len(self._waiting) < WAITING:
                    break
            self._shown = self._waiting.popleft()[1]
        return self._shown
