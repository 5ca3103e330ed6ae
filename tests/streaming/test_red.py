"""Redundant sound: what it carries, and who gets it."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.commands import Assign
from streaming.descriptions import OPUS, RED
from streaming.red import MAX_AGE, open_red, parse_red, write_red
from streaming.rtcp import write_nack
from streaming.rtp import RtpPacket, write_rtp
from tests.streaming.people import studio, until
from tests.streaming.wire import OFFER, Seer, Sender


@given(st.binary(max_size=80))
def test_any_bytes_as_red(payload: bytes) -> None:
    parse_red(payload)
    open_red(RtpPacket(False, RED, 7, 960, 1, payload))


@given(
    st.integers(0, 0xFFFF_FFFF),
    st.binary(max_size=40),
    st.lists(st.tuples(st.integers(1, MAX_AGE), st.binary(min_size=1, max_size=40)), max_size=3),
)
def test_blocks_come_back_as_written(timestamp: int, primary: bytes, older: list[tuple[int, bytes]]) -> None:
    blocks = [((timestamp - age) & 0xFFFF_FFFF, block) for age, block in older]
    assert parse_red(write_red(111, timestamp, primary, blocks)) == (older, primary)


def test_what_does_not_fit_is_left_out() -> None:
    too_old, too_long, empty = (0, b"x"), (90_000, bytes(2_000)), (90_000, b"")
    assert parse_red(write_red(111, 90_960, b"now", [too_old, too_long, empty])) == ([], b"now")


async def test_each_viewer_gets_the_form_its_answer_kept_and_the_same_on_nack() -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice, bob = Sender(), Seer(), Seer()
        alice.takes_red = True
        await leader.publish(house, "leader-1")
        await alice.watch(house, "alice")
        await bob.watch(house, "bob")
        eaten: list[bytes] = []
        alice.loses = lambda data: len(alice.rtp) == 1 and not eaten and not eaten.append(data)  # type: ignore[func-returns-value]
        for number in range(4):
            leader.send_rtp(write_rtp(OPUS, False, number, 960 * number, 1111, b"sound%d" % number))
        await until(lambda: len(alice.rtp) == 3 and len(bob.rtp) == 4)
        assert [packet.payload for packet in bob.rtp] == [b"sound0", b"sound1", b"sound2", b"sound3"]
        assert {packet.payload_type for packet in alice.rtp} == {RED}
        assert parse_red(alice.rtp[1].payload) == ([(960, b"sound1")], b"sound2")
        alice.send_rtcp(write_nack(1, alice.rtp[0].ssrc, [alice.rtp[0].sequence + 1]))
        await until(lambda: len(alice.rtp) == 4)
        assert parse_red(alice.rtp[3].payload) == ([(960, b"sound0")], b"sound1")
        for one in (leader, alice, bob):
            await one.close()


class Careful(Sender):
    """Says everything twice."""

    def offer(self) -> str:
        offer = OFFER.replace("SAVPF 111", "SAVPF 111 63")
        return self.fill(
            offer.replace(
                "111 opus/48000/2\n", "111 opus/48000/2\na=rtpmap:63 red/48000/2\na=fmtp:63 111/111\n"
            )
        )

    def say(self, number: int) -> None:
        older = [(960 * (number - 1), b"sound%d" % (number - 1))]
        payload = write_red(OPUS, 960 * number, b"sound%d" % number, older)
        self.send_rtp(write_rtp(RED, False, 65_534 + number, 960 * number, 1111, payload))


async def test_what_a_publisher_says_twice_needs_no_second_request_and_reaches_everybody_in_order() -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice, bob = Careful(), Seer(), Seer()
        alice.takes_red = True
        await leader.publish(house, "leader-1")
        await alice.watch(house, "alice")
        await bob.watch(house, "bob")
        for number in (1, 3, 5, 6):  # the line eats 2 and 4
            leader.say(number)
        await until(lambda: len(alice.rtp) == 6 and len(bob.rtp) == 6)
        assert [packet.payload for packet in bob.rtp] == [b"sound%d" % number for number in range(1, 7)]
        assert len({(packet.timestamp - 960 * at) & 0xFFFF_FFFF for at, packet in enumerate(bob.rtp)}) == 1
        assert parse_red(alice.rtp[2].payload) == ([(960, b"sound2")], b"sound3")
        leader.send_rtp(
            write_rtp(RED, False, 10, 960 * 7, 1111, b"\xef\x00")
        )  # broken: dropped, nothing else
        leader.say(7)
        await until(lambda: len(bob.rtp) == 7)
        for one in (leader, alice, bob):
            await one.close()
