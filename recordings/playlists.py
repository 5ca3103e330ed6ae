"""HLS lists over the segments of a recording (RFC 8216, draft-pantos-hls-rfc8216bis for parts). Pure:
segments in, text out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from recordings.cmaf import MEDIA_START
from recordings.journal import Segment
from recordings.timeline import Entry, entries

PART_TARGET = {"v0": 0.2, "v1": 0.2, "a0": 0.21334}
TARGET_DURATION = 1
PARTS_PER_SEGMENT = 5
WINDOW = 30  # complete segments of the live list: a pause of half a minute loses nothing
WITH_PARTS = 3  # newest complete segments whose parts are listed too
# Recording time 0 is media time 1 s. Not MPEGTS:0: hls.js then places cues that it reads before the first
# picture of a discontinuity without waiting for it, several seconds off.
TIMESTAMP_MAP = f"X-TIMESTAMP-MAP=MPEGTS:{MEDIA_START * 90_000},LOCAL:00:00:00.000"
SKIP_UNTIL = 12 * TARGET_DURATION


class Cue(NamedTuple):
    """A caption; begin and end in recording ms. `kept`: the wall clock when it was final, None where nobody knows."""

    begin_ms: int
    end_ms: int
    speaker: str
    text: str
    kept: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """How far another rendition of the same recording is: its newest segment and the last part in it."""

    rendition: str
    msn: int
    part: int


def report_of(rendition: str, segments: Sequence[Segment]) -> Report | None:
    if not segments:
        return None
    return Report(rendition, segments[-1].msn, len(segments[-1].parts) - 1)


def live_list(
    rendition: str,
    segments: Sequence[Segment],
    wall0: float | None,
    ended: bool,
    near: bool = True,
    skip: bool = False,
    reports: Iterable[Report] = (),
) -> str:
    """The low-latency list of one rendition: the last complete segments, and the parts of the newest.

    `near` False: whole segments only, for what is delayed or being cut. `skip`: a delta update
    (8216bis section 6.2.5.1). `reports`: of the other renditions (4.4.5.4).
    """
    listed = [entry for entry in entries(segments) if entry.segment is None or entry.segment.complete]
    listed = listed[-WINDOW:]
    current = segments[-1] if near and segments and not segments[-1].complete else None
    target = PART_TARGET[rendition]
    first = listed[0].msn if listed else (current.msn if current else 0)
    first_epoch = listed[0].epoch if listed else (current.epoch if current else 0)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{TARGET_DURATION}",
        *([_low_latency(target)] if near else []),
        f"#EXT-X-MEDIA-SEQUENCE:{first}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{first_epoch}",
    ]
    skipped = _skippable(listed) if skip and near and not ended else 0
    writer = _Writer(lines, _skip(lines, listed, skipped, first_epoch), wall0)
    with_parts = {
        entry.msn for entry in listed[-WITH_PARTS:] if near and entry.segment and not entry.segment.slate
    }
    for entry in listed[skipped:]:
        writer.segment(entry, parts=entry.msn in with_parts)
    if current is not None:
        writer.head(Entry(current.msn, current.epoch, current.duration, current))
        writer.parts(current)
    if ended:
        lines.append("#EXT-X-ENDLIST")
    elif near:
        lines += [*_hint(segments), *map(_report_line, reports)]
    return "\n".join(lines) + "\n"


def _low_latency(target: float) -> str:
    return (
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3.1 * target:.3f}"
        f",CAN-SKIP-UNTIL={SKIP_UNTIL}\n#EXT-X-PART-INF:PART-TARGET={target}"
    )


def _report_line(report: Report) -> str:
    return (
        f'#EXT-X-RENDITION-REPORT:URI="../{report.rendition}/live.m3u8",'
        f"LAST-MSN={report.msn},LAST-PART={report.part}"
    )


def _hint(segments: Sequence[Segment]) -> list[str]:
    if not segments:
        return []
    last = segments[-1]
    msn, offset = (last.msn + 1, 0) if last.complete else (last.msn, last.size)
    return [f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{msn}.m4s",BYTERANGE-START={offset}']


def replay_list(segments: Sequence[Segment], wall0: float | None, ended: bool, skip: bool = False) -> str:
    """Everything so far: VOD once the recording has ended, EVENT (rewind) before. `skip`: a delta update."""
    listed = [entry for entry in entries(segments) if entry.segment is None or entry.segment.complete]
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{TARGET_DURATION}"]
    lines.append(f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}")
    skipped = 0
    if not ended:
        lines.append(f"#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL={SKIP_UNTIL}")
        skipped = _skippable(listed) if skip else 0
    lines.append(f"#EXT-X-MEDIA-SEQUENCE:{listed[0].msn if listed else 0}")
    first_epoch = listed[0].epoch if listed else 0
    lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{first_epoch}")
    writer = _Writer(lines, _skip(lines, listed, skipped, first_epoch), wall0)
    for entry in listed[skipped:]:
        writer.segment(entry, parts=False)
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _skip(lines: list[str], listed: Sequence[Entry], skipped: int, first_epoch: int) -> int:
    """Says in `lines` what is left out, and gives the epoch before what follows."""
    if not skipped:
        return first_epoch
    lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    return listed[skipped - 1].epoch


def _skippable(listed: Sequence[Entry]) -> int:
    """How many entries lie further than the skip boundary from the end."""
    length, kept = 0.0, 0
    for entry in reversed(listed):
        if length >= SKIP_UNTIL:
            break
        length += entry.duration
        kept += 1
    return len(listed) - kept


def _file(entry: Entry) -> str:
    return entry.segment.file if entry.segment is not None else f"{entry.msn}.m4s"


class _Writer:
    """Adds segments to `lines`, with the discontinuities and maps between them."""

    def __init__(self, lines: list[str], epoch: int, wall0: float | None) -> None:
        self._lines, self._epoch, self._wall0 = lines, epoch, wall0
        self._mapped: int | None = None

    def segment(self, entry: Entry, parts: bool) -> None:
        self.head(entry)
        if parts and entry.segment is not None:
            self.parts(entry.segment)
        if entry.segment is None:
            self._lines.append("#EXT-X-GAP")
        self._lines += [f"#EXTINF:{entry.duration:.5f},", _file(entry)]

    def head(self, entry: Entry) -> None:
        # One tag per epoch, so that all renditions count the same even where one of them lacks an epoch.
        self._lines += ["#EXT-X-DISCONTINUITY"] * (entry.epoch - self._epoch)
        self._epoch = entry.epoch
        if entry.segment is None:
            return
        if self._mapped != entry.epoch:
            self._lines.append(f'#EXT-X-MAP:URI="init-{entry.epoch}.mp4"')
            self._mapped = entry.epoch
        if self._wall0 is not None:
            self._lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_wall_time(self._wall0, entry.segment.begin)}")

    def parts(self, segment: Segment) -> None:
        for part in segment.parts:
            independent = ",INDEPENDENT=YES" if part.independent else ""
            self._lines.append(
                f'#EXT-X-PART:DURATION={part.duration:.5f},URI="{segment.msn}.m4s",'
                f'BYTERANGE="{part.length}@{part.offset}"{independent}'
            )


def _wall_time(wall0: float, media: float) -> str:
    moment = datetime.fromtimestamp(wall0 + media - MEDIA_START, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def master_list(which: str, captions: bool) -> str:
    """The renditions; `which` is "live" or "replay". Sound alone has its own address too, since players hide
    it here."""
    subtitles = ',SUBTITLES="captions"' if captions else ""
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if captions:
        address = "captions.m3u8" if which == "live" else "captions-replay.m3u8"
        lines.append(
            '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="中文",LANGUAGE="zh",'
            f'DEFAULT=YES,AUTOSELECT=YES,URI="{address}"'
        )
    lines += [
        '#EXT-X-STREAM-INF:BANDWIDTH=2400000,AVERAGE-BANDWIDTH=1900000,CODECS="avc1.64001f,mp4a.40.2",'
        f"RESOLUTION=1280x720,FRAME-RATE=30.000{subtitles}",
        f"v0/{which}.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=700000,CODECS="avc1.64001e,mp4a.40.2",'
        f"RESOLUTION=640x360,FRAME-RATE=30.000{subtitles}",
        f"v1/{which}.m3u8",
        f'#EXT-X-STREAM-INF:BANDWIDTH=110000,CODECS="mp4a.40.2"{subtitles}',
        f"a0/{which}.m3u8",
    ]
    return "\n".join(lines) + "\n"


def captions_list(segments: Sequence[Segment], wall0: float | None, ended: bool, whole: bool) -> str:
    """WebVTT list with the numbers, lengths and discontinuities of the picture. No parts: words come late.

    The live list has files of its own (`late_captions`); `whole` names those with the words at their own times.
    """
    file = "captions/" if whole else "captions/live-"
    listed = [entry for entry in entries(segments) if entry.segment is None or entry.segment.complete]
    if not whole:
        listed = listed[-WINDOW:]
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{TARGET_DURATION}"]
    if whole:
        lines.append(f"#EXT-X-PLAYLIST-TYPE:{'VOD' if ended else 'EVENT'}")
    epoch = listed[0].epoch if listed else 0
    lines += [
        f"#EXT-X-MEDIA-SEQUENCE:{listed[0].msn if listed else 0}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{epoch}",
    ]
    for entry in listed:
        lines += ["#EXT-X-DISCONTINUITY"] * (entry.epoch - epoch)
        epoch = entry.epoch
        if entry.segment is None:
            lines.append("#EXT-X-GAP")
        elif wall0 is not None:
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_wall_time(wall0, entry.segment.begin)}")
        lines += [f"#EXTINF:{entry.duration:.5f},", f"{file}{entry.msn}.vtt"]
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def caption_segment(segment: Segment, cues: Iterable[Cue]) -> str:
    """The cues inside `segment`, cut at its edges, in recording time: the map holds across
    discontinuities."""
    begin = (segment.begin - MEDIA_START) * 1000
    end = begin + segment.duration * 1000
    lines = ["WEBVTT", TIMESTAMP_MAP, ""]
    for cue in cues:
        shown_from, shown_to = max(begin, cue.begin_ms), min(end, cue.end_ms)
        if shown_from < shown_to and cue.text.strip():
            lines += [f"{_clock(shown_from)} --> {_clock(shown_to)}", _cue_text(cue.speaker, cue.text), ""]
    return "\n".join(lines) + "\n"


def _clock(recording_ms: float) -> str:
    seconds, ms = divmod(round(recording_ms), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def _cue_text(speaker: str, text: str) -> str:
    # A blank line or an arrow would end the cue.
    words = _escaped(" ".join(text.split()))
    name = _escaped(" ".join(speaker.split()))
    return f"<v {name}>{words}" if name else words


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
