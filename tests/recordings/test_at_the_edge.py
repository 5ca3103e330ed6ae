"""A low-latency player at the edge, as 8216bis wants it: hints, waiting lists and delta updates, held together."""

import asyncio
import re
from pathlib import Path

import pytest

from recordings.live_asgi import LiveSegments
from tests.recordings.asgi_client import get
from tests.recordings.test_live_asgi import write_part


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two whole segments and two parts of the third."""
    for number in range(12):
        write_part(tmp_path, *divmod(number, 5))
    return tmp_path


async def test_who_follows_the_hints_has_every_part_once(root: Path) -> None:
    """As a player does at the edge: the next part is asked for before it is there, and with it the next list."""
    app = LiveSegments(root)
    text = (await get(app, "/hls/1/v0/live.m3u8")).text
    for number in range(12, 17):
        msn, index = divmod(number, 5)
        hint = re.search(r'PRELOAD-HINT:TYPE=PART,URI="(.+)",BYTERANGE-START=(\d+)', text)
        assert hint is not None
        part = get(app, f"/hls/1/v0/{hint[1]}", headers={"Range": f"bytes={hint[2]}-"})
        then = get(app, f"/hls/1/v0/live.m3u8?_HLS_msn={msn}&_HLS_part={index}&_HLS_skip=YES")
        waiting = [asyncio.create_task(one) for one in (part, then)]
        await asyncio.sleep(0.02)
        assert not any(one.done() for one in waiting)
        data = write_part(root, msn, index)
        came, text = (await waiting[0]).body, (await waiting[1]).text
        assert came == data and f'URI="{hint[1]}",BYTERANGE="10@{hint[2]}"' in text


Kept = dict[int, tuple[int, str, str, list[str]]]


def kept(text: str, before: Kept) -> Kept:
    """What a player keeps of a list: of every whole segment its discontinuity, its map, its address and its tags."""
    found: Kept = {}
    number = int(re.findall(r"MEDIA-SEQUENCE:(\d+)", text)[0])
    epoch, head, tags = int(re.findall(r"DISCONTINUITY-SEQUENCE:(\d+)", text)[0]), "", list[str]()
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "#EXT-X-SKIP":
            skipped = range(number, number + int(value.partition("=")[2]))
            found, number = {at: before[at] for at in skipped}, skipped.stop
            epoch, head = found[number - 1][:2]
        elif name == "#EXT-X-DISCONTINUITY":
            epoch += 1
        elif name == "#EXT-X-MAP":
            head = value
        elif name in ("#EXTINF", "#EXT-X-PROGRAM-DATE-TIME", "#EXT-X-GAP"):
            tags.append(line)
        elif not line.startswith("#"):
            found[number] = epoch, head, line, tags
            number, tags = number + 1, []
    return found


async def test_a_player_that_asks_for_what_is_new_knows_the_whole_list(root: Path) -> None:
    """Delta updates (8216bis, section 6.2.5.1), over a restart of the programme and the end of the list's window."""
    app = LiveSegments(root)
    for number in range(12, 5 * 28):
        write_part(root, *divmod(number, 5), epoch=number // 100)
    held = kept((await get(app, "/hls/1/v0/live.m3u8")).text, {})
    for msn in range(28, 36):
        for index in range(5):
            write_part(root, msn, index, epoch=1 + (msn > 30))
        delta, whole = [
            (await get(app, f"/hls/1/v0/live.m3u8?_HLS_msn={msn}{skip}")).text
            for skip in ("&_HLS_skip=YES", "")
        ]
        assert "EXT-X-SKIP" in delta and len(delta) < len(whole)
        held = kept(delta, held)
        assert held == kept(whole, {}) and held[msn][0] == 1 + (msn > 30)
