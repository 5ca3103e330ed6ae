"""Every reader of outside bytes: nothing raises through, and what we write we can read."""

import contextlib
import hmac

import pytest
from aioice import stun
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming import rtcp
from streaming.commands import Assign, Hold, Publish, Restart, Watch, parse_command
from streaming.descriptions import accepted_streams
from streaming.errors import StreamingError
from streaming.ice import Credentials, _signature, parse_request, write_request, write_response
from streaming.payloads import h264_fragment, h264_starting_units, h264_units, starts_key, vp8_frame_part
from streaming.rtp import is_rtcp, open_rtx, parse_rtp, write_rtp, write_rtx
from streaming.sdp import parse_sdp
from streaming.transport_cc import ArrivalLog
from tests.streaming.wire import OFFER

SIXTEEN, THIRTY_TWO = st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF)
PACKETS = st.binary(max_size=300) | st.builds(lambda tail: b"\x90" + tail, st.binary(max_size=300))


@given(PACKETS)
def test_any_bytes_as_rtp(data: bytes) -> None:
    is_rtcp(data)
    packet = parse_rtp(data)
    if packet is not None:
        open_rtx(packet, 1, 2)


@given(st.booleans(), SIXTEEN, THIRTY_TWO, THIRTY_TWO, st.binary(max_size=100))
def test_rtp_comes_back_as_written(
    marker: bool, sequence: int, timestamp: int, ssrc: int, payload: bytes
) -> None:
    data = write_rtp(102, marker, sequence + (1 << 16), timestamp, ssrc, payload)
    packet = parse_rtp(data)
    assert packet is not None
    assert (packet.payload_type, packet.marker, packet.sequence) == (102, marker, sequence)
    assert (packet.timestamp, packet.ssrc, packet.payload) == (timestamp, ssrc, payload)
    again = parse_rtp(write_rtx(data, 103, 7, 9))
    assert again is not None and (again.payload_type, again.sequence, again.ssrc) == (103, 7, 9)
    if payload:
        assert open_rtx(again, 102, ssrc) == packet


def test_header_extensions_of_both_forms() -> None:
    one = b"\x90\x66\x00\x01" + bytes(8) + b"\xbe\xde\x00\x02\x31\xab\xcd\x00\x50\x07\x00\x00" + b"xy"
    two = b"\x90\x66\x00\x01" + bytes(8) + b"\x10\x00\x00\x01\x03\x02\xab\xcd" + b"xy"
    for data in (one, two):
        packet = parse_rtp(data)
        assert packet is not None and packet.extensions[3] == b"\xab\xcd" and packet.payload == b"xy"


@given(
    st.binary(max_size=400)
    | st.builds(
        lambda head, tail: head + tail,
        st.sampled_from(
            [
                b"\x81\xcd\x00\x05",
                b"\x8f\xce\x00\x04",
                b"\x84\xce\x00\x04",
                b"\x9f\xc9\x00\x30",
                b"\x9f\xc8\x00\x30",
            ]
        ),
        st.binary(max_size=250),
    )
)
def test_any_bytes_as_rtcp(data: bytes) -> None:
    rtcp.parse_rtcp(data)


@given(st.lists(SIXTEEN, min_size=1, max_size=60, unique=True))
def test_nacks_name_exactly_what_was_missing(missing: list[int]) -> None:
    (item,) = rtcp.parse_rtcp(rtcp.write_nack(1, 2, missing))
    assert isinstance(item, rtcp.Nack)
    assert item.ssrc == 2 and set(item.sequences) == set(missing)


@given(THIRTY_TWO, st.integers(0, (1 << 64) - 1), THIRTY_TWO, st.integers(-0x80_0000, 0x7F_FFFF))
def test_reports_come_back_as_written(ssrc: int, ntp: int, timestamp: int, lost: int) -> None:
    block = rtcp.ReportBlock(ssrc, 12, lost, timestamp, 3, 4, 5)
    data = rtcp.write_sender_report(ssrc, ntp, timestamp, 1, 2) + rtcp.write_description(ssrc, "main")
    data += rtcp.write_receiver_report(1, [block]) + rtcp.write_key_request(1, ssrc)
    assert rtcp.parse_rtcp(data) == [rtcp.SenderInfo(ssrc, ntp, timestamp), block, rtcp.KeyRequest(ssrc)]


def test_remb_and_fir_are_understood() -> None:
    remb = b"\x8f\xce\x00\x05" + bytes(8) + b"REMB\x01\x04\x00\x01" + b"\0\0\0\x07"
    fir = b"\x84\xce\x00\x04" + bytes(8) + b"\0\0\0\x07\x01\0\0\0"
    assert rtcp.parse_rtcp(remb) == [rtcp.Bandwidth(2)]
    assert rtcp.parse_rtcp(fir) == [rtcp.KeyRequest(7)]


@given(
    st.binary(max_size=200)
    | st.builds(
        lambda size, tail: b"\x00\x01" + size.to_bytes(2, "big") + b"\x21\x12\xa4\x42" + tail,
        st.integers(0, 200),
        st.binary(max_size=200),
    )
)
def test_any_bytes_as_stun(data: bytes) -> None:
    parse_request(data)


