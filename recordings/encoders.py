"""The programme's encoders: H.264 at two sizes and AAC, and the init segment that describes them.

An mp4 muxer is opened only to let libavformat write the init segment. Packets never go through it: its
interleaver would hold everything back while a track is silent.
"""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from recordings.cmaf import SAMPLES_PER_PACKET
from recordings.sound import RATE, Samples

FPS = 30
SOUND_BITRATE = 96_000
INIT_FLAGS = "empty_moov+default_base_moof+cmaf+frag_custom"


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """One size of the programme. The same settings give the same SPS and PPS, on which exact clips rely."""

    width: int
    height: int
    preset: str
    bitrate: int


LARGE = PictureSettings(1280, 720, "superfast", 1_800_000)
SMALL = PictureSettings(640, 360, "ultrafast", 600_000)


class _Bytes:
    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


@dataclass(frozen=True, slots=True)
class Encoders:
    """`init` is the init segment for what both encoders make; `picture` None for sound alone."""

    init: bytes
    picture: VideoCodecContext | None
    sound: AudioCodecContext


def open_encoders(settings: PictureSettings | None) -> Encoders:
    """Encoders of one rendition; None: sound alone."""
    sink = _Bytes()
    container = av.open(sink, "w", format="mp4", options={"movflags": INIT_FLAGS})
    picture = None
    if settings is not None:
        stream = container.add_stream("libx264", rate=FPS, options=_x264_options(settings))
        assert isinstance(stream, VideoStream)
        picture = _configured(stream, settings)
    sound_stream = container.add_stream("aac", rate=RATE)
    assert isinstance(sound_stream, AudioStream)
    sound = sound_stream.codec_context
    sound.layout = "stereo"
    sound.bit_rate = SOUND_BITRATE
    container.start_encoding()
    return Encoders(bytes(sink.data), picture, sound)


def _x264_options(settings: PictureSettings) -> dict[str, str]:
    return {
        "preset": settings.preset,
        "tune": "zerolatency",
        "profile": "high",
        "maxrate": str(settings.bitrate * 6 // 5),
        "bufsize": str(settings.bitrate),
        # Closed GOPs of exactly one segment; only we decide where a key frame is.
        "x264-params": "scenecut=0:open-gop=0:force-cfr=1",
        "forced-idr": "1",
    }


def _configured(stream: VideoStream, settings: PictureSettings) -> VideoCodecContext:
    stream.width, stream.height, stream.pix_fmt = settings.width, settings.height, "yuv420p"
    stream.time_base = Fraction(1, 90_000)
    context = stream.codec_context
    context.bit_rate = settings.bitrate
    context.gop_size = FPS
    context.time_base = Fraction(1, FPS)
    context.thread_count = 1
    context.max_b_frames = 0
    return context


def encode_picture(
    context: VideoCodecContext, frame: VideoFrame, tick: int, key: bool
) -> list[tuple[bool, bytes]]:
    """(is key, Annex B) of each packet that `frame` gives; with zero latency exactly one."""
    frame.pts = tick
    frame.time_base = Fraction(1, FPS)
    frame.pict_type = PictureType.I if key else PictureType.NONE
    return [(packet.is_keyframe, bytes(packet)) for packet in context.encode(frame)]


class SoundEncoder:
    """Cuts the mix into AAC packets. Times are samples since recording time 0, from −1024 on (priming)."""

    def __init__(self, context: AudioCodecContext, first_sample: int) -> None:
        self._context = context
        self._waiting: Samples = np.zeros((2, 0), np.float32)
        self._next = first_sample

    def encode(self, samples: Samples) -> list[tuple[int, bytes]]:
        self._waiting = np.concatenate((self._waiting, samples), 1)
        packets: list[tuple[int, bytes]] = []
        while self._waiting.shape[1] >= SAMPLES_PER_PACKET:
            piece = np.ascontiguousarray(self._waiting[:, :SAMPLES_PER_PACKET])
            self._waiting = self._waiting[:, SAMPLES_PER_PACKET:]
            frame = AudioFrame.from_ndarray(piece, "fltp", "stereo")
            frame.sample_rate = RATE
            frame.pts = self._next
            frame.time_base = Fraction(1, RATE)
            self._next += SAMPLES_PER_PACKET
            packets += [(int(packet.pts or 0), bytes(packet)) for packet in self._context.encode(frame)]
        return packets
