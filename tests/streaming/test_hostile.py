"""Bytes from outside that mean harm: rubbish records, spoofed addresses, replays, wrong keys. The broadcast goes on."""

import random
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming import red
from streaming.commands import Assign, Publish
from streaming.mux import MAX_DATAGRAM, Mux
from streaming.path import MAX_INBOX, IcePath
from streaming.records import are_records
from streaming.rtcp import write_nack
from tests.streaming.people import Studio, studio, until
from tests.streaming.test_path import Wire, _check
from tests.streaming.wire import OFFER, Caller, Seer, Sender


async def on_air(house: Studio) -> tuple[Sender, Seer]:
    """A leader on stage and Alice, who has seen a picture."""
    await house.worker.handle(Assign("1", "main", "leader-1"))
    leader, alice = Sender(), Seer()
    await leader.publish(house, "leader-1")
    await alice.watch(house, "alice")
    leader.frame(key=True)
    await until(lambda: len(alice.pictures()) == 4)
    return leader, alice


async def close(*people: Caller) -> None:
    for one in people:
        await one.close()


def forged(house: Studio) -> int:
    found: int = house.worker.statistics("1")["publishers"][0]["forged"]
    return found


def dropped(house: Studio, name: str) -> int:
    found: int = house.worker.statistics("1")["dropped"][name]
    return found


@given(
    st.binary(max_size=120)
    | st.builds(
        lambda head, tail: head + tail,
        st.sampled_from([b"\xef", b"\xef\x0f\x00\x03\x6f", b"\x6f"]),
        st.binary(max_size=60),
    )
)
def test_any_bytes_as_redundant_sound(data: bytes) -> None:
    found = red.parse_red(data)
    if found is not None:
        blocks, primary = found
        assert sum(len(block) for _, block in blocks) + len(primary) <= len(data)


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(1, MAX_DATAGRAM)), max_size=200))
async def test_records_of_any_size_wait_in_a_bounded_line(packets: list[tuple[int, int]]) -> None:
    path, wire = IcePath(Mux(), 0.0), Wire(1)
    path.check(_check(path.credentials), wire, 0.0)
    for first, size in packets:
        path.receive(bytes((first,)) + bytes(size - 1), wire)
    assert len(path._inbox) <= MAX_INBOX and len(path._early) <= MAX_INBOX
    kept = len(path._inbox) + len(path._early)
    assert kept + path.dropped == len(packets)


def record(kind: int, body: bytes, epoch: int = 0) -> bytes:
    return (
        bytes((kind, 0xFE, 0xFD)) + epoch.to_bytes(2, "big") + bytes(6) + len(body).to_bytes(2, "big") + body
    )


@given(
    st.lists(
        st.tuples(st.integers(20, 23), st.binary(min_size=1, max_size=40), st.integers(0, 3)),
        min_size=1,
        max_size=5,
    )
)
def test_whole_records_are_handed_on_and_cut_ones_are_not(parts: list[tuple[int, bytes, int]]) -> None:
    datagram = b"".join(record(*part) for part in parts)
    plain_alert = any(kind == 21 and epoch == 0 for kind, _, epoch in parts)
    assert are_records(datagram, handshaking=False)
    assert are_records(datagram, handshaking=True) == (not plain_alert)
    assert not are_records(datagram[:-1], handshaking=False)
    assert not are_records(datagram + b"\x16", handshaking=False)


@given(st.binary(max_size=100))
def test_any_bytes_as_records(data: bytes) -> None:
    are_records(data, True)
    assert are_records(data, False) or not are_records(data, True)


async def test_a_forged_alert_ends_no_handshake() -> None:
    async with studio() as house:
        leader = Sender()
        sdp = (await house.worker.handle(Publish("1", "leader-1", leader.fill(OFFER))))["sdp"]
        leader.learn(sdp)
        leader.check()
        await until(lambda: leader.stun)
        leader.send_raw(record(21, b"\x02\x28"))
        leader.send_raw(b"\x15\xfe\xfd" + bytes(8) + b"\x8f\xce" + bytes(20))
        await leader.connect(sdp)
        assert not house.told("lost")
        await close(leader)


