"""A viewer without a decoder behind a bad line: it asks again for what it misses and reports as browsers do.

Sound counts as heard when its packet, a retransmission or the redundant block of the next one was there
`PLAYOUT` behind the newest; what was not is a gap.
"""

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass, field

from pylibsrtp import Error

from streaming.clock import unwrap_sequence
from streaming.descriptions import OPUS, RED, RTX_TYPES
from streaming.red import parse_red
from streaming.rtcp import (
    SENDER_REPORT,
    ReportBlock,
    SenderInfo,
    parse_rtcp,
    write_key_request,
    write_nack,
    write_receiver_report,
)
from streaming.rtp import RtpPacket, is_rtcp, open_rtx, parse_rtp
from tests.bench._client import Client

PLAYOUT = 10  # packets of 20 ms between arrival and the loudspeaker
AGAIN = 0.10  # s between two requests for the same packet
TRIES, GIVE_UP = 8, 300


@dataclass(slots=True)
class Line:
    """One received SSRC."""

    ssrc: int
    newest: int | None = None
    first: int = 0
    got: set[int] = field(default_factory=set)
    original: int = 0  # packets that came by themselves
    told: tuple[int, int] = (0, 0)
    missing: dict[int, tuple[float, int]] = field(default_factory=dict)
    report: tuple[int, float] = (0, 0.0)  # middle of the last sender report, and when

    def take(self, sequence: int, now: float) -> int:
        """The endless number; what was jumped over is missing."""
        if self.newest is None:
            self.newest = self.first = sequence + (1 << 16)
        index = unwrap_sequence(sequence, self.newest)
        for number in range(self.newest + 1, min(index, self.newest + GIVE_UP)):
            self.missing[number] = (now, 0)
        self.newest = max(self.newest, index)
        self.have(index)
        return index

    def have(self, index: int) -> None:
        self.got.add(index)
        self.missing.pop(index, None)

    def due(self, now: float) -> list[int]:
        asking = []
        for index, (asked, tries) in [*self.missing.items()]:
            if tries >= TRIES or index < (self.newest or 0) - GIVE_UP:
                del self.missing[index]
            elif now - asked > (AGAIN if tries else 0.02):
                self.missing[index] = (now, tries + 1)
                asking.append(index & 0xFFFF)
        return asking

    def block(self, now: float) -> ReportBlock | None:
        if self.newest is None:
            return None
        expected = self.newest - self.first + 1
        new, came = expected - self.told[0], self.original - self.told[1]
        self.told = expected, self.original
        fraction = min(255, max(0, (new - came) * 256 // new)) if new > 0 else 0
        delay = int((now - self.report[1]) * 65_536) if self.report[0] else 0
        return ReportBlock(
            self.ssrc, fraction, expected - self.original, self.newest, 0, self.report[0], delay
        )


class Listener:
    """See the module's text. `answer` and `start` connect it, `gap` is what it missed of the sound so far."""

    def __init__(self) -> None:
        self.client = Client()
        self.heard = self.gaps = 0
        self.pictures = 0
        self._lines: dict[int, Line] = {}
        self._sound = self._rtx = 0
        self._played: int | None = None
        self._task: asyncio.Task[None] | None = None

    def answer(self, offer: str) -> str:
        """Learn the offer; the answer to it."""
        self.client.learn(offer)
        sections = {re.findall(r"a=mid:(\S+)", part)[0]: part for part in offer.split("\r\nm=")[1:]}
        self._sound = int(re.findall(r"a=ssrc:(\d+)", sections["main-audio"])[0])
        picture, self._rtx = map(int, re.findall(r"FID (\d+) (\d+)", sections["main-video"])[0])
        self._lines = {ssrc: Line(ssrc) for ssrc in (self._sound, picture)}
        return self.client.answer(offer)

    async def start(self) -> None:
        await self.client.connect(60)
        asyncio.get_running_loop().add_reader(self.client.sock.fileno(), self._on_readable)
        self._task = asyncio.create_task(self._feed_back())

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.client.sock.fileno())
        if self._task is not None:
            self._task.cancel()

    @property
    def gap(self) -> float:
        """Percent."""
        return 100 * self.gaps / max(1, self.gaps + self.heard)

    def _on_readable(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data = self.client.sock.recv(2_048)
                with contextlib.suppress(Error):  # what came before the keys, or twice
                    self._on_data(data)

    def _on_data(self, data: bytes) -> None:
        now, keys = time.monotonic(), self.client.receive
        if data[0] < 128 or keys is None:
            return
        if not is_rtcp(data):
            packet = parse_rtp(keys.unprotect(data))
            if packet is not None:
                self._on_packet(packet, now)
            return
        plain = keys.unprotect_rtcp(data)
        for item in parse_rtcp(plain) if plain[1] == SENDER_REPORT else ():
            if isinstance(item, SenderInfo) and item.ssrc in self._lines:
                self._lines[item.ssrc].report = item.ntp >> 16 & 0xFFFF_FFFF, now

    def _on_packet(self, packet: RtpPacket, now: float) -> None:
        if packet.ssrc == self._rtx:
            picture = next(line for line in self._lines.values() if line.ssrc != self._sound)
            original = open_rtx(packet, next(iter(RTX_TYPES)), picture.ssrc)
            if original is not None and picture.newest is not None:
                picture.have(unwrap_sequence(original.sequence, picture.newest))
            return
        line = self._lines.get(packet.ssrc)
        if line is None:
            return
        known = line.newest
        index = line.take(packet.sequence, now)
        line.original += known is None or index > known
        if packet.ssrc != self._sound:
            self.pictures += packet.marker
        elif packet.payload_type in (RED, OPUS):
            self._play(line, packet, index)

    def _play(self, line: Line, packet: RtpPacket, index: int) -> None:
        found = parse_red(packet.payload) if packet.payload_type == RED else None
        for age, _ in found[0] if found is not None else ():
            line.have(index - age // 960)
        self._played = index if self._played is None else self._played
        while self._played < (line.newest or 0) - PLAYOUT:
            if self._played in line.got:
                self.heard += 1
            else:
                self.gaps += 1
            line.got.discard(self._played)
            self._played += 1

    async def _feed_back(self) -> None:
        """NACKs every 20 ms, reports every second, consent now and then."""
        beats = 0
        while True:
            await asyncio.sleep(0.02)
            beats += 1
            now = time.monotonic()
            for line in self._lines.values():
                asking = line.due(now)
                if asking:
                    self.client.send_rtcp(write_nack(1, line.ssrc, asking))
                if line.ssrc != self._sound and line.newest is None and beats % 50 == 0:
                    self.client.send_rtcp(write_key_request(1, line.ssrc))
            if beats % 50 == 0:
                blocks = [block for block in (line.block(now) for line in self._lines.values()) if block]
                if blocks:
                    self.client.send_rtcp(write_receiver_report(1, blocks))
            if beats % 125 == 0:
                self.client.check()
