"""Foreign WebRTC at the doors: GStreamer's webrtcbin sends by WHIP and plays by WHEP."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from portal.live.queries import encoder_key
from signaling.parts import Parts
from streaming.commands import Statistics
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House
from tests.signaling.whip_client import serving

pytestmark = pytest.mark.slow

PEER = str(Path(__file__).with_name("gst_peer.py"))
PYTHON = "/usr/bin/python3"  # Debian's, which has the bindings


async def run(*arguments: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(PYTHON, PEER, *arguments, stdout=pipe, stderr=pipe)


async def told(child: asyncio.subprocess.Process) -> dict[str, Any]:
    out, err = await asyncio.wait_for(child.communicate(), 90)
    assert out, err.decode()[-2000:]
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found | {"errors": err.decode()[-1000:]}


async def test_gstreamer_sends_by_whip_and_plays_by_whep(door: Parts, house: House, page: OpenPage) -> None:
    bob = await page("bob", "moderator")
    await bob.request("go_live")
    async with serving() as url:
        encoder = await run("send", f"{url}/whip/{house.session.pk}", encoder_key(house.session), "45")
        stage = await bob.until("stage")
        while not stage["main"]["present"]:
            stage = await bob.until("stage")
        player = await told(await run("play", f"{url}/whep/{house.session.pk}", "20"))
        assert player["decoded"].keys() == {"audio", "video"} and min(player["decoded"].values()) >= 20, (
            player
        )
        assert player["deleted"] == 200
        (sent,) = (await door.link.call(Statistics(str(house.session.pk))))["publishers"]
        assert {stream["codec"] for stream in sent["streams"]} == {"opus", "h264"}
        encoder.terminate()
        await encoder.communicate()
