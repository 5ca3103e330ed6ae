"""How a publisher is asked for what is missing, on short lines and on long ones."""

import asyncio
import heapq
import time
from collections.abc import Set as AbstractSet

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.commands import Assign
from streaming.nack import AGAIN_AFTER, FIRST_AFTER, LIFETIME, MAX_TRIES, MissingPackets
from streaming.rtcp import Nack, parse_rtcp
from streaming.rtp import write_rtp, write_rtx
from tests.bench._impaired import Relay, Way
from tests.streaming.people import studio, until
from tests.streaming.test_wire import on_stage
from tests.streaming.wire import Seer, Sender

TICK = 0.020


class Line:
    """A publisher that answers every request after `trip`, unless `loses` says that this one of them is lost."""

    def __init__(self, trip: float, loses: AbstractSet[int] = frozenset()) -> None:
        self.missing = MissingPackets()
        self.asked: dict[int, int] = {}
        self.repaired: set[int] = set()
        self.keys = 0
        self.now = 0.0
        self._trip, self.loses = trip, loses
        self._under_way: list[tuple[float, int]] = []
        self.requests = 0

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += TICK
            while self._under_way and self._under_way[0][0] <= self.now:
                at, index = heapq.heappop(self._under_way)
                self.missing.answered(index, at)
                if self.missing.arrived(index):
                    self.repaired.add(index)
            asking, lost = self.missing.due(self.now)
            self.keys += lost
            for index in asking:
                self.asked[index] = self.asked.get(index, 0) + 1
                self.requests += 1
                if self.requests - 1 not in self.loses:
                    heapq.heappush(self._under_way, (self.now + self._trip, index))

    def lose(self, index: int) -> None:
        self.missing.add(index, index + 1, self.now)


@given(st.floats(0.001, 0.9))
def test_on_a_line_of_any_length_every_packet_is_repaired_and_soon_asked_for_once(trip: float) -> None:
    line = Line(trip)
    for index in range(5):
        line.lose(index)
        line.run(2.0)
    assert line.repaired == set(range(5)) and line.missing.gave_up == 0
    assert all(line.asked[index] == 1 for index in range(1, 5))
    assert line.missing.round_trip == pytest.approx(trip)


@given(st.floats(0.001, 0.9), st.sets(st.integers(0, 60)))
def test_a_line_is_never_believed_to_be_shorter_than_it_is(trip: float, loses: set[int]) -> None:
    line = Line(trip, loses)
    for index in range(20):
        line.lose(index)
        line.run(0.3)
    line.run(3.0)
    assert len(line.missing) == 0 and len(line.repaired) + line.missing.gave_up == 20
    assert line.missing.round_trip is None or line.missing.round_trip >= trip - 1e-9


@pytest.mark.parametrize("trip", [0.005, 0.025, 0.045])
def test_a_short_line_is_asked_every_60_ms_and_not_more_than_ten_times(trip: float) -> None:
    line = Line(trip, loses={1, 2})
    line.lose(0)
    line.run(0.5)  # the line is known
    line.lose(1)
    line.run(FIRST_AFTER + 2 * AGAIN_AFTER + trip + 2 * TICK)
    assert line.repaired == {0, 1} and line.asked[1] == 3
    deaf = Line(trip, loses=set(range(1, 50)))
    deaf.lose(0)
    deaf.run(0.5)
    deaf.lose(1)
    deaf.run(FIRST_AFTER + MAX_TRIES * AGAIN_AFTER + 2 * TICK)
    assert (deaf.asked[1], deaf.keys) == (MAX_TRIES, 1), "a key frame is the better hope"
    deaf.run(LIFETIME)
    assert (deaf.asked[1], deaf.keys, deaf.missing.gave_up) == (MAX_TRIES, 1, 1)


