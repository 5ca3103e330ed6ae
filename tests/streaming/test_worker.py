"""The whole engine with ordinary aiortc publishers and viewers over loopback UDP."""

import pytest

from streaming.commands import Assign, CloseRoom, Hold, Leave, Statistics, Watch
from streaming.errors import StreamingError
from streaming.sinks import Frame
from tests.streaming.people import Recorder, Studio, Watching, studio, until

pytestmark = pytest.mark.slow


async def _leader_and_alice(house: Studio) -> tuple[object, Watching, Recorder]:
    await house.worker.handle(Assign("1", "main", "leader-1"))
    sink = Recorder()
    house.worker.add_sink("1", sink)
    leader, _ = await house.publish("leader-1")
    alice = await house.watch("alice")
    await until(lambda: alice.decoded.get("main-video", 0) > 5)
    return leader, alice, sink


async def test_a_viewer_decodes_what_the_leader_sends() -> None:
    async with studio() as house:
        leader, alice, sink = await _leader_and_alice(house)
        assert alice.accepted == {"playable": True, "codecs": ["h264", "opus", "vp8"]}
        await until(lambda: alice.decoded.get("main-audio", 0) > 10)
        assert sink.calls == [("stage", "leader-1", "main")]
        first = sink.of("video")[0]
        assert first.key and first.data.startswith(b"\x00\x00\x00\x01\x67")
        await until(lambda: len(sink.of("audio")) > 10)
        assert not any(frame.lost_before for frame in sink.frames)
        await leader.close()  # type: ignore[attr-defined]
        await until(lambda: house.told("lost"))
        assert sink.calls[-1] == ("leave", "leader-1")
        await alice.close()


async def test_sender_reports_reach_the_sinks() -> None:
    async with studio() as house:
        leader, alice, sink = await _leader_and_alice(house)
        await until(lambda: {report.kind for report in sink.reports} == {"audio", "video"})
        await leader.close()  # type: ignore[attr-defined]
        await alice.close()


async def test_vp8_is_forwarded_where_there_is_nothing_else() -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        sink = Recorder()
        house.worker.add_sink("1", sink)
        leader, _ = await house.publish("leader-1", "video/VP8")
        alice = await house.watch("alice")
        await until(lambda: alice.decoded.get("main-video", 0) > 5)
        assert sink.of("video")[0].codec == "vp8" and sink.of("video")[0].key
        await leader.close()
        await alice.close()


async def test_a_publisher_comes_back_into_its_slot_without_renegotiation() -> None:
    async with studio() as house:
        leader, alice, sink = await _leader_and_alice(house)
        await leader.close()  # type: ignore[attr-defined]
        await until(lambda: house.told("lost"))
        seen = alice.decoded["main-video"]
        again, peer = await house.publish("leader-1")
        await until(lambda: alice.decoded["main-video"] > seen + 10)
        assert [event.peer for event in house.told("returned")] == [peer]
        assert sink.calls == [
            ("stage", "leader-1", "main"),
            ("leave", "leader-1"),
            ("stage", "leader-1", "main"),
        ]
        await again.close()
        await alice.close()


async def test_a_second_tab_takes_over_and_the_first_is_told() -> None:
    async with studio() as house:
        first, alice, _ = await _leader_and_alice(house)
        seen = alice.decoded["main-video"]
        second, peer = await house.publish("leader-1")
        await until(lambda: alice.decoded["main-video"] > seen + 10)
        assert [event.detail["by"] for event in house.told("replaced")] == [peer]
        assert not house.told("lost")
        await until(lambda: first.connectionState == "closed")  # type: ignore[attr-defined]
        await second.close()
        await alice.close()


async def test_only_who_holds_a_slot_is_seen() -> None:
    async with studio() as house:
        sink = Recorder()
        house.worker.add_sink("1", sink)
        guest, _ = await house.publish("guest-7")
        await until(lambda: house.told("connected"))
        alice = await house.watch("alice")
        await until(lambda: house.worker.statistics("1")["publishers"][0]["sending"])
        assert not sink.frames
        await house.worker.handle(Assign("1", "guest", "guest-7"))
        await until(lambda: alice.pictures > 5)
        await house.worker.handle(Assign("1", "guest", None))
        assert sink.calls == [("stage", "guest-7", "guest"), ("leave", "guest-7")]
        count = len(sink.frames)
        await until(lambda: house.worker.statistics("1")["viewers"] == 1)
        assert len(sink.frames) == count
        await guest.close()
        await alice.close()


async def test_a_held_slot_is_dark_until_it_is_released() -> None:
    async with studio() as house:
        leader, alice, sink = await _leader_and_alice(house)
        await house.worker.handle(Hold("1", "main", True))
        count, sent = len(sink.frames), house.worker.statistics("1")["fanout"]["sent"]
        publisher = house.worker.statistics("1")["publishers"][0]["streams"][0]["packets"]
        await until(
            lambda: house.worker.statistics("1")["publishers"][0]["streams"][0]["packets"] > publisher + 20
        )
        assert len(sink.frames) == count
        assert house.worker.statistics("1")["fanout"]["sent"] == sent
        await house.worker.handle(Hold("1", "main", False))
        seen = alice.decoded["main-video"]
        await until(lambda: alice.decoded["main-video"] > seen + 10)
        await until(lambda: len(sink.frames) > count + 10)
        assert sink.of("video")[-1].codec == "h264"
        assert sink.calls.count(("stage", "leader-1", "main")) == 2
        await leader.close()  # type: ignore[attr-defined]
        await alice.close()


async def test_a_sink_that_raises_is_dropped_and_nobody_else_notices() -> None:
    class Broken(Recorder):
        def on_frame(self, frame: Frame) -> None:
            raise RuntimeError("disk full")

    async with studio() as house:
        house.worker.add_sink("1", Broken())
        leader, alice, sink = await _leader_and_alice(house)
        assert [event.detail for event in house.told("sink_failed")] == [
            {"sink": "Broken", "error": "RuntimeError"}
        ]
        assert sink.frames
        await leader.close()  # type: ignore[attr-defined]
        await alice.close()


async def test_a_late_sink_hears_who_is_on_stage_and_gets_a_key_frame() -> None:
    async with studio() as house:
        leader, alice, _ = await _leader_and_alice(house)
        late = Recorder()
        house.worker.add_sink("1", late)
        assert late.calls == [("stage", "leader-1", "main")]
        await until(lambda: any(frame.key for frame in late.of("video")))
        await leader.close()  # type: ignore[attr-defined]
        await alice.close()


async def test_viewers_beyond_the_limit_are_sent_to_hls() -> None:
    async with studio(max_viewers=1) as house:
        await house.worker.handle(Watch("1", "alice"))
        await house.worker.handle(Watch("1", "alice"))  # the same person again
        with pytest.raises(StreamingError) as refusal:
            await house.worker.handle(Watch("2", "bob"))
        assert refusal.value.code == "full"


async def test_leaving_and_closing_free_everything() -> None:
    async with studio() as house:
        leader, alice, _ = await _leader_and_alice(house)
        await house.worker.handle(Leave("1", alice.peer))
        assert (await house.worker.handle(Statistics("1")))["viewers"] == 0
        await house.worker.handle(CloseRoom("1"))
        await until(lambda: leader.connectionState == "closed")  # type: ignore[attr-defined]
        assert (await house.worker.handle(Statistics("1"))) == {"viewers": 0, "publishers": []}
        await alice.close()
