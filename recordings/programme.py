"""The programme of one session: who is on stage, laid out in one picture, heard in one sound, on one
timeline.

It has no clock and no socket, only `feed(unit)` and `tick(k)`: a test runs it in virtual time. Tick k stands
at t0 + k/30 of the monotonic clock, and its picture at media time 1 + k/30 s, whether or not anybody sends
anything.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from struct import error as StructError
from typing import Any

from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from recordings import canvas, overlay, units
from recordings.cmaf import (
    AUDIO_RATE,
    MEDIA_START,
    SAMPLES_PER_PACKET,
    VIDEO_RATE,
    PictureSample,
    SoundSample,
    length_prefixed,
)
from recordings.encoders import FPS, LARGE, SMALL, SoundEncoder, encode_picture, open_encoders
from recordings.journal import RENDITIONS
from recordings.participant import Participant
from recordings.segments import Rendition, Settler
from recordings.slate_template import make_template
from recordings.slates import write_template
from recordings.sound import RATE, Samples, mixed
from recordings.units import Kind, Unit

log = logging.getLogger(__name__)

PART_TICKS = 6  # 0.2 s
SEGMENT_TICKS = FPS  # 1 s
TICK_SAMPLES = RATE // FPS
TICK_TIME = VIDEO_RATE // FPS
# A participant without a picture for this long has broken off; sound alone does not keep a frozen face on
# air.
SILENT_AFTER = 2.0
SLATE_TEXT = "直播稍后继续"
SLOT_ORDER = {"main": 0, "cohost": 1, "guest": 2}
Notify = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Scene:
    """What the moderator wants to see; everything else follows from who sends."""

    layout: str = "side"
    lead: str = ""  # who shares a screen: first, whatever the slot
    forced_slate: overlay.Overlay | None = None
    third: overlay.Overlay | None = None


@lru_cache(maxsize=1)
def standing_slate() -> overlay.Overlay:
    """What is shown while nobody sends, drawn once per process."""
    return overlay.slate(SLATE_TEXT)


class ProgrammeEncoders:
    """What a programme encodes with, opened by a standby before it is needed: it costs a tenth of a
    second."""

    def __init__(self) -> None:
        self.large, self.small, self.sound = open_encoders(LARGE), open_encoders(SMALL), open_encoders(None)
        self.slate = make_template()


class Programme:
    """`notify` gets JSON-able messages: {"part": …}, {"want_key": participant}, {"error": …, "participant":
    …}."""

    def __init__(
        self,
        directory: Path,
        t0: float,
        notify: Notify,
        clock: Callable[[], float] = time.monotonic,
        encoders: "ProgrammeEncoders | None" = None,
    ) -> None:
        self.t0 = t0
        self.shown = 0
        self.errors = 0
        self.ended = False
        self._notify, self._clock = notify, clock
        self._canvas = canvas.Canvas()
        self._people: dict[str, Participant] = {}
        self._scene = Scene()
        self._slate = standing_slate()
        self._first: int | None = None
        self._visible: list[str] = []
        self._open(directory, encoders or ProgrammeEncoders())
        if not overlay.typeface().chinese:
            notify({"warning": "no_chinese_font"})

    def _open(self, directory: Path, encoders: "ProgrammeEncoders") -> None:
        large, small, sound = encoders.large, encoders.small, encoders.sound
        assert large.picture is not None and small.picture is not None
        self._large, self._small, self._aac = large.picture, small.picture, large.sound
        self._settler = Settler()
        self._renditions = [Rendition(directory, name, self._settler) for name in RENDITIONS]
        epoch = max(rendition.epoch for rendition in self._renditions)
        msn = max(rendition.msn for rendition in self._renditions)
        for rendition, init in zip(self._renditions, (large.init, small.init, sound.init), strict=True):
            rendition.begin(epoch, msn, init)
            pictures = encoders.slate.pictures(rendition.name)
            write_template(directory / rendition.name, pictures, encoders.slate.silence)
        self._sound_encoder: SoundEncoder | None = None

    @property
    def epoch(self) -> int:
        return self._renditions[0].epoch

    def time_of(self, tick: int) -> float:
        return self.t0 + tick / FPS

    # Input

    def feed(self, unit: Unit) -> None:
        """Take a unit. One that is broken is counted and told; it never stops the programme."""
        try:
            if unit.kind is Kind.CONTROL:
                self._control(units.control_fields(unit))
            else:
                self._participant(unit.participant).feed(unit)
        except (
            FFmpegError,
            ValueError,
            KeyError,
            TypeError,
            ArithmeticError,
            AssertionError,
            StructError,
        ) as error:
            self.errors += 1
            self._notify({"error": repr(error), "participant": unit.participant})

    def _participant(self, name: str) -> Participant:
        found = self._people.get(name)
        if found is None:
            found = self._people[name] = Participant(lambda: self._notify({"want_key": name}))
        return found

    def _control(self, fields: dict[str, Any]) -> None:
        """`stage` [participant, slot], `leave` participant, `layout`, `lead` participant or None, `third`
        [question, number] or None, `slate` text or None, `end` true."""
        if "stage" in fields:
            participant, slot = fields["stage"]
            self._participant(participant).slot = slot
        if "leave" in fields:
            self._people.pop(fields["leave"], None)
        if fields.get("layout") in canvas.LAYOUTS:
            self._scene.layout = fields["layout"]
        if "lead" in fields:
            self._scene.lead = str(fields["lead"] or "")
        if "third" in fields:
            third = fields["third"]
            self._scene.third = overlay.lower_third(str(third[0]), str(third[1])) if third else None
        if "slate" in fields:
            text = fields["slate"]
            self._scene.forced_slate = overlay.slate(str(text)) if text is not None else None
        self.ended = self.ended or bool(fields.get("end"))

    # One output frame

    def tick(self, tick: int, repeat: bool = False) -> None:
        """Make frame `tick`. `repeat`: we are behind; the picture before stands longer, but always the sound."""
        if self._first is None:
            self._first = tick
            self._sound_encoder = SoundEncoder(self._aac, tick * TICK_SAMPLES)
        now = self.time_of(tick)
        done = tick - self._first
        if (
            repeat
            and done % PART_TICKS != 0
            and all(rendition.pictures for rendition in self._renditions[:2])
        ):
            # Encoding is most of the work: a machine that cannot keep up shows five pictures a second, whole sound.
            self._stretch_pictures()
        else:
            self._compose(now)
            self._encode_pictures(tick, key=done % SEGMENT_TICKS == 0)
        self._encode_sound(self._mix(now))
        if (done + 1) % PART_TICKS == 0:
            self._cut(end_segment=(done + 1) % SEGMENT_TICKS == 0)

    def _compose(self, now: float) -> None:
        seen = self._seen(now)
        places = canvas.places(self._scene.layout, len(seen))
        visible = [name for name, _, _ in seen[: len(places)]]
        self.shown = len(visible)
        if self._scene.forced_slate is not None or not visible:
            (self._scene.forced_slate or self._slate).draw(self._canvas)
            self._visible, self.shown = [], 0
            return
        if visible != self._visible:
            self._canvas.clear()
            self._visible = visible
        for (_, person, frame), (area, fit) in zip(seen, places, strict=False):
            self._canvas.paste(frame, area, fit, person.cache)
        if self._scene.third is not None:
            self._scene.third.draw(self._canvas)

    def _seen(self, now: float) -> list[tuple[str, Participant, VideoFrame]]:
        """Whose picture is alive at `now`: who shares a screen, then the main slot, then the others."""
        found = []
        for name, person in self._people.items():
            frame = person.picture.frame_at(now, 0.5 / FPS)
            if frame is not None and person.picture.last_arrival > now - SILENT_AFTER:
                found.append((name, person, frame))
        return sorted(found, key=self._rank)

    def _rank(self, entry: tuple[str, Participant, VideoFrame]) -> tuple[bool, int]:
        name, person, _frame = entry
        return name != self._scene.lead, SLOT_ORDER.get(person.slot, len(SLOT_ORDER))

    def _mix(self, now: float) -> Samples:
        voices = []
        for person in self._people.values():
            voice = person.sound.pull(now, TICK_SAMPLES) if person.sound else None
            if voice is not None:
                voices.append(voice)
        # Pulled all the same while a slate is asked for, so that everybody stays at their place.
        silent = self._scene.forced_slate is not None or self._scene.layout == "slate"
        return mixed([] if silent else voices, TICK_SAMPLES)

    def _encode_pictures(self, tick: int, key: bool) -> None:
        frame = self._canvas.frame()
        self._encode_picture(self._large, frame, tick, key, self._renditions[0])
        small = frame.reformat(SMALL.width, SMALL.height, interpolation="FAST_BILINEAR")
        self._encode_picture(self._small, small, tick, key, self._renditions[1])

    def _stretch_pictures(self) -> None:
        for rendition in self._renditions[:2]:
            last = rendition.pictures[-1]
            rendition.pictures[-1] = replace(last, duration=last.duration + TICK_TIME)

    def _encode_picture(
        self, context: VideoCodecContext, frame: VideoFrame, tick: int, key: bool, rendition: Rendition
    ) -> None:
        time_of_frame = tick * TICK_TIME + MEDIA_START * VIDEO_RATE
        for is_key, data in encode_picture(context, frame, tick, key):
            rendition.pictures.append(PictureSample(time_of_frame, TICK_TIME, is_key, length_prefixed(data)))

    def _encode_sound(self, samples: Samples) -> None:
        assert self._sound_encoder is not None
        for at, data in self._sound_encoder.encode(samples):
            sample = SoundSample(at + MEDIA_START * AUDIO_RATE, SAMPLES_PER_PACKET, data)
            for rendition in self._renditions:
                rendition.sounds.append(sample)

    def _cut(self, end_segment: bool) -> None:
        now = self._clock()
        for rendition in self._renditions:
            part = rendition.cut_part(now)
            if part is not None:
                self._notify({"part": {"rendition": rendition.name, "msn": part.msn, "index": part.index}})
            if end_segment:
                rendition.next_segment()

    def close(self) -> None:
        """Write what has gathered and finish the files."""
        self._cut(end_segment=True)
        for rendition in self._renditions:
            rendition.close()
        self._settler.close()

    def statistics(self) -> dict[str, Any]:
        """Numbers for the health light: per participant speed, jumps, underruns, late packets, decoder
        errors."""
        people = {
            name: {
                "delay_ms": round(person.clock.delay * 1000),
                "picture_errors": person.picture.errors,
                "ratio": round(person.sound.ratio, 6) if person.sound else None,
                "jumps": person.sound.jumps if person.sound else 0,
                "underruns": person.sound.underruns if person.sound else 0,
                "late": person.sound.late if person.sound else 0,
            }
            for name, person in self._people.items()
        }
        lost = sum(rendition.lost_parts for rendition in self._renditions)
        return {
            "people": people,
            "errors": self.errors,
            "lost_parts": lost,
            "not_synced": self._settler.skipped,
        }