def test_an_answer_that_is_lost_on_a_long_line_is_asked_for_again_in_time() -> None:
    line = Line(0.58)
    line.lose(0)
    line.run(2.0)
    line.loses = {line.requests}
    line.lose(1)
    line.run(2.0)
    assert line.repaired == {0, 1} and line.asked[1] == 2


@pytest.mark.slow
async def test_a_satellite_uplink_is_repaired_and_not_flooded_with_requests() -> None:
    """290 ms each way. The sender answers like Chromium: a packet not twice within a round trip."""
    async with studio() as house:
        way = Way(delay=0.29)
        relay = Relay(house.worker.port, way, way)
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice = Far(relay), Seer()
        await leader.publish(house, "leader-1")
        await alice.watch(house, "alice")
        total = 0
        for count in range(150):
            packets = leader.make_frame(key=count == 0)
            total += len(packets)
            leader.send(packets, without=1 if count % 25 == 20 else None)
            leader.answer()
            await asyncio.sleep(1 / 30)
        assert len(leader.lost) == 6

        def whole() -> bool:
            leader.answer()
            return len({packet.sequence for packet in alice.pictures()}) == total

        await until(whole)
        stream = house.worker.statistics("1")["publishers"][0]["streams"][0]
        assert (stream["repaired"], stream["gave_up"]) == (6, 0)
        # The first teaches how long the line is; a busy machine may ask a second time for one of the others.
        assert all(leader.asked[number] <= 2 for number in leader.lost[2:])
        await leader.close()
        await alice.close()
        relay.close()


class Far(Sender):
    """A sender behind a line that answers requests."""

    def __init__(self, relay: Relay) -> None:
        super().__init__()
        self.relay = relay
        self.lost: list[int] = []
        self.asked: dict[int, int] = {}
        self._packets: dict[int, bytes] = {}
        self._again: dict[int, float] = {}
        self._read = self._repeated = 0

    def learn(self, sdp: str) -> None:
        super().learn(sdp)
        self.target = "127.0.0.1", self.relay.port

    def send(self, packets: list[bytes], without: int | None) -> None:
        for at, packet in enumerate(packets):
            number = int.from_bytes(packet[2:4], "big")
            self._packets[number] = packet
            if at == without:
                self.lost.append(number)
            else:
                self.send_rtp(packet)

    def answer(self) -> None:
        for data in self.rtcp[self._read :]:
            for item in parse_rtcp(data):
                for number in item.sequences if isinstance(item, Nack) else ():
                    self._repeat(number)
        self._read = len(self.rtcp)

    def _repeat(self, number: int) -> None:
        self.asked[number] = self.asked.get(number, 0) + 1
        now = time.monotonic()
        if now - self._again.get(number, float("-inf")) > 0.58:
            self._again[number] = now
            self.send_rtp(write_rtx(self._packets[number], 103, self._repeated, 3333))
            self._repeated += 1


async def test_sound_lost_on_the_way_in_is_asked_for_and_forwarded_under_its_number() -> None:
    async with studio() as house:
        leader = await on_stage(house)
        alice = Seer()
        await alice.watch(house, "alice")
        leader.frame(key=True)
        sounds = [write_rtp(111, False, number, 960 * number, 1111, b"%d" % number) for number in range(4)]
        for sound in (sounds[0], sounds[1], sounds[3]):
            leader.send_rtp(sound)

        def asked() -> bool:
            items = [item for data in leader.rtcp for item in parse_rtcp(data)]
            return any(isinstance(item, Nack) and item.ssrc == 1111 and 2 in item.sequences for item in items)

        await until(asked)
        for _ in range(2):  # there is no RTX for sound: the same packet, and once more
            leader.send_rtp(sounds[2])

        def heard() -> list[tuple[int, bytes]]:
            return sorted((one.sequence, one.payload) for one in alice.rtp if one.payload_type == 111)

        await until(lambda: len(heard()) == 4)
        first = heard()[0][0]
        assert heard() == [(first + number, b"%d" % number) for number in range(4)]
        await leader.close()
        await alice.close()
