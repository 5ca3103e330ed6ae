"""Three sizes of a picture through the whole engine: what viewers and sinks get of them."""

import asyncio

from streaming.commands import Assign, Publish
from streaming.ladder import SOUND
from streaming.rtcp import parse_rtcp, write_nack, write_sender_report
from streaming.rtp import open_rtx
from streaming.sdp import parse_sdp
from streaming.viewer import Viewer
from tests.streaming.people import Recorder, Studio, studio, until
from tests.streaming.simulcast import Layered
from tests.streaming.test_wire import is_continuous
from tests.streaming.wire import Seer


async def on_stage(house: Studio) -> Layered:
    await house.worker.handle(Assign("1", "main", "leader-1"))
    leader = Layered()
    result = await house.worker.handle(Publish("1", "leader-1", leader.offer()))
    answer = parse_sdp(result["sdp"])
    assert "a=simulcast:recv h;m;l" in result["sdp"] and len(answer.sections) == 2
    leader.peer = result["peer"]
    await leader.connect(result["sdp"])
    return leader


def viewer(house: Studio, name: str) -> Viewer:
    return house.worker._rooms["1"].viewers[name]


async def climb(house: Studio, name: str, rung: int) -> None:
    """As if the viewer's reports had led there."""
    one = viewer(house, name)
    one.ladder.rung, one.ladder.is_fresh = rung, False
    house.worker._rooms["1"].on_rung(one, 0.0)


def sizes(seer: Seer) -> list[int]:
    """Packets per frame, in the order of the viewer's numbers: 4, 2 and 1, one more for a key frame."""
    counts: dict[int, int] = {}
    for packet in seer.pictures():
        counts[packet.timestamp] = counts.get(packet.timestamp, 0) + 1
    return [*counts.values()]


def test_only_what_is_declared_for_sending_is_a_layer_best_first() -> None:
    def layers(*lines: str) -> list[str]:
        head = (
            "v=0\na=fingerprint:sha-256 "
            + ":".join(["AA"] * 32)
            + "\nm=video 9 UDP/TLS/RTP/SAVPF 102\na=mid:1\n"
        )
        return parse_sdp(head + "\n".join(f"a={line}" for line in lines)).sections[0].layers

    sent = ["rid:h send", "rid:m send pt=102", "rid:l send", "rid:x recv", "rid:bad! send"]
    assert layers(*sent, "simulcast:send h;m;l recv x") == ["h", "m", "l"]
    assert layers(*sent, "simulcast:recv x send l,m;~h;unknown") == ["l", "h"]
    assert layers(*sent) == layers(*sent, "simulcast:send h") == layers(*sent, "simulcast:send") == []
    assert layers("simulcast:send h;m;l") == []


async def test_every_viewer_has_its_layer_and_changes_show_as_no_gap() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice, bob = Seer(), Seer()
        await alice.watch(house, "alice")
        await bob.watch(house, "bob")
        leader.picture(key=True)
        await until(lambda: sizes(alice) == [2] and sizes(bob) == [2])  # both begin with the smallest
        await climb(house, "alice", 0)
        leader.picture()  # she stays with what she has until the better one begins
        await until(lambda: sizes(alice) == [2, 1])
        leader.picture(key=True)
        leader.picture()
        await until(lambda: sizes(bob) == [2, 1, 2, 1])
        await until(lambda: sizes(alice)[-2:] == [5, 4])
        await climb(house, "alice", 1)
        leader.picture()  # down she leaves at once: her line is full
        await until(lambda: len(bob.pictures()) == 7)
        leader.picture(key=True)
        leader.picture()
        await until(lambda: sizes(alice)[-3:] == [4, 3, 2])
        for seer in (alice, bob):
            assert is_continuous(seer)
            times = [packet.timestamp for packet in seer.pictures()]
            assert all(
                (after - before) % 2**32 < 90_000 for before, after in zip(times, times[1:], strict=False)
            )
        assert len({packet.ssrc for packet in alice.pictures()}) == 1
        for one in (leader, alice, bob):
            await one.close()


