"""Publishers who come back: with a new connection, or after a silence."""

import pytest

from streaming.rtp import parse_rtp
from tests.streaming.people import Recorder, studio, until
from tests.streaming.test_wire import is_continuous, on_stage
from tests.streaming.wire import Seer, Sender


async def test_a_new_publisher_in_the_slot_continues_the_numbers_without_a_gap() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        again = Sender()
        again.sequence, again.timestamp = 17, 99
        await again.publish(house, "leader-1")
        again.frame()  # nobody can begin here
        again.frame(key=True)
        again.frame()
        await until(lambda: len(alice.pictures()) == 4 + 4 + 3)
        assert is_continuous(alice)
        times = [packet.timestamp for packet in alice.pictures()]
        assert all(
            (after - before) % (1 << 32) < 90_000 * 60
            for before, after in zip(times, times[1:], strict=False)
        )
        assert parse_rtp(again.make_frame()[0]) is not None
        for one in (leader, again, alice):
            await one.close()


async def test_a_silent_publisher_is_lost_and_returns_with_its_next_packets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("streaming.publisher.SILENCE", 0.3)
    async with studio() as house:
        leader = await on_stage(house)
        sink = Recorder()
        house.worker.add_sink("1", sink)
        leader.frame(key=True)
        await until(lambda: house.told("lost"))
        assert house.told("lost")[0].detail == {"reason": "silent", "slot": "main"}
        leader.frame(key=True)
        await until(lambda: house.told("returned"))
        assert sink.calls[:3] == [
            ("stage", "leader-1", "main"),
            ("leave", "leader-1"),
            ("stage", "leader-1", "main"),
        ]
        assert len(sink.of("video")) == 2
        await leader.close()


async def test_one_who_takes_over_sends_nothing_and_goes_is_told_as_lost() -> None:
    """A page reloaded and closed at once: nobody is there any more, and a console must not say otherwise."""
    async with studio() as house:
        leader = await on_stage(house)
        leader.frame(key=True)
        await until(lambda: house.worker.statistics("1")["slots"]["main"]["live"])
        silent = Sender()
        await silent.publish(house, "leader-1")
        await silent.close()
        await until(lambda: house.told("lost"))
        assert [event.kind for event in house.events if event.kind in ("replaced", "lost")] == [
            "replaced",
            "lost",
        ]
        # Lost once, and once more only after it was there again.
        again = Sender()
        await again.publish(house, "leader-1")
        await again.close()
        await until(lambda: len(house.told("lost")) == 2)
        await leader.close()
