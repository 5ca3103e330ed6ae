"""Text in the picture: the lower third and the slate, drawn once per change with Pillow and blended per
frame with numpy.

The font is a Chinese one of the machine (Debian: fonts-noto-cjk). Without one the programme goes on with
Pillow's own face, which has no Chinese: `Typeface.chinese` is False and the supervisor says so.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from recordings.canvas import HEIGHT, WIDTH, Canvas

# (path, index of the simplified Chinese face in the collection)
FONT_PLACES = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc", 2),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
    ("/System/Library/Fonts/PingFang.ttc", 0),
)
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int, int]
NAVY: Colour = (12, 24, 48, 205)
DEEP: Colour = (16, 28, 52, 255)
GOLD: Colour = (230, 180, 60, 255)
WHITE: Colour = (255, 255, 255, 255)
# Letters keep a twentieth of the picture free on every side (EBU R 95): televisions and pages cut there.
SAFE_X, SAFE_Y = WIDTH // 20, HEIGHT // 20
BAND_HEIGHT = 168
MAX_TEXT = 400


@dataclass(frozen=True, slots=True)
class Typeface:
    """Where the letters come from; `path` None is Pillow's own face."""

    path: str | None
    index: int = 0

    @property
    def chinese(self) -> bool:
        return self.path is not None

    def size(self, pixels: int) -> Font:
        if self.path is None:
            return ImageFont.load_default(pixels)
        return ImageFont.truetype(self.path, pixels, index=self.index)


def find_typeface(font_places: tuple[tuple[str, int], ...] = FONT_PLACES) -> Typeface:
    """The first font file of `font_places` that opens."""
    for path, index in font_places:
        if not Path(path).is_file():
            continue
        try:
            ImageFont.truetype(path, 24, index=index)
        except OSError:
            continue
        return Typeface(path, index)
    return Typeface(None)


@lru_cache(maxsize=1)
def typeface() -> Typeface:
    return find_typeface()


class Overlay:
    """An RGBA picture at a place of the canvas, kept as what one integer multiplication and addition per
    pixel need."""

    def __init__(self, picture: Image.Image, x: int, y: int) -> None:
        pixels: NDArray[np.float64] = np.asarray(picture).astype(np.float64)
        red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
        alpha = pixels[..., 3] / 255
        # BT.601, limited range: what browsers send and what the encoder leaves untagged.
        luma = 16 + (65.738 * red + 129.057 * green + 25.064 * blue) / 256
        blue_difference = 128 + (-37.945 * red - 74.494 * green + 112.439 * blue) / 256
        red_difference = 128 + (112.439 * red - 94.154 * green - 18.285 * blue) / 256
        self._x, self._y = x, y
        self._layers = [
            _Layer(luma, alpha),
            _Layer(_halved(blue_difference), _halved(alpha)),
            _Layer(_halved(red_difference), _halved(alpha)),
        ]

    def draw(self, canvas: Canvas) -> None:
        for shift, layer, plane in zip((0, 1, 1), self._layers, canvas.planes, strict=True):
            layer.blend(plane, self._x >> shift, self._y >> shift)


class _Layer:
    def __init__(self, value: NDArray[np.float64], alpha: NDArray[np.float64]) -> None:
        weight = np.round(alpha * 256).astype(np.uint16)
        self._opaque = bool((weight == 256).all())
        self._value = np.round(value).astype(np.uint8)
        self._rest = 256 - weight
        self._share = np.round(value * weight).astype(np.uint16)

    def blend(self, plane: NDArray[np.uint8], x: int, y: int) -> None:
        height, width = self._value.shape
        area = plane[y : y + height, x : x + width]
        if self._opaque:
            area[:] = self._value
            return
        mixed = area * self._rest
        mixed += self._share
        mixed >>= 8
        area[:] = mixed


def _halved(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width = plane.shape
    result: NDArray[np.float64] = plane.reshape(height // 2, 2, width // 2, 2).mean((1, 3))
    return result


def wrapped(draw: ImageDraw.ImageDraw, text: str, font: Font, width: int, lines: int) -> list[str]:
    """`text` in at most `lines` lines of `width` pixels; Chinese breaks anywhere. What does not fit ends
    with …"""
    result: list[str] = []
    line = ""
    for character in " ".join(text.split())[:MAX_TEXT]:
        if draw.textlength(line + character, font=font) > width:
            if len(result) == lines - 1:
                while draw.textlength(line + "…", font=font) > width:
                    line = line[:-1]
                return [*result, line + "…"]
            result.append(line)
            line = ""
        line += character
    return [*result, line] if line else result


def lower_third(question: str, case_number: str, face: Typeface | None = None) -> Overlay:
    """The question on air in at most two lines, its case number above it, over the bottom of the picture."""
    face = face or typeface()
    picture = Image.new("RGBA", (WIDTH, BAND_HEIGHT), NAVY)
    draw = ImageDraw.Draw(picture)
    large, small = face.size(34), face.size(24)
    draw.rectangle((0, 0, 11, BAND_HEIGHT), fill=GOLD)
    draw.text((SAFE_X, 6), case_number[:60], font=small, fill=GOLD)
    for index, line in enumerate(wrapped(draw, question, large, WIDTH - 2 * SAFE_X, 2)):
        draw.text((SAFE_X, 38 + index * 42), line, font=large, fill=WHITE)
    return Overlay(picture, 0, HEIGHT - BAND_HEIGHT)


def slate(text: str, face: Typeface | None = None) -> Overlay:
    """A whole picture with `text` in its middle, in at most three lines."""
    face = face or typeface()
    picture = Image.new("RGBA", (WIDTH, HEIGHT), DEEP)
    draw = ImageDraw.Draw(picture)
    font = face.size(56)
    lines = wrapped(draw, text, font, WIDTH - 160, 3)
    top = HEIGHT / 2 - 40 * len(lines)
    for index, line in enumerate(lines):
        left = (WIDTH - draw.textlength(line, font=font)) / 2
        draw.text((left, top + 80 * index), line, font=font, fill=WHITE)
    return Overlay(picture, 0, 0)
