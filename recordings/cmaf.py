"""Boxes of a CMAF chunk (ISO/IEC 14496-12 section 8.8, 23000-19): moof and mdat written by us, so that parts
are cut exactly where we say. Pure bytes; the init segment comes from libavformat (`recordings.encoders`)."""

import struct
from dataclasses import dataclass

VIDEO_RATE = 90_000
AUDIO_RATE = 48_000
SAMPLES_PER_PACKET = 1024
# Media time of recording time 0, so that the encoder's priming (−1024 samples) is not negative.
MEDIA_START = 1

SYNC_SAMPLE = 0x02000000
DELTA_SAMPLE = 0x01010000
DEFAULT_BASE_IS_MOOF = 0x020000
DEFAULT_SAMPLE_FLAGS = 0x000020
# trun: data offset, then per sample duration and size, and for pictures flags
RUN_OF_SOUND = 0x000301
RUN_OF_PICTURES = 0x000701
PARAMETER_SETS = frozenset({7, 8, 9})  # SPS, PPS, access unit delimiter: the init segment has them


@dataclass(frozen=True, slots=True)
class PictureSample:
    """`time` and `duration` in 1/90000 s of media time, `data` with 4-byte lengths."""

    time: int
    duration: int
    key: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class SoundSample:
    """`time` and `duration` in 1/48000 s of media time."""

    time: int
    duration: int
    data: bytes


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", (version << 24) | flags), *parts)


def nal_units(data: bytes) -> list[bytes]:
    """The NAL units between the start codes of Annex B (H.264 section B.1)."""
    units = (piece.rstrip(b"\0") for piece in data.split(b"\0\0\1")[1:])
    return [unit for unit in units if unit]


def with_lengths(units: list[bytes]) -> bytes:
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in units)


def length_prefixed(data: bytes) -> bytes:
    """Annex B → 4-byte lengths, without parameter sets and delimiters."""
    return with_lengths([unit for unit in nal_units(data) if unit[0] & 31 not in PARAMETER_SETS])


def chunk(sequence: int, pictures: list[PictureSample], sounds: list[SoundSample]) -> bytes:
    """One moof and mdat with the samples of both tracks; either may be empty. Sound alone is track 1, else
    2."""
    sound_track = 2 if pictures else 1
    picture_bytes = sum(len(sample.data) for sample in pictures)

    def moof(data_at: int) -> bytes:
        tracks = []
        if pictures:
            tracks.append(_picture_track(pictures, data_at))
        if sounds:
            tracks.append(_sound_track(sound_track, sounds, data_at + picture_bytes))
        return box(b"moof", full_box(b"mfhd", 0, 0, struct.pack(">I", sequence)), *tracks)

    # The offsets inside have a fixed width, so the size is known from a first try.
    size = len(moof(0))
    data = [sample.data for sample in pictures] + [sample.data for sample in sounds]
    return moof(size + 8) + box(b"mdat", *data)


def _picture_track(samples: list[PictureSample], data_at: int) -> bytes:
    run = b"".join(
        struct.pack(">III", s.duration, len(s.data), SYNC_SAMPLE if s.key else DELTA_SAMPLE) for s in samples
    )
    return box(
        b"traf",
        full_box(b"tfhd", 0, DEFAULT_BASE_IS_MOOF, struct.pack(">I", 1)),
        full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].time)),
        full_box(b"trun", 0, RUN_OF_PICTURES, struct.pack(">Ii", len(samples), data_at), run),
    )


def _sound_track(track: int, samples: list[SoundSample], data_at: int) -> bytes:
    run = b"".join(struct.pack(">II", s.duration, len(s.data)) for s in samples)
    head = struct.pack(">II", track, SYNC_SAMPLE)
    return box(
        b"traf",
        full_box(b"tfhd", 0, DEFAULT_BASE_IS_MOOF | DEFAULT_SAMPLE_FLAGS, head),
        full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].time)),
        full_box(b"trun", 0, RUN_OF_SOUND, struct.pack(">Ii", len(samples), data_at), run),
    )


def parameter_sets(extradata: bytes) -> bytes:
    """SPS and PPS with lengths, from Annex B or from an avcC record (ISO/IEC 14496-15 section 5.3.3)."""
    if extradata[:1] != b"\1":
        return with_lengths([unit for unit in nal_units(extradata) if unit[0] & 31 in (7, 8)])
    units: list[bytes] = []
    at = 5
    for mask in (31, 255):
        count = extradata[at] & mask
        at += 1
        for _ in range(count):
            (length,) = struct.unpack_from(">H", extradata, at)
            units.append(extradata[at + 2 : at + 2 + length])
            at += 2 + length
    return with_lengths(units)
