"""Where captions are cut, how they break into lines, and that what is written is WebVTT whatever was said."""

import re

from hypothesis import given
from hypothesis import strategies as st

from transcripts.captions import (
    LINE_WIDTH,
    LINES,
    LONGEST_MS,
    PAUSE_MS,
    Caption,
    Word,
    cut,
    join,
    readable,
    stamp,
    webvtt,
    width,
    wrap,
)

TEXTS = st.sampled_from(
    [*"县长您好请问路灯什么时候修", "road", "county", "the", "G318", "修。", "了，", "water,", "a" * 40]
)


@st.composite
def spoken(draw: st.DrawFn) -> list[Word]:
    words, at = [], draw(st.integers(0, 10_000))
    for text in draw(st.lists(TEXTS, max_size=80)):
        at += draw(st.sampled_from([0, 20, 120, 400, 900]))
        lasts = draw(st.integers(0, 700))
        words.append(Word(text, at, at + lasts))
        at += lasts
    return words


@given(spoken())
def test_no_word_is_lost_or_moved(words: list[Word]) -> None:
    assert [word for group in cut(words) for word in group] == words


@given(spoken())
def test_a_cue_fits_on_the_screen_unless_it_is_one_word(words: list[Word]) -> None:
    for group in cut(words):
        assert group
        if len(group) > 1:
            assert group[-1].end_ms - group[0].begin_ms <= LONGEST_MS
            assert len(wrap(join(word.text for word in group))) <= LINES


@given(spoken())
def test_a_silence_always_ends_a_cue(words: list[Word]) -> None:
    for group in cut(words):
        for before, after in zip(group, group[1:], strict=False):
            assert after.begin_ms - before.end_ms < PAUSE_MS


@given(st.text(max_size=300))
def test_lines_are_short_and_lose_nothing_but_spaces(text: str) -> None:
    lines = wrap(text)
    assert all(width(line) <= LINE_WIDTH for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_eighteen_chinese_characters_fill_a_line() -> None:
    assert [len(line) for line in wrap("县" * 40)] == [18, 18, 4]


def test_english_is_broken_between_words() -> None:
    assert wrap("the road to our village has been broken for three months") == [
        "the road to our village has been",
        "broken for three months",
    ]


def test_punctuation_never_begins_a_line() -> None:
    lines = wrap("县" * 18 + "，" + "长" * 5)
    assert all(not line.startswith("，") for line in lines)


def test_latin_words_are_spaced_and_chinese_ones_are_not() -> None:
    assert join(["县长", "您好", "the", "road", "G318", "修", "了"]) == "县长您好the road G318修了"
    assert join(["water", ",", "please"]) == "water, please"


CAPTIONS = st.lists(
    st.builds(
        lambda at, lasts, text, who: Caption(f"c{at}", at, at + lasts, text, who),
        st.integers(0, 4_000_000),
        st.integers(0, 9_000),
        st.text(max_size=60),
        st.text(max_size=10),
    ),
    max_size=12,
)


@given(CAPTIONS, st.booleans())
def test_whatever_was_said_the_file_stays_webvtt(captions: list[Caption], mapped: bool) -> None:
    blocks = webvtt(captions, timestamp_map=mapped).split("\n\n")
    head, cues = blocks[0], blocks[1:]
    assert head.splitlines()[0] == "WEBVTT"
    assert ("X-TIMESTAMP-MAP" in head) == mapped
    for block in cues:
        lines = block.rstrip("\n").split("\n")
        assert re.fullmatch(r"\d{2,}:\d\d:\d\d\.\d{3} --> \d{2,}:\d\d:\d\d\.\d{3}", lines[1])
        assert len(lines) >= 3
        for line in lines[2:]:
            assert line and "-->" not in line
            assert re.fullmatch(r"(<v [^<>]*>)?[^<>]*", line)


@given(CAPTIONS)
def test_captions_stay_long_enough_to_read_but_not_over_the_next(captions: list[Caption]) -> None:
    captions.sort(key=lambda caption: caption.begin_ms)
    for before, after in zip(captions, readable(captions), strict=True):
        assert after.end_ms >= before.end_ms
        later = [other for other in captions if other.speaker == before.speaker and other is not before]
        nexts = [other.begin_ms for other in later if other.begin_ms > before.begin_ms]
        assert after.end_ms == before.end_ms or not nexts or after.end_ms <= min(nexts)


def test_stamps_have_hours() -> None:
    assert stamp(3_723_004) == "01:02:03.004"
    assert stamp(360_000_000) == "100:00:00.000"
