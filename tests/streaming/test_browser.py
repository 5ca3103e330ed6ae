"""The engine with real Chromium on both ends."""

import pytest

from streaming.commands import Assign
from streaming.ladder import SOUND
from tests.streaming.browsers import theatre
from tests.streaming.people import Recorder, studio, until

pytestmark = pytest.mark.browser


async def test_chromium_publishes_and_watches_over_loopback() -> None:
    async with studio() as house, theatre(house.worker) as stage:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        sink = Recorder()
        house.worker.add_sink("1", sink)
        leader, alice = await stage.page(), await stage.page()
        await leader.evaluate("publish('1', 'leader-1', 'H264')")
        await until(lambda: len(sink.of("video")) > 30)
        await alice.evaluate("watch('1', 'alice')")
        await alice.wait_for_function("state.videos['main-video']?.frames > 90")
        seen = await alice.evaluate("state.videos['main-video']")
        inbound = await alice.evaluate("inbound()")
        assert await alice.evaluate("state.playable")
        assert seen["width"] == 1280
        assert inbound["main-audio"]["totalAudioEnergy"] > 0
        assert not stage.errors


SOUND_BY_NOW = "inbound().then((all) => [all['main-audio'].packetsReceived, performance.now()])"
SIZES = [{"rid": rid, "scaleResolutionDownBy": step} for rid, step in (("h", 1), ("m", 2), ("l", 4))]


async def test_a_viewer_climbs_from_the_smallest_of_three_sizes_to_the_best_and_rests_without_a_break() -> (
    None
):
    async with studio() as house, theatre(house.worker) as stage:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice = await stage.page(), await stage.page()
        await leader.evaluate("sizes => publish('1', 'leader-1', 'H264', false, sizes)", SIZES)
        await until(lambda: len(house.worker.statistics("1")["publishers"][0]["streams"]) == 4)
        await alice.evaluate("watch('1', 'alice')")
        await alice.wait_for_function("state.videos['main-video']?.width > 0")
        assert await alice.evaluate("state.videos['main-video'].width") < 1280
        await alice.wait_for_function("state.videos['main-video'].width === 1280", timeout=60_000)
        room = house.worker._rooms["1"]
        viewer = room.viewers["alice"]
        viewer.ladder.rung = SOUND
        room.on_rung(viewer, 0.0)
        assert house.told("picture")[-1].detail == {"picture": "paused"}
        sound, since = await alice.evaluate(SOUND_BY_NOW)
        await until(lambda: viewer.ladder.rung < SOUND, 60)
        frames = await alice.evaluate("state.videos['main-video'].frames")
        await alice.wait_for_function(f"state.videos['main-video'].frames > {frames} + 10")
        packets, now = await alice.evaluate(SOUND_BY_NOW)
        # Fifty packets a second, however long the picture rested.
        assert packets - sound > 40 * (now - since) / 1000
        assert (await alice.evaluate("inbound()"))["main-video"]["packetsLost"] == 0
        assert not stage.errors


async def test_leader_and_guest_are_seen_together_and_a_guest_who_reloads_is_back_in_its_place() -> None:
    async with studio() as house, theatre(house.worker) as stage:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        await house.worker.handle(Assign("1", "guest", "guest-7"))
        leader, carol, alice = await stage.page(), await stage.page(), await stage.page()
        await leader.evaluate("publish('1', 'leader-1', 'H264')")
        await carol.evaluate("publish('1', 'guest-7', 'H264', true)")
        await alice.evaluate("watch('1', 'alice')")
        await alice.wait_for_function("state.videos['main-video']?.frames > 20")
        await alice.wait_for_function("state.videos['guest-video']?.frames > 20")
        await carol.close()
        await until(lambda: house.told("lost"))
        before = await alice.evaluate("state.videos['guest-video'].frames")
        carol = await stage.page()
        await carol.evaluate("publish('1', 'guest-7', 'H264', true)")
        await alice.wait_for_function(f"state.videos['guest-video'].frames > {before + 20}")
        assert [event.detail["slot"] for event in house.told("returned")] == ["guest"]
        inbound = await alice.evaluate("inbound()")
        assert inbound["guest-video"]["packetsLost"] == 0
        assert not stage.errors


async def test_a_publisher_without_h264_is_seen_by_vp8() -> None:
    async with studio() as house, theatre(house.worker) as stage:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice = await stage.page(), await stage.page()
        await alice.evaluate("watch('1', 'alice')")
        await leader.evaluate("publish('1', 'leader-1', 'VP8')")
        await alice.wait_for_function("state.videos['main-video']?.frames > 20")
        assert house.worker.statistics("1")["publishers"][0]["streams"][1]["codec"] == "vp8"


async def test_ice_restarts_on_both_sides_without_new_keys() -> None:
    async with studio() as house, theatre(house.worker) as stage:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice = await stage.page(), await stage.page()
        await leader.evaluate("publish('1', 'leader-1', 'H264')")
        await alice.evaluate("watch('1', 'alice')")
        await alice.wait_for_function("state.videos['main-video']?.frames > 20")
        await alice.evaluate("restartViewer('1')")
        await leader.evaluate("restartPublisher('1')")
        before = await alice.evaluate("state.videos['main-video'].frames")
        await alice.wait_for_function(f"state.videos['main-video'].frames > {before + 60}")
        assert not house.told("lost")
        assert len(house.told("connected")) == 1
        assert await alice.evaluate("state.states.at(-1)") == "connected"


async def test_a_network_without_udp_watches_over_tcp() -> None:
    async with studio() as house, theatre(house.worker) as stage:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice = await stage.page(), await stage.page()
        await leader.evaluate("publish('1', 'leader-1', 'H264')")
        await alice.evaluate("watch('1', 'alice', false)")
        await alice.wait_for_function("state.videos['main-video']?.frames > 20")
        pairs = await alice.evaluate(
            "state.connection.getStats().then((all) => [...all.values()].filter("
            "(one) => one.type === 'local-candidate').map((one) => one.protocol))"
        )
        assert "tcp" in pairs