async def test_what_was_lost_before_a_change_is_forgotten_and_what_came_after_is_sent_again() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.picture(key=True)
        await until(lambda: len(alice.pictures()) == 2)
        await climb(house, "alice", 0)
        leader.picture(key=True)
        await until(lambda: sizes(alice)[-1] == 5)
        before, after = alice.pictures()[0], alice.pictures()[-1]
        alice.send_rtcp(write_nack(1, after.ssrc, [before.sequence, after.sequence]))
        await until(lambda: any(packet.payload_type == 103 for packet in alice.rtp))
        await asyncio.sleep(0.1)
        again = [packet for packet in alice.rtp if packet.payload_type == 103]
        found = open_rtx(again[0], 102, after.ssrc)
        assert len(again) == 1 and found is not None and found.payload == after.payload
        await leader.close()
        await alice.close()


async def test_sound_only_is_told_and_the_picture_returns_behind_the_last_one() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.picture(key=True)
        await until(lambda: len(alice.pictures()) == 2)
        await climb(house, "alice", SOUND)
        assert house.told("picture")[-1].detail == {"picture": "paused"}
        assert house.told("picture")[-1].peer == alice.peer
        leader.picture()
        leader.picture(key=True)
        await until(lambda: house.worker.statistics("1")["publishers"][0]["streams"][0]["keys"] == 2)
        await climb(house, "alice", 2)
        assert house.told("picture")[-1].detail == {"picture": "reduced"}
        await asyncio.sleep(0.1)
        assert len(alice.pictures()) == 2
        leader.picture(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        assert is_continuous(alice)
        await climb(house, "alice", 0)
        assert house.told("picture")[-1].detail == {"picture": "full"}
        await leader.close()
        await alice.close()


async def test_sinks_get_the_best_layer_and_go_on_with_the_next_when_it_stops() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        sink = Recorder()
        house.worker.add_sink("1", sink)
        leader.picture(key=True)
        leader.picture()
        await until(lambda: len(sink.of("video")) == 2)
        for layer in range(3):
            leader.send_rtcp(write_sender_report(7_000 + layer, (1_000 + layer) << 32, 90_000 * layer, 1, 1))
        await until(lambda: sink.reports)
        assert [report.ntp for report in sink.reports] == [1_000.0]
        big = len(sink.of("video")[0].data)
        leader.sizes[0] = 0  # the browser's line carries no more: it drops the best size
        asked = len([item for data in leader.rtcp for item in parse_rtcp(data)])

        def resting() -> bool:
            leader.picture()
            return house.worker._rooms["1"].stage.slots["main"].layers == {1, 2}

        await until(resting)
        await until(lambda: len([item for data in leader.rtcp for item in parse_rtcp(data)]) > asked)
        before = len(sink.of("video"))
        leader.picture(key=True)
        leader.picture()
        await until(lambda: len(sink.of("video")) == before + 2)
        assert sink.of("video")[-2].key and len(sink.of("video")[-2].data) < big
        times = [frame.timestamp for frame in sink.of("video")]
        assert all(
            0 < (after - before) % 2**32 < 90_000 * 30
            for before, after in zip(times, times[1:], strict=False)
        )
        leader.sizes[0] = 4
        leader.picture(key=True)
        await until(lambda: house.worker._rooms["1"].stage.slots["main"].layers == {0, 1, 2})
        leader.picture(key=True)
        await until(lambda: len(sink.of("video")[-1].data) >= big)
        await leader.close()


async def test_a_packet_that_comes_late_never_uses_a_number_twice() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice, bob = Seer(), Seer()
        await alice.watch(house, "alice")
        await bob.watch(house, "bob")
        leader.picture(key=True)
        await climb(house, "bob", 0)
        leader.picture(key=True)
        await until(lambda: sizes(bob)[-1:] == [5])
        leader.count += 1
        late = leader.layer_packets(2, key=False)
        for packet in leader.layer_packets(0, key=False):
            leader.send_rtp(packet)
        await climb(house, "bob", 2)
        leader.picture(key=True)
        await until(lambda: sizes(bob)[-1:] == [2])
        for packet in late:
            leader.send_rtp(packet)
        leader.picture()
        await until(lambda: sizes(bob)[-1:] == [1])
        await asyncio.sleep(0.05)
        numbers = [packet.sequence for packet in bob.pictures()]
        assert len(set(numbers)) == len(numbers) and is_continuous(bob)
        for one in (leader, alice, bob):
            await one.close()
