"""Reads a recording back: the barcode of every picture and the moment of every chirp."""

import io
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from recordings import journal
from recordings.encoders import FPS
from tests.recordings.synthetic import BITS, CHIRP_SAMPLES, LOOP, RATE, chirp

# Left edge, top edge, width and height of one bar, at 1280 × 720.
FULL = (320, 0, 40, 32)
LEFT = (0, 0, 40, 32)
RIGHT = (640, 0, 40, 32)
Place = tuple[int, int, int, int]


def epoch_bytes(directory: Path, rendition: str = "v0", epoch: int = 0) -> bytes:
    """The init segment and all segments of one epoch: a file that every player takes."""
    segments = [one for one in journal.read_segments(directory, rendition) if one.epoch == epoch]
    init = (directory / rendition / f"init-{epoch}.mp4").read_bytes()
    return init + b"".join(
        (directory / rendition / f"{one.msn}.m4s").read_bytes()[: one.size] for one in segments
    )


@dataclass(slots=True)
class Decoded:
    """Times in seconds of the file's own clock; `sound` mono at 48 kHz from `sound_begin` on."""

    frame_times: list[float]
    codes: dict[Place, list[int | None]]
    luma: list[float]
    sound_begin: float
    sound: NDArray[np.float32]

    def first_code(self, place: Place) -> int | None:
        return next((code for code in self.codes[place] if code is not None), None)


def read_code(luma: NDArray[np.uint8], place: Place) -> int | None:
    """The number in the barcode at `place`; None where there is no clean one."""
    left, top, width, height = place
    number = 0
    for bit in range(BITS):
        bar = luma[top + height // 4 : top + height * 3 // 4, left + bit * width + width // 4 :][
            :, : width // 2
        ]
        mean = float(bar.mean())
        if 80 < mean < 170:
            return None
        number |= (mean > 125) << bit
    # Black bars all over are a slate or a gap, not the first frame.
    return number if 0 < number < LOOP else None


def decode(data: bytes | Path, *places: Place) -> Decoded:
    """Everything in `data`; raises FFmpegError on anything a decoder refuses."""
    source = io.BytesIO(data) if isinstance(data, bytes) else str(data)
    result = Decoded([], {place: [] for place in places}, [], 0.0, np.zeros(0, np.float32))
    pieces: list[NDArray[np.float32]] = []
    with av.open(source, "r") as container:
        streams = [stream for stream in container.streams if stream.type in ("video", "audio")]
        for frame in container.decode(*streams):
            if isinstance(frame, VideoFrame):
                _read_picture(frame, result)
            elif isinstance(frame, AudioFrame):
                if not pieces:
                    result.sound_begin = float(frame.time or 0.0)
                pieces.append(frame.to_ndarray().mean(0))
    if pieces:
        result.sound = np.concatenate(pieces).astype(np.float32)
    return result


def _read_picture(frame: VideoFrame, result: Decoded) -> None:
    plane = frame.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:, : frame.width]
    result.frame_times.append(float(frame.time or 0.0))
    result.luma.append(float(luma[200:400].mean()))
    for place, codes in result.codes.items():
        codes.append(read_code(luma, place))


def chirps(decoded: Decoded, voice: int) -> list[float]:
    """File times at which `voice` chirps, by a matched filter."""
    sound, reference = decoded.sound, chirp(voice)
    size = len(sound) + len(reference)
    product = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(reference, size))
    match = np.abs(np.fft.irfft(product))[: len(sound)]
    threshold = 0.2 * float(np.dot(reference, reference))
    found: list[float] = []
    at = 0
    while at < len(match):
        best = at + int(np.argmax(match[at : at + RATE // 2]))
        if match[best] > threshold:
            found.append(decoded.sound_begin + best / RATE)
            at = best + int(0.7 * RATE)
        else:
            at += RATE // 2 - CHIRP_SAMPLES
    return found


def skews(decoded: Decoded, place: Place, voice: int, sound_ppm: float = 0.0) -> list[tuple[float, float]]:
    """(file time, sound minus picture in seconds) for each chirp: positive when the sound is late."""
    times, numbers = _unwrapped(decoded, place)
    result: list[tuple[float, float]] = []
    for moment in chirps(decoded, voice):
        near = (times > moment - 0.6) & (times < moment + 0.6)
        if near.sum() < 12:
            continue
        # The mean of file time − source time around the chirp is where the picture of that moment is shown.
        offset = float(np.mean(times[near] - numbers[near]))
        second = round(moment - offset)
        truth = second / (1 + sound_ppm * 1e-6)
        result.append((moment, moment - offset - truth))
    return result


def _unwrapped(decoded: Decoded, place: Place) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    times, numbers = [], []
    base, last = 0, None
    for time, code in zip(decoded.frame_times, decoded.codes[place], strict=True):
        # A picture that stands still after a loss says nothing about when its moment was shown.
        if code is None or code == last:
            continue
        if last is not None and code < last - LOOP // 2:
            base += LOOP
        last = code
        times.append(time)
        numbers.append((base + code) / FPS)
    return np.array(times), np.array(numbers)


def ffmpeg_complaints(path: Path) -> str:
    """What Debian's ffmpeg says about the file at warning level; empty when it is clean."""
    command = ["ffmpeg", "-v", "warning", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr + ("" if done.returncode == 0 else f"exit {done.returncode}")


def ffprobe_streams(path: Path) -> list[dict[str, Any]]:
    """The streams as ffprobe describes them, with counted packets."""
    command = ["ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    streams: list[dict[str, Any]] = json.loads(done.stdout)["streams"]
    return streams
