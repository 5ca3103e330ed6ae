"""Captions of a live list, for a player that fetches each file once, at the moment the list names it."""

import re
from pathlib import Path

from recordings import journal, withheld
from recordings.following import write_began
from recordings.late_captions import LONGEST_MS, SHORTEST_MS
from recordings.live_asgi import LiveSegments
from recordings.playlists import Cue
from recordings.withheld import Withheld
from tests.recordings.asgi_client import get
from tests.recordings.test_live_asgi import write_part

WALL0 = 1_790_000_000.0
SECONDS = 36
# A sentence of 14 s in three captions, all final when it is over; a short one; one of another speaker, who is
# spoken over: the last began before and is known after.
SPOKEN = [
    Cue(1_000, 5_500, "林", "第一句的开头", WALL0 + 15.8),
    Cue(5_500, 10_000, "林", "第一句的中间", WALL0 + 15.8),
    Cue(10_000, 15_000, "林", "第一句的结尾", WALL0 + 15.8),
    Cue(16_000, 17_000, "林", "好", WALL0 + 17.9),
    Cue(20_000, 22_500, "张", "谢谢林县长", WALL0 + 23.4),
    Cue(19_000, 25_500, "林", "大家放心", WALL0 + 26.2),
]
SHOWN = re.compile(r"^(\S+) --> (\S+)\n<v .>(.*)$", re.MULTILINE)
Seen = dict[str, tuple[float, float]]


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


async def watched(root: Path, delay: float = 0.0) -> Seen:
    """From when to when each caption is shown to a live viewer."""
    now = 0.0

    def captions(session: int, begin_ms: int, end_ms: int) -> list[Cue]:
        known = [cue for cue in SPOKEN if (cue.kept or 0) <= WALL0 + now]
        return [cue for cue in known if cue.begin_ms < end_ms and cue.end_ms > begin_ms]

    app = LiveSegments(root, captions=captions, hold=0.05)
    seen: Seen = {}
    fetched: set[str] = set()
    (root / "1").mkdir()
    write_began(root / "1", WALL0)
    withheld.write(root / "1", Withheld(delay=delay))
    for msn in range(SECONDS):
        for index in range(5):
            write_part(root, msn, index)
        # The encoder is a little behind.
        now = msn + 1.4
        listed = (await get(app, "/hls/1/captions.m3u8")).text
        for file in re.findall(r"^captions/\S+$", listed, re.MULTILINE):
            if file in fetched:
                continue
            fetched.add(file)
            for begin, end, text in SHOWN.findall((await get(app, f"/hls/1/{file}")).text):
                seen[text] = (seen.get(text, (seconds(begin), 0.0))[0], seconds(end))
    return seen


async def test_every_sentence_is_shown_as_soon_as_it_is_known_long_enough_and_in_order(
    tmp_path: Path,
) -> None:
    seen = await watched(tmp_path)
    assert list(seen) == [cue.text for cue in SPOKEN]
    for cue in SPOKEN:
        begin, end = seen[cue.text]
        assert SHORTEST_MS <= round((end - begin) * 1000) <= LONGEST_MS, cue
        assert WALL0 + begin >= (cue.kept or 0), "it was fetched before it was known"
    begins = [begin for begin, _ in seen.values()]
    ends = [end for _, end in seen.values()]
    assert all(begin >= end for begin, end in zip(begins[1:], ends, strict=False)), "one after the other"
    assert begins[0] < 16.5 and begins[-1] < 30


async def test_who_watches_with_a_delay_reads_at_the_right_time_what_is_known_by_then(tmp_path: Path) -> None:
    seen = await watched(tmp_path, delay=16)
    # The last seconds are still held back.
    for cue in SPOKEN[:3]:
        begin, end = seen[cue.text]
        assert (begin, end) == (cue.begin_ms / 1000, min(cue.end_ms / 1000, end))


async def test_the_replay_has_the_words_at_their_own_times(tmp_path: Path) -> None:
    await watched(tmp_path)
    app = LiveSegments(tmp_path, captions=lambda *_: SPOKEN)
    assert "captions/5.vtt" in (await get(app, "/hls/1/captions-replay.m3u8")).text
    assert (
        "00:00:05.500 --> 00:00:06.000\n<v 林>第一句的中间" in (await get(app, "/hls/1/captions/5.vtt")).text
    )
    assert "-->" not in (await get(app, "/hls/1/captions/live-5.vtt")).text
    journal.mark_ended(tmp_path / "1")
    over = LiveSegments(tmp_path, captions=lambda *_: SPOKEN)
    assert "第一句的中间" in (await get(over, "/hls/1/captions/live-5.vtt")).text
