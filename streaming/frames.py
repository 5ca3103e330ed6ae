"""From packets back to frames, for the sinks: H.264 access units, VP8 frames, Opus packets. Pure.

Packets may come in any order. A hole is waited for a little, because NACK usually fills it; then the frames
it touches are left out and the next one says `lost_before`.
"""

from dataclasses import dataclass

from streaming.ingest import MediaPacket
from streaming.payloads import IDR, PPS, SPS, h264_fragment, h264_units, vp8_frame_part
from streaming.sinks import Codec

PATIENCE = {"h264": 0.150, "vp8": 0.150, "opus": 0.060}  # s a hole is waited for
MAX_WAITING = 600  # packets
MAX_FRAME = 4 << 20  # bytes
_START_CODE = b"\x00\x00\x00\x01"


@dataclass(frozen=True, slots=True)
class Assembled:
    """One whole frame."""

    timestamp: int
    arrival: float
    key: bool
    lost_before: bool
    data: bytes


class Assembler:
    """Frames of one stream, in order."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._waiting: dict[int, MediaPacket] = {}
        self._next: int | None = None
        self._parts: list[MediaPacket] = []
        self._spoiled = False  # the frame being gathered misses its beginning
        self._spoiled_time: int | None = None
        self._lost = False
        self._parameters: dict[int, bytes] = {}
        self.left_out = 0

    def push(self, packet: MediaPacket, now: float) -> list[Assembled]:
        """Take one packet; the frames that are whole now."""
        if self._next is None:
            self._next = packet.index
        if packet.index >= self._next:
            self._waiting[packet.index] = packet
        return self._drain(now)

    def flush(self, now: float) -> list[Assembled]:
        """Call now and then: gives up holes whose time is over."""
        return self._drain(now)

    def _drain(self, now: float) -> list[Assembled]:
        frames: list[Assembled] = []
        while self._waiting:
            assert self._next is not None
            packet = self._waiting.pop(self._next, None)
            if packet is not None:
                self._next += 1
                frames.extend(self._gather(packet))
                continue
            first = min(self._waiting)
            waited = now - self._waiting[first].arrival
            if waited < PATIENCE[self._codec] and len(self._waiting) < MAX_WAITING:
                break
            self._skip_to(first)
        return frames

    def _skip_to(self, index: int) -> None:
        self._next = index
        self._lost = True
        self._spoiled, self._spoiled_time = self._codec != "opus", None
        self.left_out += bool(self._parts)
        self._parts.clear()

    def _gather(self, packet: MediaPacket) -> list[Assembled]:
        if self._codec == "opus":
            return [self._finish([packet], packet.payload, True)] if packet.payload else []
        frames: list[Assembled] = []
        if self._parts and packet.timestamp != self._parts[0].timestamp:
            frames.extend(self._close())
        if not packet.payload:
            return frames
        if self._spoiled and not self._starts_frame(packet):
            self._spoiled_time = packet.timestamp
        else:
            self._spoiled = False
            self._parts.append(packet)
        if packet.marker:
            frames.extend(self._close())
            self._spoiled = False
        return frames

    def _starts_frame(self, packet: MediaPacket) -> bool:
        """After a hole: certain only for what announces itself, the marker before it may be what was lost."""
        if self._spoiled_time is not None and packet.timestamp != self._spoiled_time:
            return True
        if self._codec == "vp8":
            part = vp8_frame_part(packet.payload)
            return part is not None and part[0]
        return packet.key

    def _close(self) -> list[Assembled]:
        parts = [*self._parts]
        self._parts.clear()
        if not parts:
            return []
        found = _vp8_frame(parts) if self._codec == "vp8" else self._access_unit(parts)
        if found is None:
            self._lost = True
            self.left_out += 1
            return []
        return [self._finish(parts, *found)]

    def _finish(self, parts: list[MediaPacket], data: bytes, key: bool) -> Assembled:
        lost, self._lost = self._lost, False
        arrival = max(part.arrival for part in parts)
        return Assembled(parts[0].timestamp, arrival, key, lost, data)

    def _access_unit(self, parts: list[MediaPacket]) -> tuple[bytes, bool] | None:
        units = _h264_units(parts)
        if not units:
            return None
        kinds = {unit[0] & 31 for unit in units}
        for unit in units:
            if unit[0] & 31 in (SPS, PPS):
                self._parameters[unit[0] & 31] = unit
        if IDR in kinds:
            missing = [self._parameters.get(kind) for kind in (SPS, PPS) if kind not in kinds]
            if None in missing:
                return None  # a key nobody can decode
            units = [unit for unit in missing if unit is not None] + units
        return b"".join(_START_CODE + unit for unit in units), IDR in kinds


def _h264_units(parts: list[MediaPacket]) -> list[bytes] | None:
    """NAL units of one access unit, or None when a fragment has no beginning or no end."""
    units: list[bytes] = []
    open_unit: bytearray | None = None
    for part in parts:
        fragment = h264_fragment(part.payload)
        if fragment is None:
            if open_unit is not None:
                return None
            units.extend(h264_units(part.payload))
            continue
        starts, ends, data = fragment
        if starts == (open_unit is not None):
            return None
        open_unit = bytearray() if open_unit is None else open_unit
        open_unit += data
        if len(open_unit) > MAX_FRAME:
            return None
        if ends:
            units.append(bytes(open_unit))
            open_unit = None
    return None if open_unit is not None else units


def _vp8_frame(parts: list[MediaPacket]) -> tuple[bytes, bool] | None:
    pieces = [vp8_frame_part(part.payload) for part in parts]
    first = pieces[0]
    if first is None or not first[0] or None in pieces:
        return None
    data = b"".join(piece[1] for piece in pieces if piece is not None)
    return (data, not data[0] & 1) if len(data) <= MAX_FRAME else None
