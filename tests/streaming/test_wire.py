"""The engine between synthetic peers: numbers, repair, caches, addresses, on a wire the test controls."""

import asyncio

import pytest

from streaming.clock import sequence_delta
from streaming.commands import Assign, Restart, SlotName
from streaming.rtcp import Nack, SenderInfo, parse_rtcp, write_key_request, write_nack, write_sender_report
from streaming.rtp import open_rtx, write_rtp, write_rtx
from tests.streaming.people import Recorder, Studio, studio, until
from tests.streaming.wire import OFFER, Seer, Sender

pytestmark = pytest.mark.slow


async def on_stage(house: Studio) -> Sender:
    await house.worker.handle(Assign("1", "main", "leader-1"))
    leader = Sender()
    await leader.publish(house, "leader-1")
    return leader


def is_continuous(seer: Seer) -> bool:
    numbers = sorted(
        {packet.sequence for packet in seer.pictures()},
        key=lambda number: sequence_delta(number, seer.pictures()[0].sequence),
    )
    steps = zip(numbers, numbers[1:], strict=False)
    return all(sequence_delta(after, before) == 1 for before, after in steps)


async def test_thirty_viewers_get_every_packet_over_a_wrap_of_the_publishers_counters() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        seers = [Seer() for _ in range(30)]
        for number, seer in enumerate(seers):
            await seer.watch(house, f"viewer-{number}")
        sent = []
        for count in range(20):
            packets = leader.make_frame(key=count == 0)
            sent += [packet[12:] for packet in packets]
            for packet in packets:
                leader.send_rtp(packet)
            await asyncio.sleep(0.01)
        for seer in seers:
            await until(lambda seer=seer: len(seer.pictures()) == len(sent))  # type: ignore[misc]
            assert [packet.payload for packet in seer.pictures()] == sent
            assert is_continuous(seer)
            assert seer.pictures()[-1].timestamp - seer.pictures()[0].timestamp == 19 * 3_000
        assert len({packet.ssrc for seer in seers for packet in seer.pictures()}) == 1
        assert len({seer.pictures()[0].sequence for seer in seers}) == 1
        for one in (leader, *seers):
            await one.close()


async def test_leader_guest_and_co_host_have_a_slot_each() -> None:
    names: dict[SlotName, str] = {"main": "leader-1", "guest": "guest-7", "cohost": "cohost-9"}
    async with studio() as house:
        sink = Recorder()
        house.worker.add_sink("1", sink)
        alice, senders = Seer(), [Sender() for _ in names]
        await alice.watch(house, "alice")
        for sender, (slot, name) in zip(senders, names.items(), strict=True):
            await house.worker.handle(Assign("1", slot, name))
            await sender.publish(house, name)
            sender.frame(key=True)
        await until(lambda: len(alice.pictures()) == 12 and len(sink.frames) == 3)
        assert len({packet.ssrc for packet in alice.pictures()}) == 3
        assert sorted(sink.calls) == sorted(("stage", name, slot) for slot, name in names.items())
        for one in (alice, *senders):
            await one.close()


async def test_a_late_viewer_gets_the_picture_since_the_last_key_at_once() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        leader.frame(key=True)
        for _ in range(5):
            leader.frame()
        await until(lambda: house.worker.statistics("1")["slots"]["main"]["live"])
        alice = Seer()
        await alice.watch(house, "alice")
        await until(lambda: len(alice.pictures()) == 4 + 15)
        assert alice.pictures()[0].payload[0] & 31 == 24
        await leader.close()
        await alice.close()


async def test_a_long_gop_is_not_replayed_but_a_key_is_asked_for() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        leader.frame(key=True)
        for _ in range(31):
            leader.frame(size=10)
            await asyncio.sleep(0.002)
        alice = Seer()
        await alice.watch(house, "alice")
        await until(lambda: any(item[1] == 206 for item in leader.rtcp if item[0] & 31 == 1))
        assert not alice.pictures()
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        await leader.close()
        await alice.close()


async def test_a_lost_packet_is_asked_of_the_publisher_and_its_rtx_is_forwarded_once() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        packets = leader.make_frame()
        leader.send_rtp(packets[0])
        leader.send_rtp(packets[2])
        leader.frame()
        wanted = int.from_bytes(packets[1][2:4], "big")

        def asked() -> bool:
            items = [item for data in leader.rtcp for item in parse_rtcp(data)]
            return any(isinstance(item, Nack) and wanted in item.sequences for item in items)

        await until(asked)
        assert not is_continuous(alice)
        for number in range(2):  # the second one is a probe in the clothes of a retransmission
            leader.send_rtp(write_rtx(packets[1], 103, number, 3333))
        await until(lambda: len(alice.pictures()) == 4 + 3 + 3)
        assert is_continuous(alice)
        stream = house.worker.statistics("1")["publishers"][0]["streams"][0]
        await until(lambda: house.worker.statistics("1")["publishers"][0]["streams"][0]["duplicates"] == 1)
        assert stream["repaired"] == 1
        await leader.close()
        await alice.close()


async def test_padding_leaves_no_hole_in_what_viewers_get() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        for _ in range(3):
            leader.send_rtp(write_rtp(102, False, leader.sequence, leader.timestamp, 2222, b""))
            leader.sequence = (leader.sequence + 1) & 0xFFFF
        leader.frame()
        await until(lambda: len(alice.pictures()) == 4 + 3 + 3)
        assert is_continuous(alice)
        assert [len(packet.payload) for packet in alice.pictures()[4:7]] == [0, 0, 0]
        await leader.close()
        await alice.close()


