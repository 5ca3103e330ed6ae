"""The programme's picture: one yuv420p buffer that participants are pasted into, and the rectangles of each
layout."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Fit = Literal["cover", "contain"]
LAYOUTS = ("full", "side", "pip", "slate")
WIDTH, HEIGHT = 1280, 720
INSET_WIDTH, INSET_HEIGHT, INSET_MARGIN, INSET_TOP = 320, 180, 24, 40
BLACK, GREY = 16, 128


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Pixels of the canvas, all even, since the colour planes have half the resolution."""

    x: int
    y: int
    width: int
    height: int


def places(layout: str, people: int, width: int = WIDTH, height: int = HEIGHT) -> list[tuple[Rectangle, Fit]]:
    """Where the first, second, … person goes. Fewer places than people: the others are heard, not seen."""
    whole = Rectangle(0, 0, width, height)
    if people == 0 or layout == "slate":
        return []
    if people == 1 or layout == "full":
        return [(whole, "contain")]
    if layout == "pip":
        step = INSET_WIDTH + INSET_MARGIN
        insets = (
            Rectangle(width - step * (index + 1), INSET_TOP, INSET_WIDTH, INSET_HEIGHT)
            for index in range(people - 1)
        )
        return [(whole, "cover"), *((inset, "cover") for inset in insets)]
    if people == 3:
        # The first beside the other two: two wide pictures on top of each other are not cut at their sides.
        half, row = width // 2 & ~1, height // 2 & ~1
        return [
            (Rectangle(0, 0, half, height), "cover"),
            *((Rectangle(half, index * row, half, row), "cover") for index in range(2)),
        ]
    column = width // people & ~1
    return [(Rectangle(index * column, 0, column, height), "cover") for index in range(people)]


def plane_views(frame: VideoFrame) -> list[Plane]:
    """The three planes of a yuv420p frame without a copy; rows are cut to the visible width."""
    views = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        views.append(rows[: plane.height, : plane.width])
    return views


class ScaleCache:
    """Remembers one participant's last scaled frame per rectangle, since the same frame is often shown
    twice."""

    def __init__(self) -> None:
        self._scaled: dict[Rectangle, tuple[VideoFrame, VideoFrame]] = {}

    def scaled(self, frame: VideoFrame, rectangle: Rectangle, width: int, height: int) -> VideoFrame:
        found = self._scaled.get(rectangle)
        if found is not None and found[0] is frame:
            return found[1]
        # Bilinear is enough for small steps and aliases on large ones.
        quality = "FAST_BILINEAR" if width > 0.6 * frame.width else "AREA"
        result = frame.reformat(width, height, "yuv420p", interpolation=quality)
        self._scaled = {rectangle: (frame, result)}
        return result


class Canvas:
    """`planes` are views of one buffer that the encoder reads directly."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.width, self.height = width, height
        self._buffer = np.full((height * 3 // 2, width), GREY, np.uint8)
        quarter = height // 4
        self.planes: tuple[Plane, Plane, Plane] = (
            self._buffer[:height],
            self._buffer[height : height + quarter].reshape(height // 2, width // 2),
            self._buffer[height + quarter :].reshape(height // 2, width // 2),
        )
        self.planes[0][:] = BLACK

    def frame(self) -> VideoFrame:
        """The buffer as a frame, not copied: encode it before the next change."""
        return VideoFrame.from_numpy_buffer(self._buffer, format="yuv420p")

    def clear(self, area: Rectangle | None = None) -> None:
        x, y, width, height = (
            (area.x, area.y, area.width, area.height) if area else (0, 0, self.width, self.height)
        )
        self.planes[0][y : y + height, x : x + width] = BLACK
        for plane in self.planes[1:]:
            plane[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2] = GREY

    def paste(self, frame: VideoFrame, area: Rectangle, fit: Fit, cache: ScaleCache) -> None:
        """Put `frame` in the middle of `area`: cut at the edges to cover it, or with black beside it to be
        contained."""
        ratios = (area.width / frame.width, area.height / frame.height)
        factor = max(ratios) if fit == "cover" else min(ratios)
        fits = frame.width >= area.width and frame.height >= area.height
        if fit == "cover" and fits and 0.97 < factor < 1.03:
            factor = 1.0  # a few pixels cut cost nothing, scaling does
        if factor != 1.0 or frame.format.name not in ("yuv420p", "yuvj420p"):
            width, height = int(frame.width * factor + 1) & ~1, int(frame.height * factor + 1) & ~1
            frame = cache.scaled(frame, area, width, height)
        self._copy(frame, area)

    def _copy(self, frame: VideoFrame, area: Rectangle) -> None:
        width, height = min(area.width, frame.width) & ~1, min(area.height, frame.height) & ~1
        if (width, height) != (area.width, area.height):
            self.clear(area)
        from_x, from_y = (frame.width - width) // 4 * 2, (frame.height - height) // 4 * 2
        to_x, to_y = area.x + (area.width - width) // 4 * 2, area.y + (area.height - height) // 4 * 2
        for shift, target, source in zip((0, 1, 1), self.planes, plane_views(frame), strict=True):
            rows = slice(to_y >> shift, (to_y + height) >> shift)
            columns = slice(to_x >> shift, (to_x + width) >> shift)
            source_rows = slice(from_y >> shift, (from_y + height) >> shift)
            target[rows, columns] = source[source_rows, from_x >> shift : (from_x + width) >> shift]
