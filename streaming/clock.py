"""Counters that wrap, and the two clocks of a broadcast.

`now` is always `time.monotonic()` in seconds and is handed in: nothing in the pure files reads a clock.
Sender reports speak NTP (RFC 3550, section 4): seconds since 1900 in 32.32 fixed point.
"""

import time

NTP_EPOCH = 2_208_988_800  # seconds from 1900-01-01 to 1970-01-01
VIDEO_CLOCK = 90_000
AUDIO_CLOCK = 48_000


def sequence_delta(new: int, old: int) -> int:
    """Signed distance between two 16-bit sequence numbers, -32768 … 32767."""
    return ((new - old + 0x8000) & 0xFFFF) - 0x8000


def timestamp_delta(new: int, old: int) -> int:
    """Signed distance between two 32-bit RTP timestamps."""
    return ((new - old + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


def unwrap_sequence(sequence: int, near: int) -> int:
    """The endless number whose low 16 bits are `sequence` and which is nearest to `near`."""
    return near + sequence_delta(sequence, near & 0xFFFF)


def ntp_seconds(fixed: int) -> float:
    """NTP 32.32 fixed point to seconds since 1900."""
    return fixed / (1 << 32)


def ntp_fixed(seconds: float) -> int:
    """Seconds since 1900 to NTP 32.32 fixed point."""
    whole = int(seconds)
    return ((whole & 0xFFFF_FFFF) << 32) | int((seconds - whole) * (1 << 32))


class WallClock:
    """NTP time that never steps: the wall is read once, then the monotonic clock is followed.

    A correction of the machine's clock in the middle of a broadcast would tear sound from picture.
    """

    def __init__(self) -> None:
        self._offset = time.time() + NTP_EPOCH - time.monotonic()

    def ntp_at(self, now: float) -> float:
        """NTP seconds at the monotonic moment `now`."""
        return now + self._offset
