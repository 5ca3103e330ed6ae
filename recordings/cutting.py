"""One attempt at a clip: which samples belong into it, at which time, and the file that holds them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from recordings.cmaf import AUDIO_RATE, SAMPLES_PER_PACKET, VIDEO_RATE, length_prefixed, parameter_sets
from recordings.encoders import FPS, LARGE, PictureSettings, encode_picture, open_encoders
from recordings.joined import JoinedFiles
from recordings.journal import Segment
from recordings.slates import slate_file

if TYPE_CHECKING:
    from av.container.core import Chapter as AvChapter  # PyAV has this name in its stubs only

Method = Literal["exact", "encoded", "keyframe"]
METHODS: tuple[Method, ...] = ("exact", "encoded", "keyframe")
# Far above the programme's own rate: a second generation should not be seen.
HEAD_BITRATE = 6_000_000
FRAME = Fraction(1, FPS)
PACKET = Fraction(SAMPLES_PER_PACKET, AUDIO_RATE)
NEARLY = Fraction(1, 500)
Chapter = tuple[float, float, str]  # begin and end in seconds of the clip, title


class NothingRecorded(ValueError):
    """Between begin and end there is nothing in the recording."""


class OtherSettings(ValueError):
    """The recording was encoded with other settings than today's programme: its pictures cannot be
    continued."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What was made: length, how, and how many pictures were encoded again."""

    duration_ms: int
    method: Method
    encoded: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture or AAC packet; `time` in seconds of media time, later of the clip."""

    picture: bool
    time: Fraction
    key: bool
    data: bytes


def overlapping(segments: Iterable[Segment], begin: Fraction, end: Fraction) -> list[list[Segment]]:
    """The segments that touch begin … end, grouped by epoch: each group is one unbroken piece."""
    touched = [s for s in segments if s.begin + s.duration > begin and s.begin < end]
    return [list(group) for _, group in groupby(touched, key=lambda segment: segment.epoch)]


class Cutter:
    """One attempt at one clip by one method."""

    def __init__(self, directory: Path, begin: Fraction, end: Fraction, method: Method) -> None:
        self._directory, self._begin, self._end, self._method = directory, begin, end, method
        self._encoded = 0
        self._length = Fraction(0)  # of the pictures written so far
        self._sound_end = 0

    def write(self, pieces: list[list[Segment]], target: Path, title: str, chapters: list[Chapter]) -> Cut:
        with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as output:
            if title:
                output.metadata["title"] = title
            if chapters:
                output.set_chapters([_chapter(index, chapter) for index, chapter in enumerate(chapters)])
            picture: VideoStream | None = None
            sound: AudioStream | None = None
            for piece in pieces:
                with self._open(piece) as source:
                    if picture is None or sound is None:
                        picture, sound = self._streams(output, source)
                    for sample in self._placed(self._samples(source, picture)):
                        self._mux(output, picture if sample.picture else sound, sample)
        if not self._length:
            raise NothingRecorded("no whole picture in between")
        return Cut(round(self._length * 1000), self._method, self._encoded, len(pieces))

    def _open(self, piece: list[Segment]) -> InputContainer:
        init = self._directory / f"init-{piece[0].epoch}.mp4"
        # By the journal's sizes: what it does not name may be half written.
        files = [(init, init.stat().st_size)] + [self._file(segment) for segment in piece]
        return av.open(JoinedFiles(files), "r", format="mp4")

    def _file(self, segment: Segment) -> tuple[Path, int]:
        if not segment.slate:
            return self._directory / segment.file, segment.size
        path = slate_file(self._directory, segment)
        if path is None:
            raise NothingRecorded("cut, and there is no slate")
        return path, path.stat().st_size

    def _streams(self, output: OutputContainer, source: InputContainer) -> tuple[VideoStream, AudioStream]:
        sound = source.streams.audio[0]
        picture = source.streams.video[0]
        if self._method != "encoded":
            return output.add_stream_from_template(picture), output.add_stream_from_template(sound)
        stream = output.add_stream(
            "libx264", rate=FPS, options={"preset": LARGE.preset, "tune": "zerolatency"}
        )
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, "yuv420p"
        stream.bit_rate = HEAD_BITRATE
        stream.codec_context.time_base = FRAME
        stream.codec_context.gop_size = FPS
        return stream, output.add_stream_from_template(sound)

    def _encoder(self, source: VideoStream, stream: VideoStream) -> VideoCodecContext:
        """For the pictures before the first key frame; OtherSettings when a copy could not follow them."""
        if self._method == "encoded":
            return stream.codec_context
        settings = PictureSettings(source.width, source.height, LARGE.preset, HEAD_BITRATE)
        encoder = open_encoders(settings).picture
        assert encoder is not None
        ours = parameter_sets(bytes(encoder.extradata or b""))
        theirs = parameter_sets(bytes(source.codec_context.extradata or b""))
        if ours != theirs:
            raise OtherSettings("other parameter sets")
        return encoder

    def _samples(self, source: InputContainer, stream: VideoStream) -> Iterator[Sample]:
        """What belongs into the clip, in media time: first the head that is encoded again, then copies."""
        picture = source.streams.video[0]
        # The muxer turns start codes into lengths itself where the parameter sets came with start codes.
        packed = bytes if self._method == "encoded" else length_prefixed
        head = _Head(lambda: self._encoder(picture, stream), packed, self._begin, self._end)
        copying = False
        for packet in source.demux(picture, source.streams.audio[0]):
            if packet.pts is None or packet.time_base is None:
                continue
            time = packet.pts * packet.time_base
            if packet.stream is not picture:
                if time >= self._begin and time + PACKET <= self._end + NEARLY:
                    yield Sample(False, time, True, bytes(packet))
                continue
            if (
                not copying
                and packet.is_keyframe
                and time >= self._begin - NEARLY
                and self._method != "encoded"
            ):
                copying = True
                yield from head.finish(picture)
            if not copying and self._method != "keyframe":
                yield from head.add(packet)
            elif copying and time < self._end - NEARLY:
                yield Sample(True, time, packet.is_keyframe, bytes(packet))
        if not copying:
            yield from head.finish(picture)
        self._encoded += head.count

    def _placed(self, samples: Iterator[Sample]) -> Iterator[Sample]:
        """From media time to the time of the clip: each piece begins where the pictures before it end."""
        start = self._length
        first: Fraction | None = None
        early: list[Sample] = []
        for sample in samples:
            if first is None:
                if not sample.picture:
                    early.append(sample)
                    continue
                first = sample.time
                for sound in early:
                    if sound.time >= first:
                        yield self._sound(sound, start + sound.time - first)
            if sample.picture:
                time = start + sample.time - first
                self._length = max(self._length, time + FRAME)
                yield Sample(True, time, sample.key, sample.data)
            elif sample.time >= first:
                yield self._sound(sample, start + sample.time - first)

    def _sound(self, sample: Sample, time: Fraction) -> Sample:
        """Packets follow each other without a seam, except over a hole: players do not stretch sound."""
        wanted = round(time * AUDIO_RATE)
        if self._sound_end and abs(wanted - self._sound_end) < SAMPLES_PER_PACKET:
            wanted = self._sound_end
        wanted = max(wanted, self._sound_end)
        self._sound_end = wanted + SAMPLES_PER_PACKET
        return Sample(False, Fraction(wanted, AUDIO_RATE), True, sample.data)

    def _mux(self, output: OutputContainer, stream: VideoStream | AudioStream, sample: Sample) -> None:
        rate = VIDEO_RATE if sample.picture else AUDIO_RATE
        packet = av.Packet(sample.data)
        packet.pts = packet.dts = round(sample.time * rate)
        packet.time_base = Fraction(1, rate)
        packet.duration = rate // FPS if sample.picture else SAMPLES_PER_PACKET
        packet.is_keyframe = sample.key
        packet.stream = stream
        output.mux(packet)


class _Head:
    """Decodes from the key frame before the clip and encodes what is inside it."""

    def __init__(
        self,
        open_encoder: Callable[[], VideoCodecContext],
        packed: Callable[[bytes], bytes],
        begin: Fraction,
        end: Fraction,
    ) -> None:
        self.count = 0
        self._open_encoder, self._packed, self._begin, self._end = open_encoder, packed, begin, end
        self._encoder: VideoCodecContext | None = None

    def add(self, packet: "Packet[Any]") -> Iterator[Sample]:
        for frame in packet.decode():
            if isinstance(frame, VideoFrame):
                yield from self._encode(frame)

    def finish(self, picture: VideoStream) -> Iterator[Sample]:
        """What decoder and encoder still hold."""
        if not picture.codec_context.is_open:
            return
        for frame in picture.codec_context.decode(None):
            yield from self._encode(frame)

    def _encode(self, frame: VideoFrame) -> Iterator[Sample]:
        if frame.pts is None or frame.time_base is None:
            return
        time = frame.pts * frame.time_base
        if not self._begin - NEARLY <= time < self._end - NEARLY:
            return
        if self._encoder is None:
            self._encoder = self._open_encoder()
        for key, data in encode_picture(self._encoder, frame, self.count, self.count % FPS == 0):
            yield Sample(True, time, key, self._packed(data))
        self.count += 1


def _chapter(index: int, chapter: Chapter) -> "AvChapter":
    begin, end, title = chapter
    return {
        "id": index,
        "start": round(begin * 1000),
        "end": round(end * 1000),
        "time_base": Fraction(1, 1000),
        "metadata": {"title": title},
    }
