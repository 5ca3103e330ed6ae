"""The fan-out over loopback: every way out, every fall-back, and nobody's trouble touching another."""

import asyncio
import errno
import gc
import socket
import weakref
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pylibsrtp import Session

from streaming.fanout import Engine, Fanout
from streaming.gathering import MAX_HELD, MAX_PLAIN, cut_into_runs
from streaming.gso import can_segment
from streaming.outgoing import Feed
from streaming.rewriting import first_offset
from streaming.rtp import RtpPacket, parse_rtp, shift_sequence
from streaming.sendmmsg import FFI, open_library, socket_address
from streaming.workbench import Workbench
from tests.streaming.batches import FEED, Ear, ears, frame

SO_NO_CHECK = 11  # a socket without UDP checksums: the kernel then refuses segments with EINVAL
FRAME = [900, 900, 900, 200]
ENGINES: list[Engine] = ["gso", "sendmmsg", "plain"]


def said(fanout: Fanout, packets: list[bytes], feed: Feed = FEED) -> None:
    for packet in packets:
        fanout.send(feed, packet, bool(packet[1] & 0x80))


def as_sent(packets: list[bytes]) -> list[RtpPacket | None]:
    return [parse_rtp(packet) for packet in packets]


@pytest.mark.parametrize("profile", ["SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_SHA1_80"])
@pytest.mark.parametrize("engine", ENGINES)
async def test_every_way_brings_the_same_bytes_to_seventy_viewers(engine: Engine, profile: str) -> None:
    fanout = Fanout(engine)
    with ears(70, profile) as (_, viewers):
        for ear in viewers:
            fanout.join(FEED, ear)
        packets = frame(5, FRAME) + frame(9, [30]) + frame(10, [1_344, 1_343, 1_344, 1_344])
        said(fanout, packets)
        for ear in viewers:
            assert ear.heard() == as_sent(packets)
            assert (ear.plain > 0) == (engine == "plain")
        assert fanout.engine == engine
        assert fanout.ways()[engine] == 70
        assert fanout.counters.sent == 70 * len(packets)
        assert fanout.counters.failed == fanout.counters.unsendable == fanout.counters.refused_runs == 0


async def test_a_path_that_refuses_segments_gets_messages_instead_and_loses_nothing() -> None:
    fanout = Fanout()
    with ears(3) as (sender, viewers):
        assert can_segment(sender), "Linux has UDP_SEGMENT since 4.18"
        sender.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        for ear in viewers:
            fanout.join(FEED, ear)
        assert fanout.ways() == {"gso": 3, "sendmmsg": 0, "plain": 0}
        packets = frame(0, FRAME)
        said(fanout, packets)
        assert fanout.ways() == {"gso": 0, "sendmmsg": 3, "plain": 0}
        assert fanout.counters.refused_runs == 3
        packets += frame(4, FRAME)
        said(fanout, packets[4:])
        assert fanout.counters.refused_runs == 3
        for ear in viewers:
            assert ear.heard() == as_sent(packets)
            assert ear.plain == 0


class OldKernel:
    """A C library whose sendmmsg the kernel does not know (a container's filter answers so too)."""

    def __init__(self, error: int = errno.ENOSYS) -> None:
        self.error = error

    def sendmmsg(self, fileno: int, messages: Any, count: int, flags: int) -> int:
        FFI.errno = self.error
        return -1


async def test_a_kernel_without_sendmmsg_leaves_the_plain_path_and_loses_nothing() -> None:
    fanout = Fanout()
    fanout._library = OldKernel()
    with ears(40) as (_, viewers):
        for ear in viewers:
            fanout.join(FEED, ear)
        packets = frame(0, FRAME) + frame(4, FRAME)
        said(fanout, packets)
        assert fanout.engine == "plain" and fanout.ways()["plain"] == 40
        for ear in viewers:
            assert ear.heard() == as_sent(packets)
            assert ear.plain == 4


async def test_without_linux_there_is_only_the_plain_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert open_library() is None
    assert Fanout().engine == "plain"


