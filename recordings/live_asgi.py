"""HLS over HTTP as a raw ASGI callable: lists, segments with ranges, captions. Never Django, never the
database.

Addresses below `/hls/<session>/`: `master.m3u8` (low latency), `replay.m3u8` (everything: rewind while live,
VOD after), `{v0,v1,a0}/live.m3u8` and `…/replay.m3u8`, `…/init-<epoch>.mp4`, `…/<msn>.m4s`, `captions.m3u8`,
`captions-replay.m3u8`, `captions/<msn>.vtt` and `captions/live-<msn>.vtt`. A live list may be asked to wait
(`_HLS_msn`, `_HLS_part`), an open byte range of the newest segment waits for its next part.
"""

import asyncio
import inspect
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recordings import playlists
from recordings.cmaf import MEDIA_START
from recordings.delivery import (
    AWAITED,
    FOR_EVER,
    KEPT,
    NO_CACHE,
    SHARED,
    Answer,
    Refused,
    Wish,
    read_range,
    read_wish,
    segment_answer,
)
from recordings.following import Follower, Places, TooManyWaiting
from recordings.journal import RENDITIONS
from recordings.late_captions import LATE_MS, as_they_came
from recordings.playlists import PARTS_PER_SEGMENT, Cue, Report
from recordings.slates import sized, slate_file

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
MayWatch = Callable[[int], Awaitable[bool]]
Captions = Callable[[int, int, int], Sequence[Cue] | Awaitable[Sequence[Cue]]]

LIST_TYPE = "application/vnd.apple.mpegurl"
HOLD = 3.0  # three target durations
RIGHTS_HOLD = 2.0
SESSIONS_KEPT = 64
MAX_WAITING = 2000
# A list may be asked for at most so many numbers and parts that do not exist yet (8216bis section 6.2.5.2).
AHEAD = 2
PARTS_AHEAD = 15

ADDRESS = re.compile(r"(?:/hls)?/(?P<session>\d{1,18})/(?P<rest>[a-z0-9/.-]{1,60})")
LIST = re.compile(r"(?P<rendition>v0|v1|a0)/(?P<which>live|replay)\.m3u8")
INIT = re.compile(r"(?P<rendition>v0|v1|a0)/init-(?P<epoch>\d{1,9})\.mp4")
SEGMENT = re.compile(r"(?P<rendition>v0|v1|a0)/(?P<msn>\d{1,9})(?P<slate>-slate)?\.m4s")
CAPTION = re.compile(r"captions/(?P<live>live-)?(?P<msn>\d{1,9})\.vtt")


@dataclass(slots=True)
class Session:
    """What this process knows of one recording."""

    number: int
    directory: Path
    followers: dict[str, Follower] = field(default_factory=dict)
    texts: dict[tuple[str, ...], tuple[int, bytes]] = field(default_factory=dict)
    allowed: bool = False
    asked: float = float("-inf")


