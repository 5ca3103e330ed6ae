"""The picture of a made-up person: name, figure and a clock that moves, encoded once as H.264."""

import math
from fractions import Fraction
from typing import Any, TypeAlias

import av
import numpy as np
from av.video.frame import PictureType
from PIL import Image, ImageDraw

from recordings.overlay import Colour, typeface

FRAMES_PER_S = 25
Plane: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
# One turn of the hand; after it the pictures begin again, with a key frame.
LOOP_S = 12
BIT_RATE = 1_000_000
_PAPER: Colour = (250, 248, 240, 255)
_INK: Colour = (30, 40, 60, 255)
_RED: Colour = (200, 40, 40, 255)


def _background(name: str, colour: Colour, width: int, height: int) -> Image.Image:
    """Everything that does not move."""
    picture = Image.new("RGB", (width, height), colour[:3])
    draw = ImageDraw.Draw(picture)
    middle, unit = width * 0.38, height / 12
    draw.ellipse((middle - 2 * unit, 2 * unit, middle + 2 * unit, 6 * unit), fill=_PAPER)
    draw.ellipse((middle - 4 * unit, 6.6 * unit, middle + 4 * unit, 16 * unit), fill=_PAPER)
    font = typeface().size(int(1.4 * unit))
    left = middle - draw.textlength(name, font=font) / 2
    draw.text((left, 8 * unit), name, font=font, fill=_INK)
    return picture


def _planes(picture: Image.Image) -> list[Plane]:
    """Y, U and V of a picture with even sides."""
    flat = av.VideoFrame.from_ndarray(np.asarray(picture), "rgb24").reformat(format="yuv420p").to_ndarray()
    width, height = picture.size
    quarter = width * height // 4
    values = flat.reshape(-1)
    small = (height // 2, width // 2)
    return [
        values[: 4 * quarter].reshape(height, width),
        values[4 * quarter : 5 * quarter].reshape(small),
        values[5 * quarter :].reshape(small),
    ]


class _Clock:
    """The only part that moves: a square of the picture, drawn and turned into planes by itself."""

    def __init__(self, background: Image.Image) -> None:
        width, height = background.size
        self._radius = height // 5
        self.left, self.top = int(width * 0.8 - self._radius) & ~1, int(height * 0.1) & ~1
        size = (2 * self._radius & ~1) + 2, (int(2.6 * self._radius) & ~1) + 2
        self._empty = background.crop((self.left, self.top, self.left + size[0], self.top + size[1]))
        self._font = typeface().size(int(height / 14))

    def drawn(self, seconds: float) -> Image.Image:
        patch, r = self._empty.copy(), self._radius
        draw = ImageDraw.Draw(patch)
        draw.ellipse((0, 0, 2 * r, 2 * r), fill=_PAPER, outline=_INK, width=4)
        angle = seconds / LOOP_S * math.tau
        tip = (r + 0.85 * r * math.sin(angle), r - 0.85 * r * math.cos(angle))
        draw.line((r, r, *tip), fill=_RED, width=6)
        draw.text((r / 2, 2.1 * r), f"{seconds:05.2f}", font=self._font, fill=_PAPER)
        return patch

    def paste(self, seconds: float, planes: list[Plane]) -> None:
        for plane, patch, scale in zip(planes, _planes(self.drawn(seconds)), (1, 2, 2), strict=True):
            top, left = self.top // scale, self.left // scale
            plane[top : top + patch.shape[0], left : left + patch.shape[1]] = patch


def _encoder(width: int, height: int) -> av.VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FRAMES_PER_S), Fraction(FRAMES_PER_S)
    encoder.bit_rate, encoder.gop_size, encoder.max_b_frames = BIT_RATE, FRAMES_PER_S, 0
    encoder.options = {
        "preset": "superfast",
        "tune": "zerolatency",
        "profile": "baseline",
        # Parameter sets before every key frame: whoever comes later needs them.
        "x264-params": "scenecut=0:repeat-headers=1",
    }
    return encoder


def encoded(name: str, colour: Colour, width: int, height: int) -> list[bytes]:
    """LOOP_S seconds as access units (Annex B), a key frame every second. Takes a second or two of CPU."""
    background = _background(name, colour, width, height)
    clock, planes = _Clock(background), [plane.copy() for plane in _planes(background)]
    encoder = _encoder(width, height)
    units: list[bytes] = []
    for index in range(LOOP_S * FRAMES_PER_S):
        clock.paste(index / FRAMES_PER_S, planes)
        flat = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(-1, width)
        frame = av.VideoFrame.from_ndarray(flat, "yuv420p")
        frame.pts = index
        if index % FRAMES_PER_S == 0:
            frame.pict_type = PictureType.I
        units += [bytes(packet) for packet in encoder.encode(frame)]
    return units + [bytes(packet) for packet in encoder.encode(None)]
