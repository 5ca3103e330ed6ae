"""The picture of a made-up person: name, figure and a clock that moves, encoded once as H.264."""

import math
from fractions import Fraction

import av
import numpy as np
from av.video.frame import PictureType
from PIL import Image, ImageDraw

from recordings.overlay import Colour, typeface

FRAMES_PER_S = 25
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


def _clock(draw: ImageDraw.ImageDraw, seconds: float, width: int, height: int) -> None:
    x, y, radius = width * 0.8, height * 0.35, height * 0.2
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_PAPER, outline=_INK, width=4)
    angle = seconds / LOOP_S * math.tau
    tip = (x + 0.85 * radius * math.sin(angle), y - 0.85 * radius * math.cos(angle))
    draw.line((x, y, *tip), fill=_RED, width=6)
    font = typeface().size(int(height / 14))
    draw.text((x - radius / 2, y + 1.2 * radius), f"{seconds:05.2f}", font=font, fill=_PAPER)


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
    """LOOP_S seconds as access units (Annex B), a key frame every second. Takes some seconds of CPU."""
    background = _background(name, colour, width, height)
    encoder = _encoder(width, height)
    units: list[bytes] = []
    for index in range(LOOP_S * FRAMES_PER_S):
        picture = background.copy()
        _clock(ImageDraw.Draw(picture), index / FRAMES_PER_S, width, height)
        frame = av.VideoFrame.from_ndarray(np.asarray(picture), "rgb24").reformat(format="yuv420p")
        frame.pts = index
        if index % FRAMES_PER_S == 0:
            frame.pict_type = PictureType.I
        units += [bytes(packet) for packet in encoder.encode(frame)]
    return units + [bytes(packet) for packet in encoder.encode(None)]
