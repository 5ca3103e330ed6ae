"""What the segment lists learn of a caption: its words, its times, and since when anybody could have read it."""

import time
from typing import Any

from signaling.orm.live import captions_between
from tests.signaling.people import House
from transcripts import actions
from transcripts.actions import Spoken


async def test_a_caption_comes_with_the_moment_at_which_it_was_final(house: House, in_thread: Any) -> None:
    number, before = house.session.pk, time.time()
    said = Spoken(number, "one", "leader-1", "林**", 1_000, 3_000, "路灯坏了", "test", "zh")
    await in_thread(actions.store_cue)(said)
    [cue] = await captions_between(number, 2_000, 4_000)
    assert cue[:4] == (1_000, 3_000, "林**", "路灯坏了")
    assert cue.kept is not None and before <= cue.kept <= time.time()
    assert await captions_between(number, 3_000, 4_000) == []


async def test_words_of_the_final_pass_were_never_late(house: House, in_thread: Any) -> None:
    number = house.session.pk
    again = Spoken(number, "two", "leader-1", "林**", 1_000, 3_000, "路灯坏了很久", "test", "zh")
    await in_thread(actions.finish_final_pass)(number, {"leader-1": [again]})
    [cue] = await captions_between(number, 0, 4_000)
    assert cue.kept is None