@given(st.binary(min_size=12, max_size=12), st.booleans(), st.data())
def test_a_check_is_believed_only_untouched_and_with_the_password(
    transaction: bytes, nominate: bool, data: st.DataObject
) -> None:
    ours = Credentials("abcd", "secret")
    written = write_request(ours, "them", transaction, nominate)
    request = parse_request(written)
    assert request is not None
    assert (request.ufrag, request.use_candidate) == ("abcd", nominate)
    assert request.is_authentic("secret") and not request.is_authentic("guess")
    at = data.draw(st.integers(8, len(written) - 9 - 24))
    broken = written[:at] + bytes((written[at] ^ 1,)) + written[at + 1 :]
    spoiled = parse_request(broken)
    assert spoiled is None or not spoiled.is_authentic("secret")


@given(st.text(st.characters(codec="ascii"), max_size=100), st.binary(max_size=300))
def test_a_check_is_signed_as_the_standard_says(password: str, data: bytes) -> None:
    assert _signature(password, data) == hmac.digest(password.encode(), data, "sha1")


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::7"])
def test_another_reader_understands_the_answer_to_a_check(host: str) -> None:
    transaction = b"\x21\x12\xa4\x42" + bytes(range(12))
    found = stun.parse_message(write_response(transaction, (host, 32_853), "secret"))
    assert found.check_message_integrity(b"secret")
    assert found.transaction_id == transaction[4:]
    assert found.attributes["XOR-MAPPED-ADDRESS"] == (host, 32_853)


def test_the_answer_to_a_check_hides_the_address_as_the_standard_says() -> None:
    answer = write_response(b"\x21\x12\xa4\x42" + bytes(12), ("192.0.2.1", 32_853), "secret")
    assert answer[:2] == b"\x01\x01"
    assert answer[20:32] == b"\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"


@given(st.binary(max_size=120))
def test_any_bytes_as_payload(data: bytes) -> None:
    list(h264_units(data))
    h264_fragment(data)
    h264_starting_units(data)
    vp8_frame_part(data)
    starts_key("h264", data)
    starts_key("vp8", data)


def test_descriptions_that_differ_only_in_who_sends_them_are_read_once() -> None:
    mine, theirs = (OFFER.replace("{fingerprint}", ":".join([byte] * 32)) for byte in ("AB", "CD"))
    first, second = parse_sdp(mine), parse_sdp(theirs.replace("{ufrag}", "else").replace("\n", "\r\n"))
    assert first.sections is second.sections and first.fingerprints != second.fingerprints
    other = parse_sdp(mine.replace("a=sendonly", "a=inactive", 1))
    assert other.sections != first.sections and other.sections[0].direction == "inactive"


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    offer = OFFER.replace("{fingerprint}", ":".join(["AB"] * 32)).replace("\r\n", "\n")
    read, usual = parse_sdp(offer.replace("\n", end)), parse_sdp(offer.replace("\n", "\r\n"))
    assert read == usual and len(read.sections) > 1


@settings(deadline=None)  # how long it takes is the machine's business
@given(st.data())
def test_any_damage_to_a_description_is_a_refusal_or_a_description(data: st.DataObject) -> None:
    lines = OFFER.splitlines()
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at] = data.draw(
            st.sampled_from(lines)
            | st.text(max_size=60)
            | st.builds(lambda line, cut: line[:cut], st.just(lines[at]), st.integers(0, 40))
        )
    with contextlib.suppress(StreamingError):
        accepted_streams(parse_sdp("\n".join(lines)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(
    JSON
    | st.fixed_dictionaries(
        {"type": st.sampled_from(["publish", "watch", "assign", "hold", "restart"]), "session": JSON},
        optional={"slot": JSON, "participant": JSON, "sdp": JSON, "on": JSON, "viewer": JSON, "peer": JSON},
    )
)
def test_any_message_is_a_command_or_a_refusal(message: object) -> None:
    with contextlib.suppress(StreamingError):
        parse_command(message)


def test_commands_come_back_as_sent() -> None:
    for command in (
        Publish("1", "leader-1", "v=0"),
        Watch("1", "tab"),
        Assign("1", "guest"),
        Hold("1", "main", True),
        Restart("1", "peer"),
    ):
        assert parse_command(command.to_dict()) == command


@given(st.lists(st.tuples(st.integers(-40, 40), st.floats(0, 0.2)), min_size=1, max_size=80), SIXTEEN)
def test_transport_feedback_tells_every_arrival(steps: list[tuple[int, float]], first: int) -> None:
    log, sequence, now, sent = ArrivalLog(), first, 1_000.0, set()
    for step, pause in steps:
        sequence, now = (sequence + step) & 0xFFFF, now + pause
        log.add(sequence, now)
        sent.add(sequence)
    told = set()
    for packet in log.feedback(1, 2):
        assert len(packet) % 4 == 0
        base, count = int.from_bytes(packet[12:14], "big"), int.from_bytes(packet[14:16], "big")
        for at in range(count):
            chunk = int.from_bytes(packet[20 + 2 * (at // 7) : 22 + 2 * (at // 7)], "big")
            if chunk >> (12 - 2 * (at % 7)) & 3:
                told.add((base + at) & 0xFFFF)
    assert told == sent
    assert log.feedback(1, 2) == []
