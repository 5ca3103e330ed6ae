"""One person on stage as the programme sees them."""

from collections.abc import Callable

from recordings import canvas
from recordings.clock import ParticipantClock
from recordings.picture import PictureLeg
from recordings.sound import SoundLeg
from recordings.units import CLOCK_RATE, PICTURE_CODECS, SENDER_REPORT, Codec, Kind, Unit


class Participant:
    """The two legs of one person, held together by one clock."""

    def __init__(self, want_key: Callable[[], None]) -> None:
        self.slot = ""
        self.clock = ParticipantClock()
        self.picture = PictureLeg(self.clock, want_key)
        self.sound: SoundLeg | None = None
        self.cache = canvas.ScaleCache()

    def feed(self, unit: Unit) -> None:
        if unit.kind is Kind.VIDEO:
            self.picture.feed(unit)
        elif unit.kind is Kind.AUDIO:
            if self.sound is None or self.sound.codec is not unit.codec:
                self.sound = SoundLeg(self.clock, unit.codec)
            self.sound.feed(unit)
        elif unit.kind is Kind.SENDER_REPORT:
            self._report(unit)

    def _report(self, unit: Unit) -> None:
        ntp, timestamp = SENDER_REPORT.unpack(unit.payload)
        decoder = {Codec.H264: "h264", Codec.VP8: "vp8", Codec.OPUS: "libopus", Codec.PCMU: "pcm_mulaw"}[
            unit.codec
        ]
        kind = "picture" if unit.codec in PICTURE_CODECS else "sound"
        self.clock.stream(f"{kind}-{decoder}", CLOCK_RATE[unit.codec]).on_report(ntp, timestamp)
