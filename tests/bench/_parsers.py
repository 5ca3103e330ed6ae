"""What the fuzzer throws its inputs at: every pure reader of outside bytes, with seeds that are nearly right."""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass

from streaming.commands import Assign, Publish, Restart, Watch, parse_command
from streaming.descriptions import Transport, accepted_streams, write_answer
from streaming.errors import StreamingError
from streaming.fragments import parse_fragment
from streaming.ice import Credentials, parse_request, write_request, write_response
from streaming.payloads import h264_fragment, h264_starting_units, h264_units, starts_key, vp8_frame_part
from streaming.records import are_records, split_records
from streaming.red import open_red, parse_red, write_red
from streaming.rtcp import (
    ReportBlock,
    parse_rtcp,
    write_description,
    write_key_request,
    write_nack,
    write_receiver_report,
    write_sender_report,
)
from streaming.rtp import RtpPacket, is_rtcp, open_rtx, parse_rtp, write_rtp, write_rtx
from streaming.sdp import parse_sdp
from streaming.tcp import MAX_FRAME, Unframer
from tests.streaming.test_player import FRAGMENT, PLAYER
from tests.streaming.wire import OFFER

PRINT = ":".join(["AB"] * 32)
OURS = Credentials("abcdefgh", "0123456789abcdef0123456789abcdef")
CHECK = write_request(OURS, "them", bytes(range(12)), True)
KEY_FRAME = b"\x18\x00\x04\x67\x42\xe0\x1f\x00\x03\x68\xce\x3c"
EXTENDED = b"\x90\x66\x00\x01" + bytes(8) + b"\xbe\xde\x00\x02\x31\xab\xcd\x00\x50\x07\x00\x00" + b"xy"
REMB = b"\x8f\xce\x00\x05" + bytes(8) + b"REMB\x01\x04\x00\x01" + b"\0\0\0\x07"
FIR = b"\x84\xce\x00\x04" + bytes(8) + b"\0\0\0\x07\x01\0\0\0"
MEDIA = [
    write_rtp(102, True, 1, 3_000, 2222, KEY_FRAME),
    write_rtp(102, True, 2, 6_000, 2222, b"\x7c\x85" + bytes(60)),
    write_rtp(111, False, 3, 960, 1111, bytes(80)),
    write_rtx(write_rtp(102, True, 1, 3_000, 2222, KEY_FRAME), 103, 9, 3333),
    EXTENDED,
    write_rtp(102, False, 4, 1, 2222, b""),
]
REPORTS = [
    write_receiver_report(1, [ReportBlock(2222, 1, 2, 3, 4, 5, 6)]),
    write_sender_report(2222, 1 << 63, 3_000, 5, 500) + write_description(2222, "main"),
    write_nack(1, 2222, [1, 2, 5, 40, 900]),
    write_key_request(1, 2222),
    REMB,
    FIR,
]


@dataclass(frozen=True, slots=True)
class Target:
    """One reader. Anything but StreamingError that comes out of `read` is a find."""

    read: Callable[[bytes], object]
    seeds: list[bytes]


def stun(data: bytes) -> None:
    request = parse_request(data)
    if request is not None and request.is_authentic(OURS.password):
        write_response(request.transaction, ("192.0.2.1", 5), OURS.password)


def rtp(data: bytes) -> None:
    is_rtcp(data)
    packet = parse_rtp(data)
    if packet is not None:
        payload(packet.payload)
        open_rtx(packet, 102, 2222)
        write_rtp(102, packet.marker, packet.sequence, packet.timestamp, 1, packet.payload)


def payload(data: bytes) -> None:
    list(h264_units(data))
    h264_fragment(data)
    h264_starting_units(data)
    vp8_frame_part(data)
    starts_key("h264", data)
    starts_key("vp8", data)


def red(data: bytes) -> None:
    open_red(RtpPacket(False, 63, 7, 960, 1, data))
    found = parse_red(data)
    if found is not None:
        write_red(111, 960, found[1], found[0])


def sdp(data: bytes) -> None:
    offer = parse_sdp(data.decode("utf-8", "replace"))
    taken = accepted_streams(offer)
    write_answer(offer, taken, Transport(OURS, PRINT, ("192.0.2.1",), 7_000, 7_000), 1)


def fragment(data: bytes) -> None:
    parse_fragment(data.decode("utf-8", "replace"))


def frames(data: bytes) -> None:
    """RFC 4571 frames, cut anywhere."""
    unframer = Unframer()
    for at in range(0, len(data), 7):
        packets = unframer.feed(data[at : at + 7])
        if packets is None:
            return
        if any(len(packet) > MAX_FRAME for packet in packets):
            raise ValueError("a frame beyond the limit")


def command(data: bytes) -> None:
    try:
        message = json.loads(data)
    except (ValueError, RecursionError):
        return  # the carrier's own business
    parse_command(message)


def filled(template: str) -> bytes:
    return template.format(ufrag=OURS.ufrag, password=OURS.password, fingerprint=PRINT).encode()


def records(data: bytes) -> None:
    are_records(data, True)
    for datagram in split_records(data):
        are_records(datagram, False)


HELLO = b"\x16\xfe\xff" + bytes(8) + b"\x00\x18\x01" + bytes(23)
TARGETS = {
    "records": Target(records, [HELLO, HELLO + b"\x15\xfe\xfd" + bytes(8) + b"\x00\x02\x02\x28"]),
    "stun": Target(stun, [CHECK, write_response(CHECK[4:20], ("192.0.2.1", 5), OURS.password)]),
    "rtp": Target(rtp, MEDIA),
    "rtcp": Target(parse_rtcp, REPORTS),
    "payload": Target(
        payload, [KEY_FRAME, b"\x7c\x85" + bytes(20), b"\x90\x80\x80\x01\x10\x02\x00\x9d\x01\x2a"]
    ),
    "red": Target(red, [write_red(111, 1_920, bytes(40), [(960, bytes(30))]), b"\xef\x0f\x00\x03\x6fabcdef"]),
    "sdp": Target(sdp, [filled(OFFER), filled(PLAYER)]),
    "fragment": Target(fragment, [FRAGMENT.encode()]),
    "frames": Target(frames, [b"".join(struct.pack("!H", len(one)) + one for one in (*MEDIA[:2], CHECK))]),
    "command": Target(
        command,
        [
            json.dumps(one.to_dict()).encode()
            for one in (Publish("1", "a", "v=0"), Watch("1", "b"), Assign("1", "main"), Restart("1", "c"))
        ],
    ),
}


def refused(target: Target, data: bytes) -> bool:
    """Whether the reader refused, as it may; everything else that it raises comes through."""
    try:
        target.read(data)
    except StreamingError:
        return True
    return False
