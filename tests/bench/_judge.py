"""What the viewers of the fan-out bench got, compared with what was sent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pylibsrtp import Error, Session

from streaming.rtp import parse_rtp
from tests.bench._stream import NUMBERS, index_of, picture_payload, sound_payload

MASK = NUMBERS - 1


@dataclass(frozen=True, slots=True)
class Log:
    """Every media packet as columns: `stream` 0 is video, 1 audio; `time` in ns of the wall clock."""

    viewer: npt.NDArray[np.uint16]
    stream: npt.NDArray[np.uint8]
    sequence: npt.NDArray[np.uint16]
    time: npt.NDArray[np.int64]


@dataclass(slots=True)
class Verdict:
    """Of the window: packets received and expected, and what differed."""

    arrived: int = 0  # within the window, whenever sent: what the server's CPU time was spent for
    received: int = 0
    expected: int = 0
    duplicates: int = 0
    decrypted: int = 0
    wrong: int = 0
    silent: int = 0  # viewers that missed a whole stream
    p50_ms: float = float("nan")
    p99_ms: float = float("nan")

    @property
    def lost(self) -> int:
        return self.expected - self.received


def compare(
    raw: Sequence[bytes], session: Session, verdict: Verdict, times: npt.NDArray[np.int64]
) -> list[int]:
    """Decrypt one viewer's packets and compare their bytes; by stream, sequence number minus index (or -1)."""
    deltas = [-1, -1]
    for data in raw:
        try:
            packet = parse_rtp(session.unprotect(data))
        except Error:
            packet = None
        verdict.decrypted += 1
        if packet is None:
            verdict.wrong += 1
            continue
        index = index_of(packet.payload)
        stream = int(packet.payload[0] == 0x78)
        if index is None:
            continue  # parameter sets: equal to what was sent, or index_of would have read a wild number
        made = sound_payload(index) if stream else picture_payload(index)
        if made != packet.payload or not times[stream, index & MASK]:
            verdict.wrong += 1
        else:
            deltas[stream] = (packet.sequence - index) & MASK
    return deltas


def judge(
    log: Log,
    deltas: npt.NDArray[np.int64],
    times: npt.NDArray[np.int64],
    window: tuple[int, int],
    verdict: Verdict,
) -> None:
    """Fill `verdict` for packets that were sent in `window` (ns). `deltas`: [viewer][stream]."""
    delays = []
    verdict.arrived = int(((log.time >= window[0]) & (log.time <= window[1])).sum())
    for stream in (0, 1):
        sent = times[stream]
        wanted = (sent >= window[0]) & (sent <= window[1])
        mine = log.stream == stream
        viewer = log.viewer[mine].astype(np.int64)
        index = (log.sequence[mine].astype(np.int64) - deltas[viewer, stream]) & MASK
        inside = wanted[index]
        seen = np.zeros((len(deltas), NUMBERS), np.bool_)
        seen[viewer[inside], index[inside]] = True
        got = int(seen.sum())
        verdict.received += got
        verdict.expected += int(wanted.sum()) * len(deltas)
        verdict.duplicates += int(inside.sum()) - got
        delays.append((log.time[mine][inside] - sent[index[inside]]) / 1e6)
    found = np.concatenate(delays)
    if len(found):
        verdict.p50_ms, verdict.p99_ms = (float(value) for value in np.percentile(found, [50, 99]))
