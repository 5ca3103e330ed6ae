"""What is new, what is missing, what is reported: one received stream under any line."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.descriptions import AcceptedStream
from streaming.ingest import IncomingStream, News
from streaming.limits import KEY_INTERVAL, KeyWish, ResendGuard, TokenBucket
from streaming.nack import AGAIN_AFTER, FIRST_AFTER, LIFETIME, MAX_MISSING, MissingPackets
from streaming.rtp import RtpPacket

VIDEO = AcceptedStream("video", "h264", 102, 103, ())


def _packet(sequence: int, payload: bytes = b"\x41x") -> RtpPacket:
    return RtpPacket(False, 102, sequence & 0xFFFF, sequence * 100, 1, payload)


@given(
    st.integers(0, 0xFFFF),
    st.permutations(range(30)),
    st.sets(st.integers(1, 29)),
    st.lists(st.integers(0, 29)),
)
def test_each_packet_is_new_exactly_once(
    start: int, order: list[int], lost: set[int], repeated: list[int]
) -> None:
    stream = IncomingStream(VIDEO, 1)
    first = _packet(start)
    news, begun = stream.take(first, 0.0)
    assert news is News.NEW and begun is not None
    seen = {0}
    for at in [*order, *repeated]:
        if at in lost:
            continue
        news, packet = stream.take(_packet(start + at), 0.01)
        assert (news is News.NEW) == (at not in seen)
        assert packet is None or packet.index - begun.index == at
        seen.add(at)
    highest = max(seen)
    assert stream.lost == highest + 1 - len(seen)
    asked, _ = stream.due_nacks(0.5)
    assert {(number - start) & 0xFFFF for number in asked} == set(range(highest)) - seen


def test_a_repair_is_taken_only_for_what_is_missing() -> None:
    stream = IncomingStream(VIDEO, 1)
    assert stream.take(_packet(5), 0.0, repair=True)[0] is News.REPEATED
    stream.take(_packet(10), 0.0)
    stream.take(_packet(12), 0.0)
    assert stream.take(_packet(10), 0.1, repair=True)[0] is News.REPEATED
    assert stream.take(_packet(11), 0.1, repair=True)[0] is News.NEW
    assert stream.take(_packet(11), 0.1, repair=True)[0] is News.REPEATED
    assert stream.counters.repaired == 1


def test_a_sender_that_starts_anew_is_believed_at_the_second_packet() -> None:
    stream = IncomingStream(VIDEO, 1)
    stream.take(_packet(10), 0.0)
    assert stream.take(_packet(30_000), 0.1)[0] is News.REPEATED
    assert stream.take(_packet(11), 0.1)[0] is News.NEW
    assert stream.take(_packet(30_001), 0.2)[0] is News.REPEATED
    news, packet = stream.take(_packet(30_002), 0.2)
    assert news is News.RESTARTED and packet is not None and stream.epoch == 1
    assert stream.lost == 0


def test_reports_count_what_was_lost_since_the_last_one() -> None:
    stream = IncomingStream(VIDEO, 1)
    assert stream.report(0.0) is None
    for number in (0, 1, 2, 4):
        stream.take(_packet(number), number / 50)
    report = stream.report(1.0)
    assert report is not None and (report.lost, report.fraction) == (1, 256 // 5)
    stream.take(_packet(5), 1.1)
    again = stream.report(2.0)
    assert again is not None and (again.lost, again.fraction) == (1, 0)


def test_the_senders_clock_is_told_back_and_an_older_report_is_ignored() -> None:
    stream = IncomingStream(VIDEO, 1)
    stream.take(_packet(0), 0.0)
    assert stream.note_sender_report(5 << 32 | 1 << 31, 9_000, 1.0)
    assert not stream.note_sender_report(4 << 32, 1_000, 1.1)
    report = stream.report(1.5)
    assert report is not None
    assert (report.last_report, report.delay) == (5 << 16 | 1 << 15, 1 << 15)


def test_a_key_begins_at_its_parameters_and_not_again_at_its_picture() -> None:
    stream = IncomingStream(VIDEO, 1)
    parameters = RtpPacket(False, 102, 1, 50, 1, b"\x18\x00\x02\x67\x42\x00\x02\x68\x42")
    picture = RtpPacket(True, 102, 2, 50, 1, b"\x65abc")
    keys = [packet.key for _, packet in (stream.take(parameters, 0), stream.take(picture, 0)) if packet]
    assert keys == [True, False]


def test_missing_packets_are_asked_for_again_and_given_up_in_time() -> None:
    missing = MissingPackets()
    missing.add(3, 5, 0.0)
    assert missing.due(FIRST_AFTER / 2) == ([], 0)
    assert missing.due(FIRST_AFTER) == ([3, 4], 0)
    assert missing.due(FIRST_AFTER + AGAIN_AFTER / 2) == ([], 0)
    assert missing.arrived(3) and not missing.arrived(3)
    assert missing.due(FIRST_AFTER + AGAIN_AFTER * 1.1) == ([4], 0)
    assert missing.due(LIFETIME * 1.1) == ([], 1)
    assert len(missing) == 0


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 900)), max_size=20))
def test_the_list_of_missing_packets_has_a_bound(gaps: list[tuple[int, int]]) -> None:
    missing = MissingPackets()
    for first, size in gaps:
        missing.add(first, first + size, 0.0)
        assert len(missing) <= MAX_MISSING


def test_key_wishes_are_throttled_until_fulfilled() -> None:
    wish = KeyWish()
    assert not wish.due(0.0)
    wish.wish()
    assert wish.due(1.0)
    assert not wish.due(1.0 + KEY_INTERVAL / 2)
    assert wish.due(1.0 + KEY_INTERVAL)
    wish.fulfilled()
    assert not wish.due(10.0)


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=200), st.floats(1, 100), st.floats(1, 50))
def test_a_bucket_never_gives_more_than_its_rate(pauses: list[float], rate: float, burst: float) -> None:
    bucket, now, given_out = TokenBucket(rate, burst), 0.0, 0
    for pause in pauses:
        now += pause
        given_out += bucket.take(now)
    assert given_out <= burst + rate * now + 1e-6


def test_the_same_packet_is_not_sent_again_within_80_ms() -> None:
    guard = ResendGuard(1_000, 1_000)
    assert guard.allows(7, 0.0)
    assert not guard.allows(7, 0.079)
    assert guard.allows(8, 0.079)
    assert guard.allows(7, 0.081)
    assert guard.refused == 1
