"""The synthetic broadcast: 720p H.264 at 1.5 Mbps and 30/s, and Opus; every payload follows from its index."""

import random
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 30  # pictures a second
# Pictures from key frame to key frame. A browser sends one when it is asked, that is when somebody comes or has lost
# too much: ten seconds is often.
GOP = 10 * RATE
KEY_PACKETS, PARAMETERS = 31, b"\x18\x00\x04\x67\x42\xe0\x1f\x00\x03\x68\xce\x3c"  # SPS and PPS in a STAP-A
VIDEO_PT, AUDIO_PT, VIDEO_SSRC, AUDIO_SSRC = 102, 111, 2222, 1111
AUDIO_EVERY = 0.020  # s
NUMBERS = 1 << 15  # packets of a stream before its index comes again
_NOISE = random.Random(7).randbytes(4_096)


@dataclass(frozen=True, slots=True)
class Piece:
    """One packet of the seconds that repeat."""

    picture: int  # within the GOP
    size: int  # bytes of payload; 0 means the parameter sets
    first: bool
    last: bool


@lru_cache
def pieces() -> tuple[Piece, ...]:
    """The packets of a GOP in order, some 1.5 Mbps with their headers."""
    found = [Piece(0, 0, False, False)]
    for picture in range(GOP):
        count = KEY_PACKETS if picture == 0 else 5 + (picture % 6 == 0)
        size = 1_125 + picture * 37 % 120  # browsers cut a picture into equal packets
        for at in range(count):
            last = at == count - 1
            found.append(Piece(picture, size - (picture * 53 % 200) * last, at == 0, last))
    return tuple(found)


def rate() -> float:
    """Bits a second of the picture's packets, RTP headers included."""
    sizes = (12 + (piece.size or len(PARAMETERS)) for piece in pieces())
    return 8 * sum(sizes) / GOP * RATE


def picture_payload(index: int) -> bytes:
    """The payload of video packet `index`: FU-A (RFC 6184, section 5.8) with the index in it."""
    piece = pieces()[index % len(pieces())]
    if not piece.size:
        return PARAMETERS
    flags = 0x80 * piece.first | 0x40 * piece.last | (5 if piece.picture == 0 else 1)
    return struct.pack("!BBL", 0x7C, flags, index) + _NOISE[index % 997 :][: piece.size - 6]


def sound_payload(index: int) -> bytes:
    """The payload of audio packet `index`: 20 ms at 64 kbps."""
    return struct.pack("!BBL", 0x78, 0, index) + _NOISE[index % 997 :][:154]


def index_of(payload: bytes) -> int | None:
    """The index inside a payload, None for parameter sets."""
    return None if payload == PARAMETERS else int(struct.unpack_from("!L", payload, 2)[0])


def send_times(path: Path) -> npt.NDArray[np.int64]:
    """The publisher's log, shared by a file: [0 video, 1 audio][index] is the wall clock in ns, 0 is not sent."""
    if not path.exists():
        path.write_bytes(bytes(8 * 2 * NUMBERS))
    return np.memmap(path, np.int64, "r+", shape=(2, NUMBERS))
