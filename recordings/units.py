"""Units: encoded frames and packets as they cross to the programme process and as they are kept in track
files.

One unit is a head of 20 bytes, the participant's name in UTF-8 and the payload. All numbers are little
endian:

====== ======= =====================================================================================
offset type    what
====== ======= =====================================================================================
0      uint8   kind: 1 video, 2 audio, 3 sender report, 4 control
1      uint8   codec: 0 none, 1 H.264, 2 VP8, 3 Opus, 4 PCMU
2      uint8   flags: 1 key frame, 2 something was lost before it
3      uint8   length of the participant's name in bytes
4      uint32  RTP timestamp as on the wire
8      uint64  arrival, microseconds of the monotonic clock
16     uint32  length of the payload in bytes
====== ======= =====================================================================================

Payloads: a video unit holds an access unit (H.264 Annex B with SPS and PPS before an IDR picture; VP8 a
frame), an audio unit a packet, a sender report `SENDER_REPORT` (sender's NTP seconds, RTP timestamp at that
moment; the codec of the head says which stream), a control unit one JSON object.
"""

import json
import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Any

from streaming.sinks import Frame, SenderReport

HEAD = struct.Struct("<BBBBIQI")
SENDER_REPORT = struct.Struct("<dI")
# Larger than any access unit a browser sends; a longer length means that the reader lost its place.
MAX_PAYLOAD = 16 << 20


class Kind(IntEnum):
    VIDEO = 1
    AUDIO = 2
    SENDER_REPORT = 3
    CONTROL = 4


class Codec(IntEnum):
    NONE = 0
    H264 = 1
    VP8 = 2
    OPUS = 3
    PCMU = 4


class Flags(IntFlag):
    NONE = 0
    KEY = 1
    LOST_BEFORE = 2


CLOCK_RATE: dict[int, int] = {Codec.H264: 90_000, Codec.VP8: 90_000, Codec.OPUS: 48_000, Codec.PCMU: 8_000}
PICTURE_CODECS = frozenset({Codec.H264, Codec.VP8})
CODEC_NAMES: dict[str, Codec] = {"h264": Codec.H264, "vp8": Codec.VP8, "opus": Codec.OPUS, "pcmu": Codec.PCMU}


class BrokenUnits(ValueError):
    """The bytes are not units: an unknown kind or an impossible length."""


@dataclass(frozen=True, slots=True)
class Unit:
    """`arrival` in seconds of the monotonic clock, `timestamp` 32 bit as on the wire."""

    kind: Kind
    participant: str
    codec: Codec
    flags: Flags
    timestamp: int
    arrival: float
    payload: bytes

    @property
    def key(self) -> bool:
        return bool(self.flags & Flags.KEY)

    @property
    def lost_before(self) -> bool:
        return bool(self.flags & Flags.LOST_BEFORE)

    def pack(self) -> bytes:
        name = self.participant.encode()[:255]
        head = HEAD.pack(
            self.kind,
            self.codec,
            self.flags,
            len(name),
            self.timestamp & 0xFFFFFFFF,
            max(0, int(self.arrival * 1e6)),
            len(self.payload),
        )
        return b"".join((head, name, self.payload))


def control(**fields: Any) -> Unit:
    """A control unit with `fields` as its JSON object."""
    payload = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return Unit(Kind.CONTROL, "", Codec.NONE, Flags.NONE, 0, 0.0, payload)


def control_fields(unit: Unit) -> dict[str, Any]:
    """The JSON object of a control unit. BrokenUnits when it is none."""
    try:
        fields = json.loads(unit.payload)
    except ValueError as error:
        raise BrokenUnits("a control unit that is no JSON") from error
    if not isinstance(fields, dict):
        raise BrokenUnits("a control unit that is no JSON object")
    return fields


def unit_of_frame(frame: Frame) -> Unit:
    """`frame` as the room delivers it, for the programme and the track files."""
    flags = (Flags.KEY if frame.key else Flags.NONE) | (
        Flags.LOST_BEFORE if frame.lost_before else Flags.NONE
    )
    kind = Kind.VIDEO if frame.kind == "video" else Kind.AUDIO
    codec = CODEC_NAMES[frame.codec]
    return Unit(kind, frame.participant, codec, flags, frame.timestamp, frame.arrival, frame.data)


def unit_of_report(report: SenderReport, arrival: float) -> Unit:
    """A sender report (RFC 3550 section 6.4.1) of one stream, received at `arrival`."""
    payload = SENDER_REPORT.pack(report.ntp, report.timestamp & 0xFFFFFFFF)
    codec = CODEC_NAMES[report.codec]
    return Unit(Kind.SENDER_REPORT, report.participant, codec, Flags.NONE, report.timestamp, arrival, payload)


class UnitReader:
    """Splits a stream of bytes into units. A unit that is not there in full waits for the next `feed`."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> list[Unit]:
        """All units that are complete by now. BrokenUnits when the bytes cannot be units."""
        self._waiting += data
        units: list[Unit] = []
        at = 0
        while (unit_and_end := self._unit_at(at)) is not None:
            unit, at = unit_and_end
            units.append(unit)
        if at:
            del self._waiting[:at]
        return units

    def _unit_at(self, at: int) -> tuple[Unit, int] | None:
        if len(self._waiting) - at < HEAD.size:
            return None
        kind, codec, flags, name_length, timestamp, arrival, length = HEAD.unpack_from(self._waiting, at)
        if length > MAX_PAYLOAD:
            raise BrokenUnits(f"a unit of {length} bytes")
        payload_at = at + HEAD.size + name_length
        end = payload_at + length
        if len(self._waiting) < end:
            return None
        try:
            head = Kind(kind), Codec(codec), Flags(flags)
            name = self._waiting[at + HEAD.size : payload_at].decode()
        except ValueError as error:
            raise BrokenUnits(str(error)) from error
        payload = bytes(self._waiting[payload_at:end])
        return Unit(head[0], name, head[1], head[2], timestamp, arrival / 1e6, payload), end
