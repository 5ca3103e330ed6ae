"""Opus packets to the sound that recognisers want: 16 kHz, mono, signed 16 bit."""

import av
from av.audio.resampler import AudioResampler

from transcripts.align import RATE as OPUS_RATE
from transcripts.engines.interface import RATE

# RFC 6716, section 3.1: frame lengths in samples of 48 kHz by configuration number.
_SILK = (480, 960, 1920, 2880)
_HYBRID = (480, 960)
_CELT = (120, 240, 480, 960)
LONGEST_PACKET = OPUS_RATE * 120 // 1000


def packet_samples(packet: bytes) -> int:
    """Length of an Opus packet in samples of 48 kHz; 0 when it is none (RFC 6716, sections 3.1 and 3.4)."""
    if not packet:
        return 0
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame = _SILK[config & 3]
    elif config < 16:
        frame = _HYBRID[config & 1]
    else:
        frame = _CELT[config & 3]
    if code < 3:
        count = 1 if code == 0 else 2
    else:
        count = packet[1] & 0x3F if len(packet) > 1 else 0
    samples = frame * count
    return samples if samples <= LONGEST_PACKET else 0


def silence(samples: int) -> bytes:
    """`samples` of 48 kHz as silence of 16 kHz."""
    return bytes(samples * RATE // OPUS_RATE * 2)


class OpusToSound:
    """The decoder of one track. A packet that cannot be decoded becomes as much silence."""

    def __init__(self) -> None:
        self.errors = 0
        self._fresh()

    def _fresh(self) -> None:
        self._decoder = av.CodecContext.create("libopus", "r")
        self._resampler = AudioResampler(format="s16", layout="mono", rate=RATE)

    def decode(self, packet: bytes) -> bytes:
        try:
            frames = self._decoder.decode(av.Packet(packet))
            made = [out for frame in frames for out in self._resampler.resample(frame)]
        except av.FFmpegError:
            self.errors += 1
            self._fresh()
            return silence(packet_samples(packet))
        return b"".join(bytes(frame.planes[0])[: frame.samples * 2] for frame in made)
