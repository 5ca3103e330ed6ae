"""Viewers that join late in the numbers, through the whole engine."""

from streaming.clock import VIDEO_CLOCK
from streaming.rewriting import Rewriter
from streaming.rtcp import write_nack
from streaming.rtp import open_rtx
from tests.streaming.people import studio, until
from tests.streaming.test_wire import is_continuous, on_stage
from tests.streaming.wire import Seer


async def test_a_late_viewer_begins_in_the_lower_half_and_its_nacks_are_understood() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        video = house.worker._rooms["1"].stage.slots["main"].pictures[0]
        video._rewriter = Rewriter(VIDEO_CLOCK, first_index=32_768 + 250)
        alice, bob = Seer(), Seer()
        await alice.watch(house, "alice")  # just before the border: hers are not moved
        leader.frame(key=True, size=9)
        await until(lambda: len(alice.pictures()) == 10)
        leader.frame(key=True)
        await bob.watch(house, "bob")
        await until(lambda: len(bob.pictures()) == 4)
        leader.frame()
        await until(lambda: len(bob.pictures()) == 7)
        await until(lambda: len(alice.pictures()) == 17)
        assert is_continuous(alice) and is_continuous(bob)
        assert alice.pictures()[0].sequence == 32_768 + 250
        assert [packet.sequence for packet in bob.pictures()] == [260 + at for at in range(7)]
        for mine, hers in zip(bob.pictures(), alice.pictures()[-7:], strict=True):
            assert mine.payload == hers.payload
        lost = bob.pictures()[5]
        bob.send_rtcp(write_nack(1, lost.ssrc, [lost.sequence]))
        await until(lambda: any(packet.payload_type == 103 for packet in bob.rtp))
        again = open_rtx(next(packet for packet in bob.rtp if packet.payload_type == 103), 102, lost.ssrc)
        assert again is not None
        assert (again.sequence, again.payload) == (lost.sequence, lost.payload)
        told = house.worker.statistics("1")["fanout"]
        assert told["viewers"][told["engine"]] == 2 and told["failed"] == told["unsendable"] == 0
        for one in (leader, alice, bob):
            await one.close()
