"""Encodes the second of slate that stands for what is cut (`recordings.slates`), once per recording."""

from dataclasses import dataclass

import numpy as np

from recordings import overlay
from recordings.canvas import Canvas
from recordings.cmaf import length_prefixed
from recordings.encoders import (
    FPS,
    LARGE,
    SMALL,
    PictureSettings,
    SoundEncoder,
    encode_picture,
    open_encoders,
)
from recordings.sound import RATE

CUT_TEXT = "这一段暂不播出"


@dataclass(frozen=True, slots=True)
class SlateTemplate:
    """Pictures with 4-byte lengths per rendition, and one AAC packet of silence."""

    large: list[bytes]
    small: list[bytes]
    silence: bytes

    def pictures(self, rendition: str) -> list[bytes]:
        return {"v0": self.large, "v1": self.small}.get(rendition, [])


def make_template() -> SlateTemplate:
    canvas = Canvas()
    overlay.slate(CUT_TEXT).draw(canvas)
    return SlateTemplate(_second(canvas, LARGE), _second(canvas, SMALL), _silence())


def _second(canvas: Canvas, settings: PictureSettings) -> list[bytes]:
    """With encoders of its own: the programme's must not notice."""
    encoder = open_encoders(settings).picture
    assert encoder is not None
    pictures: list[bytes] = []
    for tick in range(FPS):
        frame = canvas.frame().reformat(settings.width, settings.height)
        pictures += [length_prefixed(data) for _key, data in encode_picture(encoder, frame, tick, tick == 0)]
    return pictures


def _silence() -> bytes:
    encoder = SoundEncoder(open_encoders(None).sound, 0)
    packets = encoder.encode(np.zeros((2, RATE), np.float32))
    # The first packets still hold the encoder's beginning.
    return packets[-1][1]
