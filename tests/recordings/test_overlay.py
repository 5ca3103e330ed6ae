"""The lower third by its pixels: question and case number in Chinese, whole, inside what every screen shows."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from recordings.canvas import HEIGHT, WIDTH, Canvas
from recordings.overlay import BAND_HEIGHT, lower_third, typeface, wrapped

QUESTION = "村口到镇上的路坏了三个月，什么时候能修？"
LONG = "村口的路（gjpqy）坏了三个月，雨天满是泥水，上百个孩子每天从这里走，" * 4
NUMBER = "20260210-0001"
# Below this a pixel is the band's own colour or a shade of a letter's edge.
BRIGHT = 110
# Where the number ends and the question begins.
LINE_TOP = HEIGHT - BAND_HEIGHT + 42

Picture = NDArray[np.uint8]


def drawn(question: str, number: str = NUMBER) -> Picture:
    """The luma of a programme's picture, black before."""
    canvas = Canvas()
    lower_third(question, number).draw(canvas)
    return canvas.planes[0]


def letters(picture: Picture) -> Picture:
    """Where letters are, without the gold edge at the left."""
    found = picture > BRIGHT
    found[:, :12] = False
    return found.astype(np.uint8)


def glyph(character: str) -> bytes:
    return letters(drawn(character, "")).tobytes()


def test_number_stands_above_the_question_and_each_is_drawn_by_itself() -> None:
    both, alone = letters(drawn(QUESTION)), letters(drawn(QUESTION, ""))
    assert both[:LINE_TOP].any() and not alone[:LINE_TOP].any()
    assert (both[LINE_TOP:] == alone[LINE_TOP:]).all() and alone[LINE_TOP:].any()
    assert (letters(drawn(QUESTION, "20260210-0002"))[:LINE_TOP] != both[:LINE_TOP]).any()


def test_every_letter_is_inside_the_safe_area_and_the_picture_above_stays() -> None:
    for text in (QUESTION, LONG, "gjpqy|（" * 60, "W" * 300):
        picture = drawn(text)
        rows, columns = np.nonzero(letters(picture))
        assert rows.max() < HEIGHT - HEIGHT // 20, text
        assert WIDTH // 20 <= columns.min() and columns.max() < WIDTH - WIDTH // 20, text
        assert (picture[: HEIGHT * 3 // 4] == 16).all()


def test_chinese_letters_are_letters_and_no_boxes() -> None:
    assert typeface().chinese
    wanted = sorted(set(QUESTION + "，。？！：“”（）县镇村委办镕㙍"))
    shapes = {character: glyph(character) for character in wanted}
    # No face has a letter for it: what is drawn stands for every letter that is missing.
    missing = glyph("\U000effff")
    assert [character for character, shape in shapes.items() if shape == missing] == []
    assert len(set(shapes.values())) == len(wanted)


def test_a_long_question_is_cut_after_two_lines_and_says_so() -> None:
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    font, width = typeface().size(34), WIDTH - WIDTH // 10
    for text in (LONG, "W" * 300, "i" * 400, "水" * 200):
        lines = wrapped(draw, text, font, width, 2)
        assert len(lines) == 2 and lines[1].endswith("…")
        assert text.startswith("".join(lines)[:-1])
        assert all(draw.textlength(line, font=font) <= width for line in lines)
    assert (drawn(LONG) == drawn(LONG + "谁都看不到的尾巴")).all()
    assert wrapped(draw, QUESTION, font, width, 2) == [QUESTION]


def test_the_same_words_give_the_same_pixels() -> None:
    assert (drawn(LONG) == drawn(LONG)).all()
