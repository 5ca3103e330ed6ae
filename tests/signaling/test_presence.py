"""Expiring keys: what a process that died said about itself goes by itself."""

import pytest

from signaling.presence import SOCKETS_TTL, WORKER_TTL, MemoryStore, Presence, Sockets, StageFacts


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


async def test_sockets_of_all_processes_are_added_up(time: Time) -> None:
    store = MemoryStore(time)
    one, two = Presence(store, "one"), Presence(store, "two")
    await one.note_sockets(12, Sockets(3, {7: 1, 8: 2}))
    await two.note_sockets(12, Sockets(4, {7: 1}))
    await two.note_sockets(13, Sockets(50))
    assert await one.sockets(12) == Sockets(7, {7: 2, 8: 2})
    await two.forget_sockets(12)
    assert (await one.sockets(12)).viewers == 3


async def test_a_dead_process_is_forgotten(time: Time) -> None:
    store = MemoryStore(time)
    await Presence(store, "dead").note_sockets(12, Sockets(3))
    time.now += SOCKETS_TTL + 1
    assert await Presence(store, "alive").sockets(12) == Sockets()


async def test_a_session_is_placed_once_and_anew_when_its_process_is_gone(time: Time) -> None:
    presence = Presence(MemoryStore(time), "web")
    assert await presence.place(12) is None
    await presence.note_worker("a", 0)
    assert await presence.place(12) == "a"
    await presence.note_worker("b", 0)
    assert await presence.place(12) == "a"
    await presence.forget_worker("a")
    assert await presence.place(12) == "b"
    time.now += WORKER_TTL + 1
    assert await presence.placed(12) is None
    assert await presence.place(12) is None


async def test_sessions_of_a_dead_process_are_spread_over_the_living(time: Time) -> None:
    presence = Presence(MemoryStore(time), "web")
    await presence.note_worker("dead", 0)
    for session in range(6):
        assert await presence.place(session) == "dead"
    for worker, viewers in (("a", 1), ("b", 0), ("crowded", 50)):
        await presence.note_worker(worker, viewers)
    await presence.forget_worker("dead")
    assert sorted([str(await presence.place(session)) for session in range(6)]) == ["a"] * 3 + ["b"] * 3


async def test_nobody_takes_sessions_while_those_who_hold_them_have_not_spoken_up_again(time: Time) -> None:
    class Restarted(MemoryStore):
        forgetful = True

        async def is_forgetful(self) -> bool:
            return self.forgetful

    store = Restarted(time)
    first, holder = Presence(store, "first"), Presence(store, "holder")
    await first.note_worker("first", 0)
    assert await first.place(12) is None
    await holder.note_worker("holder", 9)
    await holder.keep_placed(12, "holder")
    assert await first.place(12) == "holder"
    store.forgetful = False
    assert await first.place(12) == "holder" and await first.place(13) == "first"


async def test_a_placement_that_was_made_anew_is_not_dropped_by_who_comes_late(time: Time) -> None:
    presence = Presence(MemoryStore(time), "web")
    await presence.keep_placed(12, "b")
    await presence.drop_placement(12, "a")
    assert await presence.placed(12) == "b"
    await presence.drop_placement(12, "b")
    assert await presence.placed(12) is None


async def test_workers_tell_their_load_while_they_live(time: Time) -> None:
    presence = Presence(MemoryStore(time), "web")
    await presence.note_worker("a", 3)
    await presence.note_worker("b", 0)
    assert await presence.workers() == {"a": 3, "b": 0}
    time.now += WORKER_TTL / 2
    await presence.note_worker("b", 1)
    time.now += WORKER_TTL / 2 + 1
    assert await presence.workers() == {"b": 1}


async def test_the_stage_is_kept_as_it_was_noted(time: Time) -> None:
    presence = Presence(MemoryStore(time), "media")
    assert await presence.stage(12) == StageFacts()
    facts = StageFacts(main_present=True, guest_person=7, on_since_ms=1500, seat_until=17.5, webrtc=3)
    await presence.note_stage(12, facts)
    assert await presence.stage(12) == facts


async def test_a_peer_has_one_owner(time: Time) -> None:
    presence = Presence(MemoryStore(time), "web")
    await presence.own_peer(12, "p", "7:tab")
    assert await presence.owner_of(12, "p") == "7:tab"
    assert await presence.owner_of(13, "p") is None
    await presence.drop_peer(12, "p")
    assert await presence.owner_of(12, "p") is None