class LiveSegments:
    """`root/<session>/` holds the recordings. `may_watch(session)` is asked every 2 s per session; None:
    everybody may.

    `captions(session, begin_ms, end_ms)` gives the cues of that recording time, as a list or as an awaitable of one;
    None: lists without captions.
    """

    def __init__(
        self,
        root: Path,
        may_watch: MayWatch | None = None,
        captions: Captions | None = None,
        hold: float = HOLD,
        max_waiting: int = MAX_WAITING,
    ) -> None:
        self._root, self._may_watch, self._captions, self._hold = root, may_watch, captions, hold
        self._places = Places(max_waiting)
        self._sessions: OrderedDict[int, Session] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not for the segments")
        try:
            answer = await self._answer(scope)
        except Refused as refusal:
            answer = Answer(refusal.reason.encode(), "text/plain; charset=utf-8", "no-store", refusal.status)
        except TooManyWaiting:
            retry = ((b"retry-after", b"1"),)
            answer = Answer(b"too many waiting", "text/plain; charset=utf-8", "no-store", 503, retry)
        headers = [
            (b"content-type", answer.kind.encode()),
            (b"content-length", str(len(answer.body)).encode()),
            (b"cache-control", answer.cache.encode()),
            (b"x-content-type-options", b"nosniff"),
            *answer.headers,
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    async def _answer(self, scope: Scope) -> Answer:
        if scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "GET or HEAD")
        address = ADDRESS.fullmatch(scope["path"])
        if address is None:
            raise Refused(404, "no such address")
        rest = address["rest"]
        session = await self._session(int(address["session"]))
        if rest in ("master.m3u8", "replay.m3u8"):
            which = "live" if rest == "master.m3u8" else "replay"
            text = playlists.master_list(which, captions=self._captions is not None)
            return Answer(text.encode(), LIST_TYPE, NO_CACHE, headers=(SHARED,))
        if found := LIST.fullmatch(rest):
            return await self._list(
                session, found["rendition"], found["which"], read_wish(scope["query_string"])
            )
        if found := SEGMENT.fullmatch(rest):
            wanted_range = _header(scope, b"range")
            if found["slate"]:
                return await self._slate(session, found["rendition"], int(found["msn"]), wanted_range)
            return await self._segment(session, found["rendition"], int(found["msn"]), wanted_range)
        if found := INIT.fullmatch(rest):
            return self._init(session, found["rendition"], int(found["epoch"]))
        return await self._caption_answer(session, rest)

    async def _session(self, number: int) -> Session:
        """The recording, if it exists and may be watched."""
        session = self._sessions.get(number)
        if session is None:
            directory = self._root / str(number)
            if not directory.is_dir():
                raise Refused(404, "no such recording")
            session = self._sessions[number] = Session(number, directory)
            if len(self._sessions) > SESSIONS_KEPT:
                self._sessions.popitem(last=False)
        self._sessions.move_to_end(number)
        if self._may_watch is not None and time.monotonic() - session.asked > RIGHTS_HOLD:
            session.allowed = await self._may_watch(number)
            session.asked = time.monotonic()
        if self._may_watch is not None and not session.allowed:
            raise Refused(403, "not allowed")
        return session

    def _follower(self, session: Session, rendition: str) -> Follower:
        follower = session.followers.get(rendition)
        if follower is None:
            follower = session.followers[rendition] = Follower(session.directory, rendition, self._places)
        return follower

    async def _list(self, session: Session, rendition: str, which: str, wish: Wish) -> Answer:
        follower = self._follower(session, rendition)
        await follower.refresh()
        if wish.msn is not None and which == "live" and follower.screen.withheld.near:
            await self._until(follower, wish.msn, wish.part)
        elif not await follower.wait(lambda: bool(follower.shown), self._hold):
            raise Refused(503, "nothing recorded yet")
        # A delta would leave those who hold an older list with addresses that were cut since.
        skip = wish.skip and not follower.screen.withheld.cuts
        name = (rendition, which, "delta" if skip else "")
        kept = session.texts.get(name)
        if kept is None or kept[0] != follower.version:
            reports = await self._reports(session, rendition) if which == "live" else []
            kept = self._keep(session, name, follower, _render(rendition, which, follower, skip, reports))
        # Who waited and is sent the end gets it like everybody.
        near = follower.screen.withheld.near
        if wish.msn is not None and which == "live" and near and not follower.ended:
            return Answer(kept[1], LIST_TYPE, AWAITED)
        return Answer(kept[1], LIST_TYPE, NO_CACHE, headers=(SHARED,))

    async def _until(self, follower: Follower, msn: int, part: int | None) -> None:
        last = follower.segments[-1] if follower.segments else None
        newest, parts = (last.msn, len(last.parts)) if last else (0, 0)
        if msn > newest + AHEAD or (msn - newest) * PARTS_PER_SEGMENT + (part or 0) - parts > PARTS_AHEAD:
            raise Refused(400, "too far ahead")
        if not await follower.wait(lambda: follower.has(msn, part), self._hold) and not follower.ended:
            raise Refused(503, "not there in time")

    async def _reports(self, session: Session, rendition: str) -> list[Report]:
        """How far the other renditions are, from what is journaled now."""
        found = []
        for other in RENDITIONS:
            if other != rendition:
                follower = self._follower(session, other)
                await follower.refresh()
                found.append(playlists.report_of(other, follower.shown))
        return [report for report in found if report is not None]

    def _keep(
        self, session: Session, name: tuple[str, ...], follower: Follower, text: str
    ) -> tuple[int, bytes]:
        """A list is rendered once per change, however many ask for it."""
        kept = session.texts[name] = (follower.version, text.encode())
        return kept

    def _init(self, session: Session, rendition: str, epoch: int) -> Answer:
        try:
            body = (session.directory / rendition / f"init-{epoch}.mp4").read_bytes()
        except FileNotFoundError:
            raise Refused(404, "no such segment") from None
        return Answer(body, "video/mp4", FOR_EVER, headers=(KEPT,))

    async def _segment(self, session: Session, rendition: str, msn: int, wanted: str | None) -> Answer:
        """Bytes of a segment as far as the journal names them; an open range of the newest waits for the
        next part."""
        follower = self._follower(session, rendition)
        first, last = read_range(wanted)

        def there() -> bool:
            segment = follower.segment(msn)
            return segment is not None and (segment.complete or (wanted is not None and segment.size > first))

        # Also when it is there already: it may have been cut since.
        await follower.refresh()
        newest = follower.segments[-1].msn if follower.segments else 0
        if not there() and newest <= msn <= newest + 1:
            await follower.wait(there, self._hold)
        segment = follower.segment(msn)
        if segment is None or segment.slate or not there():
            raise Refused(404, "no such segment")
        return segment_answer(f"{session.directory}/{rendition}/{msn}.m4s", segment, wanted, first, last)

    async def _slate(self, session: Session, rendition: str, msn: int, wanted: str | None) -> Answer:
        follower = self._follower(session, rendition)
        first, last = read_range(wanted)
        await follower.refresh()
        segment = follower.segment(msn)
        path = None
        if segment is not None and segment.slate:
            path = await asyncio.to_thread(slate_file, session.directory / rendition, segment)
        if segment is None or path is None:
            raise Refused(404, "no such segment")
        return segment_answer(path, sized(segment, path.stat().st_size), wanted, first, last)

    async def _caption_answer(self, session: Session, rest: str) -> Answer:
        if self._captions is None:
            raise Refused(404, "no such address")
        follower = self._follower(session, "v0")
        await follower.refresh()
        if rest in ("captions.m3u8", "captions-replay.m3u8"):
            whole = rest == "captions-replay.m3u8"
            await follower.wait(lambda: bool(follower.segments), self._hold)
            kept = session.texts.get((rest,))
            if kept is None or kept[0] != follower.version:
                text = playlists.captions_list(follower.shown, follower.wall0, follower.ended, whole)
                kept = self._keep(session, (rest,), follower, text)
            return Answer(kept[1], LIST_TYPE, NO_CACHE, headers=(SHARED,))
        found = CAPTION.fullmatch(rest)
        segment = follower.segment(int(found["msn"])) if found else None
        if segment is None:
            raise Refused(404, "no such address")
        if segment.slate:
            return Answer(
                playlists.caption_segment(segment, ()).encode(), "text/vtt; charset=utf-8", NO_CACHE
            )
        begin = round((segment.begin - MEDIA_START) * 1000)
        late = follower.wall0 if found and found["live"] and not follower.ended else None
        since = begin if late is None else max(0, begin - LATE_MS)
        cues = self._captions(session.number, since, begin + round(segment.duration * 1000))
        if inspect.isawaitable(cues):
            cues = await cues
        if late is not None:
            cues = as_they_came(cues, late, follower.screen.withheld.delay)
        words = playlists.caption_segment(segment, cues).encode()
        return Answer(words, "text/vtt; charset=utf-8", NO_CACHE, headers=(SHARED,))


def _render(rendition: str, which: str, follower: Follower, skip: bool, reports: list[Report]) -> str:
    if which == "replay":
        return playlists.replay_list(follower.shown, follower.wall0, follower.ended, skip)
    # Only the end is shown; an hour has 3600 segments.
    tail = follower.shown[-2 * playlists.WINDOW :]
    near = follower.screen.withheld.near
    return playlists.live_list(rendition, tail, follower.wall0, follower.ended, near, skip, reports)


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)