async def test_a_full_socket_buffer_is_counted_and_blocks_nobody() -> None:
    fanout = Fanout()
    fanout._library = OldKernel(errno.EAGAIN)
    with ears(40) as (_, viewers):
        for ear in viewers:
            fanout.join(FEED, ear)
        said(fanout, frame(0, FRAME))
        assert fanout.counters.blocked == 40 * 4
        assert fanout.counters.sent == 0


@pytest.mark.parametrize("engine", ENGINES[:2])
async def test_an_address_the_kernel_refuses_costs_only_its_own_viewer(engine: Engine) -> None:
    fanout = Fanout(engine)
    with ears(5) as (sender, viewers):

        class Lost(Ear):
            @property
            def address(self) -> tuple[str, int]:
                return "255.255.255.255", 9  # EACCES without SO_BROADCAST

        lost = Lost(sender)
        everybody: list[Ear] = [*viewers[:2], lost, *viewers[2:]]
        for ear in everybody:
            fanout.join(FEED, ear)
        packets = frame(0, FRAME)
        said(fanout, packets)
        for ear in viewers:
            assert ear.heard() == as_sent(packets)
        assert fanout.counters.failed == 4
        assert fanout.counters.short > 0
        lost.sock.close()


async def test_a_packet_that_cannot_be_encrypted_never_leaves_and_the_others_do() -> None:
    fanout = Fanout()
    with ears(5) as (_, viewers):
        for ear in viewers:
            fanout.join(FEED, ear)
        viewers[2].session.protect(frame(5_000, [10])[0])  # far ahead: what follows is too old for it
        packets = frame(0, FRAME)
        said(fanout, packets)
        assert viewers[2].heard() == []
        for ear in (*viewers[:2], *viewers[3:]):
            assert ear.heard() == as_sent(packets)
        assert fanout.counters.unsendable == 4


async def test_the_end_of_a_frame_or_three_milliseconds_send_what_waits() -> None:
    fanout = Fanout()
    with ears(1) as (_, [alice]):
        fanout.join(FEED, alice)
        said(fanout, frame(0, FRAME)[:2])
        assert alice.heard() == []
        await asyncio.sleep(0.1)
        assert len(alice.heard()) == 2
        said(fanout, frame(4, [100] * MAX_HELD)[:-1])
        assert alice.heard() == []
        said(fanout, frame(4, [100] * MAX_HELD)[-1:])
        assert len(alice.heard()) == MAX_HELD


async def test_a_newcomer_gets_nothing_that_was_gathered_before_it_and_a_leaver_nothing_after() -> None:
    fanout = Fanout()
    with ears(2) as (_, [alice, bob]):
        fanout.join(FEED, alice)
        said(fanout, frame(0, FRAME)[:2])
        fanout.send_to(bob, frame(0, FRAME)[:2])
        fanout.join(FEED, bob)
        said(fanout, frame(0, FRAME)[2:])
        assert alice.heard() == bob.heard() == as_sent(frame(0, FRAME))
        fanout.leave(FEED, alice)
        fanout.leave(FEED, alice)
        said(fanout, frame(4, FRAME))
        assert alice.heard() == [] and len(bob.heard()) == 4


async def test_keys_live_as_long_as_a_viewer_is_in_the_lists_and_no_longer() -> None:
    fanout = Fanout()
    with ears(2) as (_, [alice, bob]):
        kept: weakref.ref[Session] = weakref.ref(alice.session)
        fanout.join(FEED, alice)
        fanout.join(FEED, bob)
        said(fanout, frame(0, FRAME))
        del alice.session, alice.keys
        gc.collect()
        assert kept() is not None
        said(fanout, frame(4, FRAME))
        assert len(alice.heard()) == 8
        fanout.leave(FEED, alice)
        gc.collect()
        assert kept() is None
        said(fanout, frame(8, FRAME))
        assert len(bob.heard()) == 12


