"""A synthetic publisher that sends its picture in three sizes by rid."""

import struct

from streaming.rtp import parse_rtp
from tests.streaming.wire import OFFER, Sender

RID, REPAIRED, WIDE = 4, 5, 3  # header extension ids
SIMULCAST = (
    OFFER.replace("a=ssrc-group:FID 2222 3333\n", "")
    .replace("a=ssrc:2222 cname:x\n", "")
    .replace("a=ssrc:3333 cname:x\n", "")
    + f"a=extmap:{RID} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\n"
    + f"a=extmap:{REPAIRED} urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\n"
    + "".join(f"a=rid:{rid} send\n" for rid in "hml")
    + "a=simulcast:send h;m;l\n"
)


class Layered(Sender):
    """Every frame in three sizes: `sizes` says in how many packets each, best first; 0 rests."""

    def __init__(self) -> None:
        super().__init__()
        self.sequences = [65_500, 100, 40_000]
        self.sizes = [4, 2, 1]
        self.count = 0

    def offer(self) -> str:
        return self.fill(SIMULCAST)

    def picture(self, key: bool = False) -> None:
        """One moment, the smallest size first as Chromium sends it."""
        self.count += 1
        for layer in (2, 1, 0):
            if self.sizes[layer]:
                for packet in self.layer_packets(layer, key):
                    self.send_rtp(packet)

    def layer_packets(self, layer: int, key: bool) -> list[bytes]:
        """RTP with the rid as a one-byte header extension; timestamps begin anywhere in every layer."""
        self.sequence, own = self.sequences[layer], self.timestamp
        self.timestamp = (0xFFFF_0000 * (layer + 1) + 3_000 * self.count - 3_000) & 0xFFFF_FFFF
        packets = self.make_frame(key, self.sizes[layer])
        self.sequences[layer], self.timestamp = self.sequence, own
        extension = struct.pack("!HH", 0xBEDE, 1) + bytes((RID << 4, b"hml"[layer], 0, 0))
        made = []
        for packet in packets:
            header = bytes((0x90,)) + packet[1:8] + struct.pack("!L", 7_000 + layer)
            made.append(header + extension + packet[12:])
            assert parse_rtp(made[-1]) is not None
        return made
