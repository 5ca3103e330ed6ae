"""A segment with a slate in place of one that was cut: same number, same times, same parameter sets. Pure bytes.

The programme leaves a second of slate and a packet of silence beside its segments (`slate.json`); from it and the
times in the original a segment is built when it is first asked for, so that nothing of the media stack is needed.
"""

import base64
import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from recordings.cmaf import VIDEO_RATE, PictureSample, SoundSample, chunk
from recordings.journal import Segment
from recordings.withheld import TEMPLATE

FPS = 30
FRAME = VIDEO_RATE // FPS
PICTURES, SOUNDS = 12, 8  # bytes per sample in a run of ours: duration and size, for pictures flags too


@dataclass(frozen=True, slots=True)
class Track:
    """One track of a segment: `time` of its first sample and the durations of all, in the track's own units."""

    time: int
    durations: tuple[int, ...]


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _track(fragment: bytes) -> tuple[bool, Track] | None:
    """(has pictures, times) of one traf as `recordings.cmaf` writes it."""
    fields = dict(_boxes(fragment))
    if b"tfdt" not in fields or b"trun" not in fields:
        return None
    (time,) = struct.unpack_from(">Q", fields[b"tfdt"], 4)
    flags, count = struct.unpack_from(">II", fields[b"trun"])
    pictures = bool(flags & 0x400)
    step = PICTURES if pictures else SOUNDS
    durations = (struct.unpack_from(">I", fields[b"trun"], 12 + step * place)[0] for place in range(count))
    return pictures, Track(time, tuple(durations))


def times(data: bytes) -> tuple[Track | None, Track | None]:
    """Pictures and sound of a segment file of ours; None for a track that it has not."""
    found: dict[bool, Track] = {}
    for kind, body in _boxes(data):
        if kind != b"moof":
            continue
        for inner, fragment in _boxes(body):
            read = _track(fragment) if inner == b"traf" else None
            if read is not None:
                pictures, track = read
                before = found.get(pictures)
                found[pictures] = Track(before.time, before.durations + track.durations) if before else track
    return found.get(True), found.get(False)


def write_template(directory: Path, pictures: Sequence[bytes], silence: bytes) -> None:
    """Keep a second of slate for a rendition: `pictures` with 4-byte lengths, the first a key frame; none for sound
    alone."""
    row = {
        "pictures": [base64.b64encode(picture).decode() for picture in pictures],
        "silence": base64.b64encode(silence).decode(),
    }
    path = directory / TEMPLATE
    path.write_text(json.dumps(row))
    path.chmod(0o644)


def slate_bytes(original: bytes, pictures: Sequence[bytes], silence: bytes) -> bytes:
    """The slate that takes the place of the segment `original`."""
    seen, heard = times(original)
    shown = []
    if seen is not None and pictures:
        total = sum(seen.durations)
        count = max(1, min(len(pictures), round(total / FRAME)))
        for place, data in enumerate(pictures[:count]):
            # The last picture stands for what the division leaves.
            duration = FRAME if place + 1 < count else total - FRAME * (count - 1)
            shown.append(PictureSample(seen.time + FRAME * place, duration, place == 0, data))
    silent = []
    at = heard.time if heard is not None else 0
    for duration in heard.durations if heard is not None else ():
        silent.append(SoundSample(at, duration, silence))
        at += duration
    return chunk(1, shown, silent)


def slate_file(directory: Path, segment: Segment) -> Path | None:
    """The file of the slate for `segment` of the rendition in `directory`, made at the first call; None where the
    recording has no template."""
    target = directory / segment.file
    if target.exists():
        return target
    try:
        row = json.loads((directory / TEMPLATE).read_text())
        with (directory / f"{segment.msn}.m4s").open("rb") as file:
            original = file.read(segment.size)
    except FileNotFoundError:
        return None
    pictures = [base64.b64decode(picture) for picture in row["pictures"]]
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    unfinished.write_bytes(slate_bytes(original, pictures, base64.b64decode(row["silence"])))
    unfinished.chmod(0o644)
    os.replace(unfinished, target)
    return target


def sized(segment: Segment, size: int) -> Segment:
    """`segment` as one part of `size` bytes: what its slate is."""
    part = replace(segment.parts[0], offset=0, length=size, duration=segment.duration, independent=True)
    return replace(segment, parts=(part,))