async def test_a_viewer_without_an_address_is_served_one_by_one_until_it_has_one() -> None:
    fanout = Fanout()
    with ears(2) as (_, [alice, bob]):
        alice.batched = False
        fanout.join(FEED, alice, 32_768)
        fanout.join(FEED, bob)
        assert fanout.ways() == {"gso": 1, "sendmmsg": 0, "plain": 1}
        said(fanout, frame(0, FRAME))
        assert alice.plain == 4
        alice.batched = True
        fanout.moved(alice)
        assert fanout.ways()["plain"] == 0
        said(fanout, frame(4, FRAME))
        assert alice.plain == 4
        assert [packet.sequence for packet in alice.heard()] == [32_768 + at for at in range(8)]
        assert [packet.sequence for packet in bob.heard()] == [*range(8)]


@pytest.mark.parametrize("engine", ENGINES)
async def test_every_viewer_counts_on_with_an_offset_of_its_own(engine: Engine) -> None:
    fanout, offsets = Fanout(engine), [0, 7, 65_530, 7, 40_000]
    with ears(5) as (_, viewers):
        for ear, offset in zip(viewers, offsets, strict=True):
            fanout.join(FEED, ear, offset)
        packets = frame(65_400, FRAME) + frame(65_404, [50])
        said(fanout, packets)
        for ear, offset in zip(viewers, offsets, strict=True):
            wanted = [shift_sequence(packet, offset) for packet in packets]
            assert ear.heard() == as_sent(wanted)
        assert fanout.counters.sent == 25


async def test_who_joins_in_the_upper_half_survives_the_loss_of_the_wrap() -> None:
    fanout = Fanout()
    with ears(2) as (_, [alice, bob]):
        assert first_offset(65_000)
        fanout.join(FEED, alice, 32_768)
        fanout.join(FEED, bob)
        said(fanout, frame(65_000, FRAME))
        assert [packet.sequence for packet in alice.heard()] == [32_232 + at for at in range(4)]
        for number in range(65_004, 65_540, 4):  # lost on the way, the wrap among them
            said(fanout, frame(number, FRAME))
            for ear in (alice, bob):
                while ear.sock.recv(2_048)[1] < 128:
                    pass
        said(fanout, frame(65_540, FRAME))
        assert [packet.sequence for packet in alice.heard()] == [32_772 + at for at in range(4)]


async def test_packets_that_are_too_long_are_counted_and_left_out() -> None:
    fanout = Fanout()
    with ears(1) as (_, [alice]):
        fanout.join(FEED, alice)
        said(fanout, frame(0, [100, 1_400, 100]))
        fanout.send_to(alice, frame(3, [100, 2_000]))
        assert [packet.sequence for packet in alice.heard()] == [0, 2, 3]
        assert fanout.counters.too_long == 2
        with pytest.raises(ValueError, match="too big"):
            Workbench(open_library()).load(next(cut_into_runs([bytes(MAX_PLAIN + 1)], 1)), 16)


@given(st.lists(st.integers(12, 40), min_size=1, max_size=120), st.integers(1, 40))
def test_runs_keep_the_order_and_only_their_last_packet_is_shorter(sizes: list[int], most: int) -> None:
    packets = [bytes(size) for size in sizes]
    runs = [run.packets for run in cut_into_runs(packets, most)]
    assert [packet for run in runs for packet in run] == packets
    for run in runs:
        assert len(run) <= most
        assert {len(packet) for packet in run[:-1]} <= {len(run[0])} and len(run[-1]) <= len(run[0])


@given(st.integers(0, 0xFFFF))
def test_everybody_begins_far_from_a_wrap_and_a_shift_undoes_itself(sequence: int) -> None:
    packet = frame(sequence, [5])[0]
    assert shift_sequence(shift_sequence(packet, 0x8000), 0x8000) == packet
    first = parse_rtp(shift_sequence(packet, first_offset(sequence)))
    assert first is not None and 256 <= first.sequence < 32_768 + 256


def test_addresses_of_both_families_are_packed_as_the_kernel_wants_them() -> None:
    assert socket_address(("192.0.2.1", 80)).hex() == "02000050c00002010000000000000000"
    assert socket_address(("::1", 80)).hex() == "0a00005000000000" + "00" * 15 + "01" + "00000000"
