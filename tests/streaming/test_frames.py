"""From packets back to frames: any order, any loss."""

from hypothesis import given
from hypothesis import strategies as st

from streaming.frames import PATIENCE, Assembled, Assembler
from streaming.ingest import MediaPacket

START = b"\x00\x00\x00\x01"
SPS, PPS = b"\x67\x42\xe0\x1f", b"\x68\xce\x3c\x80"


def _stap(*units: bytes) -> bytes:
    return b"\x18" + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


def _fragments(unit: bytes, size: int) -> list[bytes]:
    pieces = [unit[1:][at : at + size] for at in range(0, len(unit) - 1, size)]
    head = unit[0] & 0xE0 | 28
    return [
        bytes((head, unit[0] & 31 | 0x80 * (at == 0) | 0x40 * (at == len(pieces) - 1))) + piece
        for at, piece in enumerate(pieces)
    ]


def _video(count: int) -> list[tuple[MediaPacket, bytes]]:
    """Packets with the frame that each belongs to; every fourth frame is a key."""
    packets: list[tuple[MediaPacket, bytes]] = []
    for number in range(count):
        key = number % 4 == 0
        unit = bytes((0x65 if key else 0x41,)) + number.to_bytes(2, "big") * 20
        payloads = ([_stap(SPS, PPS)] if key else []) + _fragments(unit, 16)
        whole = (START + SPS + START + PPS if key else b"") + START + unit
        for at, payload in enumerate(payloads):
            index, last = 1_000 + len(packets), at == len(payloads) - 1
            arrival = index / 1_000
            packet = MediaPacket(index, 3_000 * number, last, payload, key and at == 0, arrival)
            packets.append((packet, whole))
    return packets


def _run(assembler: Assembler, packets: list[MediaPacket]) -> list[Assembled]:
    frames: list[Assembled] = []
    for packet in packets:
        frames += assembler.push(packet, packet.arrival)
    return frames + assembler.flush(1e9)


def test_frames_come_whole_and_in_order() -> None:
    packets = _video(9)
    frames = _run(Assembler("h264"), [packet for packet, _ in packets])
    assert [frame.data for frame in frames] == list(dict.fromkeys(whole for _, whole in packets))
    assert [frame.key for frame in frames] == [number % 4 == 0 for number in range(9)]
    assert not any(frame.lost_before for frame in frames)


@given(st.data())
def test_under_loss_and_disorder_every_frame_is_right_or_missing_and_said_so(data: st.DataObject) -> None:
    packets = _video(8)
    lost = data.draw(st.sets(st.integers(1, len(packets) - 1), max_size=4))
    kept = [
        packets[0],
        *data.draw(st.permutations([p for at, p in enumerate(packets) if at and at not in lost])),
    ]
    frames = _run(Assembler("h264"), [packet for packet, _ in kept])
    wholes = {packet.timestamp: whole for packet, whole in packets}
    times = [frame.timestamp for frame in frames]
    assert times == sorted(set(times))
    assert all(frame.data == wholes[frame.timestamp] for frame in frames)
    damaged = {packets[at][0].timestamp for at in lost}
    for before, after in zip([-3_000, *times], frames, strict=False):
        missed = any(before < time < after.timestamp for time in wholes)
        assert after.lost_before or not missed
    assert not damaged & set(times)


def test_a_hole_is_waited_for_and_then_given_up() -> None:
    packets = [packet for packet, _ in _video(3)]
    assembler = Assembler("h264")
    assembler.push(packets[0], 0.0)
    late = [packet for packet in packets[2:]]
    assert [frame for packet in late for frame in assembler.push(packet, 2.0)] != []
    assembler = Assembler("h264")
    for packet in packets[:1] + packets[2:]:
        assert assembler.push(packet, packet.arrival) == []
    (first, *_) = assembler.push(packets[1], packets[-1].arrival)
    assert first.key and not first.lost_before


def test_an_idr_without_parameters_gets_the_last_ones_before_it() -> None:
    assembler = Assembler("h264")
    assert assembler.push(MediaPacket(1, 0, True, b"\x65abc", True, 0), 0) == []
    assembler.push(MediaPacket(2, 3_000, True, _stap(SPS, PPS), True, 0), 0)
    (frame,) = assembler.push(MediaPacket(3, 6_000, True, b"\x65abc", True, 0), 0)
    assert frame.data == START + SPS + START + PPS + START + b"\x65abc"


def test_sound_waits_for_a_late_packet_only_a_little() -> None:
    def sound(index: int, arrival: float) -> MediaPacket:
        return MediaPacket(index, 960 * index, False, b"opus%d" % index, False, arrival)

    assembler = Assembler("opus")
    assert [frame.data for frame in assembler.push(sound(1, 0.0), 0.0)] == [b"opus1"]
    assert assembler.push(sound(3, 0.04), 0.04) == []
    assert [frame.data for frame in assembler.push(sound(2, 0.05), 0.05)] == [b"opus2", b"opus3"]
    assert assembler.push(sound(5, 0.10), 0.10) == []
    (frame,) = assembler.flush(0.10 + PATIENCE["opus"])
    assert frame.lost_before and frame.data == b"opus5"
    assert assembler.push(sound(4, 0.2), 0.2) == []


def test_a_vp8_frame_is_its_parts_without_descriptors() -> None:
    assembler = Assembler("vp8")
    assembler.push(MediaPacket(1, 0, False, b"\x90\x80\x05\x00AB", True, 0), 0)
    (frame,) = assembler.push(MediaPacket(2, 0, True, b"\x80\x80\x05CD", False, 0), 0)
    assert (frame.data, frame.key) == (b"\x00ABCD", True)
    (delta,) = assembler.push(MediaPacket(3, 3_000, True, b"\x10\x01EF", False, 0), 0)
    assert (delta.data, delta.key) == (b"\x01EF", False)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3), st.booleans(), st.binary(max_size=12))))
def test_nonsense_in_packets_never_raises(items: list[tuple[int, int, bool, bytes]]) -> None:
    for codec in ("h264", "vp8", "opus"):
        assembler = Assembler(codec)
        _run(
            assembler,
            [MediaPacket(index, time, marker, data, False, 0) for index, time, marker, data in items],
        )