@pytest.mark.parametrize("size", [1, 12, 13, 14, 100, 1_400, MAX_DATAGRAM])
async def test_rubbish_records_spoil_no_handshake(size: int) -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice, chance = Sender(), Seer(), random.Random(size)
        sdp = (await house.worker.handle(Publish("1", "leader-1", leader.fill(OFFER))))["sdp"]
        leader.learn(sdp)
        leader.check()
        await until(lambda: leader.stun)
        for head in (
            b"\x16",
            b"\x16\xfe\xfd\x00\x00",
            b"\x16\xfe\xff",
            b"\x14\xfe\xfd",
            b"\x17\xfe\xfd\x00\x01",
        ):
            leader.send_raw((head + chance.randbytes(size))[:MAX_DATAGRAM])
        await leader.connect(sdp)
        for first in (20, 21, 22, 23, 63):
            leader.send_raw(bytes((first,)) + chance.randbytes(size - 1))
        await alice.watch(house, "alice")
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        await close(leader, alice)


async def test_a_replayed_packet_is_taken_once() -> None:
    async with studio() as house:
        leader, alice = await on_air(house)
        packet = leader.dtls._tx_srtp.protect(leader.make_frame(size=1)[0])
        for _ in range(20):
            leader.send_raw(packet)
        await until(lambda: forged(house) == 19)
        leader.frame()
        await until(lambda: len(alice.pictures()) == 8)
        await close(leader, alice)


async def test_recorded_media_from_a_foreign_address_goes_nowhere() -> None:
    async with studio() as house:
        leader, alice = await on_air(house)
        mallory = Caller()
        mallory.target = leader.target
        mallory.send_raw(leader.dtls._tx_srtp.protect(leader.make_frame(size=1)[0]))
        mallory.send_raw(alice.dtls._tx_srtp.protect_rtcp(write_nack(1, 1, [1, 2, 3])))
        await until(lambda: dropped(house, "unknown_address") == 2)
        leader.frame(size=1)
        await until(lambda: len(alice.pictures()) == 5)
        assert not mallory.rtp and mallory.stun == 0
        await close(leader, alice)
        await mallory.close(goodbye=False)


async def test_a_spoofed_address_with_wrong_keys_moves_nothing() -> None:
    """Bob's packets seem to come from Alice: they decrypt with nobody's keys there."""
    async with studio() as house:
        leader, alice = await on_air(house)
        bob = Seer()
        await bob.watch(house, "bob")
        for sender, keys in ((leader, bob), (alice, bob)):
            sender.send_raw(keys.dtls._tx_srtp.protect(leader.make_frame(size=1)[0]))
            sender.send_raw(keys.dtls._tx_srtp.protect_rtcp(write_nack(1, 1, [1])))
        await until(lambda: forged(house) == 2)
        receivers = {one["viewer"]: one for one in house.worker.statistics("1")["receivers"]}
        assert receivers["alice"]["forged"] == 2 and receivers["bob"]["forged"] == 0
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 8)
        await close(leader, alice, bob)


async def test_a_stranger_gets_not_a_byte_whatever_it_sends() -> None:
    async with studio() as house:
        leader, alice = await on_air(house)
        mallory, chance = Caller(), random.Random(4)
        mallory.target, got = leader.target, list[bytes]()
        mallory._loop.remove_reader(mallory._sockets[-1].fileno())
        for size in range(1, 500):
            mallory.send_raw(bytes((size % 256,)) + chance.randbytes(size))
        mallory.check("a guess")
        await until(lambda: dropped(house, "unknown_address") + dropped(house, "refused_stun") == 500)
        with pytest.raises(BlockingIOError):
            got.append(mallory._sockets[-1].recv(2_048))
        assert got == []
        leader.frame()
        await until(lambda: len(alice.pictures()) == 7)
        await close(leader, alice)
        for sock in mallory._sockets:
            sock.close()


async def test_a_viewer_who_asks_for_everything_again_gets_a_measure() -> None:
    async with studio() as house:
        leader, alice = await on_air(house)
        seen = alice.pictures()
        for _ in range(50):
            alice.send_rtcp(write_nack(1, seen[0].ssrc, [one.sequence for one in seen]))
            alice.send_rtcp(write_nack(1, seen[0].ssrc, [secrets.randbelow(1 << 16) for _ in range(200)]))

        def receiver() -> dict[str, int]:
            found: dict[str, int] = house.worker.statistics("1")["receivers"][0]
            return found

        await until(lambda: receiver()["resend_refused"] > 100)
        assert receiver()["resent"] <= 100
        await close(leader, alice)
