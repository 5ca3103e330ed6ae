"""Framing on the pipes between the scribe and an engine process: a header, then `length` bytes."""

import json
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from transcripts.captions import Word
from transcripts.engines.interface import Recognised

# kind, track, begin (recording ms), length of what follows
HEAD = struct.Struct("<BIdI")
LONGEST = 1 << 20


class Kind(IntEnum):
    """To the engine: AUDIO (PCM), FLUSH, CLOSE. From it: READY, RESULT (JSON), TAKEN (answers every AUDIO,
    FLUSH).
    """

    AUDIO = 1
    FLUSH = 2
    CLOSE = 3
    READY = 10
    RESULT = 11
    TAKEN = 12


@dataclass(frozen=True, slots=True)
class EngineFrame:
    kind: Kind
    track: int = 0
    begin_ms: float = 0.0
    data: bytes = b""

    def pack(self) -> bytes:
        return HEAD.pack(self.kind, self.track, self.begin_ms, len(self.data)) + self.data


def parse_head(head: bytes) -> tuple[Kind, int, float, int]:
    """The fields of a header; ValueError when it is none."""
    kind, track, begin_ms, length = HEAD.unpack(head)
    if length > LONGEST:
        raise ValueError(f"frame of {length} bytes")
    return Kind(kind), track, begin_ms, length


def read_frame(pipe: BinaryIO) -> EngineFrame | None:
    """The next frame of a blocking pipe; None at its end."""
    head = pipe.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, track, begin_ms, length = parse_head(head)
    data = pipe.read(length)
    return EngineFrame(kind, track, begin_ms, data) if len(data) == length else None


def pack_result(track: int, result: Recognised) -> EngineFrame:
    words = [[word.text, word.begin_ms, word.end_ms] for word in result.words]
    body = json.dumps({"final": result.final, "words": words}, ensure_ascii=False).encode()
    return EngineFrame(Kind.RESULT, track, float(result.begin_ms), body)


def unpack_result(frame: EngineFrame) -> Recognised:
    body = json.loads(frame.data)
    words = tuple(Word(str(text), int(begin), int(end)) for text, begin, end in body["words"])
    return Recognised(round(frame.begin_ms), words, bool(body["final"]))