async def test_a_viewers_nack_is_answered_by_rtx_once_within_80_ms() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        lost = alice.pictures()[2]
        for _ in range(3):
            alice.send_rtcp(write_nack(1, lost.ssrc, [lost.sequence]))
        await until(lambda: any(packet.payload_type == 103 for packet in alice.rtp))
        await until(lambda: house.worker.statistics("1")["receivers"][0]["resend_refused"] == 2)
        again = open_rtx(next(packet for packet in alice.rtp if packet.payload_type == 103), 102, lost.ssrc)
        assert again is not None
        assert (again.sequence, again.timestamp, again.payload) == (
            lost.sequence,
            lost.timestamp,
            lost.payload,
        )
        await leader.close()
        await alice.close()


async def test_lost_sound_comes_again_as_the_same_packet() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        eaten: list[bytes] = []
        alice.loses = lambda data: len(alice.rtp) == 2 and not eaten and not eaten.append(data)  # type: ignore[func-returns-value]
        for number in range(5):
            leader.send_rtp(write_rtp(111, False, number, 960 * number, 1111, b"sound%d" % number))
        await until(lambda: len(alice.rtp) == 4)
        alice.send_rtcp(write_nack(1, alice.rtp[0].ssrc, [alice.rtp[1].sequence + 1]))
        await until(lambda: len(alice.rtp) == 5)
        assert alice.rtp[-1].payload == b"sound2"
        assert alice.rtp[-1].sequence == alice.rtp[1].sequence + 1
        await leader.close()
        await alice.close()


async def test_many_key_requests_become_one() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        await until(lambda: alice.pictures())
        await asyncio.sleep(0.6)  # past the throttle of whatever the join asked
        asked = len(house.told("key_needed"))
        for _ in range(20):
            alice.send_rtcp(write_key_request(1, alice.pictures()[0].ssrc))
        await until(lambda: house.worker.statistics("1")["receivers"][0]["key_requests"] == 20)
        await until(lambda: len(house.told("key_needed")) == asked + 1)
        leader.frame(key=True)
        await leader.close()
        await alice.close()


async def test_sender_reports_keep_the_publishers_relation_of_sound_and_picture() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        leader.send_rtp(write_rtp(111, False, 7, 5_000, 1111, b"sound"))
        second = 1 << 32
        leader.send_rtcp(write_sender_report(2222, 1_000 * second, leader.timestamp, 1, 1))
        leader.send_rtcp(write_sender_report(1111, 1_000 * second, 5_000, 1, 1))
        await until(lambda: len(alice.rtp) == 5)

        def reports() -> dict[int, SenderInfo]:
            items = [item for data in alice.rtcp for item in parse_rtcp(data)]
            return {item.ssrc: item for item in items if isinstance(item, SenderInfo)}

        await until(lambda: len(reports()) == 2)
        picture, sound = alice.pictures()[-1], next(one for one in alice.rtp if one.payload_type == 111)
        moments = [
            (reports()[packet.ssrc].ntp / second)
            - (reports()[packet.ssrc].timestamp - packet.timestamp) / rate
            for packet, rate in ((picture, 90_000), (sound, 48_000))
        ]
        assert abs(moments[0] - moments[1]) < 0.001
        await leader.close()
        await alice.close()


async def test_an_address_change_keeps_the_keys_and_the_stream() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        for person in (alice, leader):
            person.open_socket()
            person.check()
        await until(lambda: alice.stun and leader.stun)
        leader.frame()
        await until(lambda: len(alice.pictures()) == 7)
        assert is_continuous(alice)
        await leader.close()
        await alice.close()


async def test_a_new_port_of_the_same_host_is_found_by_the_first_packet_that_decrypts_there() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        seers = [Seer() for _ in range(4)]
        for number, seer in enumerate(seers):
            await seer.watch(house, f"viewer-{number}")
        leader.frame(key=True)
        await until(lambda: all(len(seer.pictures()) == 4 for seer in seers))
        await asyncio.sleep(0.5)
        alice = seers[2]
        alice.open_socket()  # no check comes from there, only her next report
        alice.send_raw(b"\x80\xc9" + bytes(40))
        alice.send_rtcp(write_key_request(1, alice.rtp[0].ssrc))
        leader.open_socket()
        await until(lambda: house.worker._mux.counters.adopted == 1)
        leader.frame(key=True)
        await until(lambda: house.worker._mux.counters.adopted == 2)
        await until(lambda: all(len(seer.pictures()) == 8 for seer in seers))
        assert all(is_continuous(seer) for seer in seers)
        for one in (leader, *seers):
            await one.close()


async def test_an_ice_restart_gives_new_credentials_and_the_old_ones_stay_good_for_a_while() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        old = alice.theirs
        for person, sdp in ((alice, None), (leader, leader.fill(OFFER))):
            result = await house.worker.handle(Restart("1", person.peer, sdp))
            person.learn(result["sdp"])
        assert alice.theirs != old
        leader.open_socket()
        leader.check()
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        alice.theirs, count = old, alice.stun
        alice.check()
        await until(lambda: alice.stun > count)
        await leader.close()
        await alice.close()
