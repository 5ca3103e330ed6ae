"""The whole engine with ordinary aiortc publishers and viewers over loopback UDP."""

from streaming.commands import Assign
from tests.streaming.people import Recorder, studio, until


async def test_a_viewer_decodes_what_the_leader_sends():
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        sink = Recorder()
        house.worker.add_sink("1", sink)
        leader, _ = await house.publish("leader-1")
        alice = await house.watch("alice")
        assert alice.accepted == {"playable": True, "codecs": ["h264", "opus", "vp8"]}
        await until(lambda: alice.decoded.get("main-video", 0) > 10)
        await until(lambda: alice.decoded.get("main-audio", 0) > 10)
        assert ("stage", "leader-1", "main") in sink.calls
        assert sink.of("video")[0].key
        assert sink.of("video")[0].data.startswith(b"\x00\x00\x00\x01\x67")
        assert len(sink.of("audio")) > 10
        await leader.close()
        await until(lambda: house.told("lost"))
        await alice.close()
