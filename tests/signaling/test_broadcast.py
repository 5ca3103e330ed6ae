"""A broadcast with real media: aiortc peers through the sockets, programme and tracks on disk, a clip at the
end.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiortc import RTCPeerConnection, RTCSessionDescription

from recordings import journal, timeline
from recordings.models import Clip, Recording
from signaling.clerk import Clerk
from signaling.parts import Parts
from tests.signaling.conftest import OpenPage
from tests.signaling.sockets import Page
from tests.streaming.clock import ENGINE, MovedClock
from tests.streaming.people import QUIET, Bars, Tone

pytestmark = pytest.mark.slow

Publish = Callable[[Page], Awaitable[RTCPeerConnection]]


@pytest_asyncio.fixture
async def publish() -> AsyncIterator[Publish]:
    """`await publish(page)`: a camera and a microphone behind that page."""
    made: list[RTCPeerConnection] = []

    async def start(page: Page) -> RTCPeerConnection:
        connection = RTCPeerConnection(QUIET)
        made.append(connection)
        connection.addTransceiver(Tone(), direction="sendonly")
        connection.addTransceiver(Bars(), direction="sendonly")
        await connection.setLocalDescription(await connection.createOffer())
        answer = await page.request("publish", sdp=connection.localDescription.sdp)
        assert answer["type"] == "answer", answer
        await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        return connection

    yield start
    for connection in made:
        await connection.close()


async def stage_where(page: Page, condition: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            stage = await page.until("stage")
            if condition(stage):
                return stage


async def eventually(condition: Callable[[], Awaitable[Any]], seconds: float = 90) -> Any:
    async with asyncio.timeout(seconds):
        while True:
            found = await condition()
            if found:
                return found
            await asyncio.sleep(0.2)


def names(directory: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in directory.glob(pattern))


async def bring_up(alice: Page, bob: Page, publish: Publish) -> tuple[int, RTCPeerConnection]:
    """Alice asks, is called, comes with her camera and is put on."""
    asked = await alice.request("ask", uuid=str(uuid.uuid4()), text="May I ask in person?")
    question = int(asked["question"])
    await bob.request("call_up", question=question)
    await alice.until("prompt", question=question)
    camera = await publish(alice)
    await alice.request("stage_check", state="checking")
    await alice.request("stage_check", state="ready")
    await stage_where(bob, lambda stage: stage["guest"] and stage["guest"]["present"])
    assert (await bob.request("put_on", question=question))["type"] == "ok"
    await stage_where(bob, lambda stage: stage["guest"] and stage["guest"]["on"])
    return question, camera


async def test_a_broadcast_leaves_a_recording_tracks_and_a_clip(
    page: OpenPage, publish: Publish, house: Any, tmp_path: Path, in_thread: Any
) -> None:
    lin, bob, alice = (
        await page("lin", "leader"),
        await page("bob", "moderator"),
        await page("alice", "guest"),
    )
    await publish(lin)
    await stage_where(bob, lambda stage: stage["main"]["present"])
    assert (await lin.request("go_live"))["type"] == "ok"
    directory = tmp_path / "recordings" / str(house.session.pk)
    question, _camera = await bring_up(alice, bob, publish)

    async def recorded() -> list[str]:
        return names(directory / "v0", "*.m4s")

    await eventually(recorded)
    assert (await bob.request("begin_answer", question=question))["type"] == "answer_mark"
    statistics = await bob.request("statistics")
    assert statistics["media"]["publishers"]
    await asyncio.sleep(2)  # the answer itself
    mark = await bob.request("end_answer", question=question)
    assert mark["end_ms"] - mark["begin_ms"] >= 1500
    await stage_where(bob, lambda stage: stage["guest"] is None)
    people = (f"leader-{house.id_of('lin')}", f"guest-{house.id_of('alice')}")
    for person in people:
        assert names(directory / "tracks", f"{person}-0.*.units") == [
            f"{person}-0.audio.units",
            f"{person}-0.video.units",
        ]

    async def programme_has_it() -> bool:
        # A machine that is busy with other tests writes late.
        return bool(timeline.end_ms(journal.read_segments(directory)) > mark["end_ms"])

    await eventually(programme_has_it, 90)
    assert (await lin.request("end"))["type"] == "ok"

    async def clip_is_ready() -> Any:
        await in_thread(Clerk().do_all_once)()
        clip = await in_thread(Clip.objects.get)()
        return clip if clip.state == Clip.State.READY else None

    clip = await eventually(clip_is_ready, 60)
    assert (directory / "clips" / clip.file).stat().st_size > 10_000
    recording = await in_thread(Recording.objects.get)()
    assert recording.state == Recording.State.READY
    assert recording.duration_ms >= mark["end_ms"]


async def test_a_guest_who_drops_keeps_the_seat(page: OpenPage, publish: Publish) -> None:
    lin, bob, alice = (
        await page("lin", "leader"),
        await page("bob", "moderator"),
        await page("alice", "guest"),
    )
    await publish(lin)
    await lin.request("go_live")
    _question, camera = await bring_up(alice, bob, publish)
    await camera.close()
    dropped = await stage_where(bob, lambda stage: stage["guest"] and not stage["guest"]["present"])
    assert dropped["guest"]["on"]
    assert dropped["guest"]["seat_until"] is not None
    await publish(alice)
    back = await stage_where(bob, lambda stage: stage["guest"] and stage["guest"]["present"])
    assert back["guest"]["on"]
    assert back["guest"]["seat_until"] is None


async def test_a_guest_who_drops_has_the_seat_after_a_minute_and_after_91_seconds_no_more(
    page: OpenPage, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = MovedClock(monkeypatch, *ENGINE, "signaling.media_session.time")
    lin, bob, alice = (
        await page("lin", "leader"),
        await page("bob", "moderator"),
        await page("alice", "guest"),
    )
    await lin.request("go_live")  # without her camera: it would have said nothing for a minute
    _question, camera = await bring_up(alice, bob, publish)
    await camera.close()
    dropped = await stage_where(bob, lambda stage: stage["guest"] and not stage["guest"]["present"])
    clock.ahead += 60
    assert 0 < dropped["guest"]["seat_until"] - clock.time() <= 30
    camera = await publish(alice)
    back = await stage_where(bob, lambda stage: stage["guest"] and stage["guest"]["present"])
    assert back["guest"]["on"] and back["guest"]["seat_until"] is None
    await camera.close()
    await stage_where(bob, lambda stage: stage["guest"] and not stage["guest"]["present"])
    clock.ahead += 91
    await stage_where(bob, lambda stage: stage["guest"] is None)


async def test_a_second_tab_takes_over_and_the_first_is_told(page: OpenPage, publish: Publish) -> None:
    first, second = await page("lin", "leader"), await page("lin", "leader")
    await publish(first)
    await publish(second)
    assert (await first.until("replaced"))["peer"]
    assert (await first.request("ping", t=1))["type"] == "pong"


async def test_hanging_up_frees_the_stage(page: OpenPage, publish: Publish) -> None:
    lin, bob, alice = (
        await page("lin", "leader"),
        await page("bob", "moderator"),
        await page("alice", "guest"),
    )
    await publish(lin)
    await lin.request("go_live")
    await bring_up(alice, bob, publish)
    assert (await bob.request("layout", name="pip"))["type"] == "ok"
    assert (await alice.request("leave_stage"))["type"] == "ok"
    await stage_where(bob, lambda stage: stage["guest"] is None)


async def test_a_restarted_media_process_goes_on_with_the_recording(
    page: OpenPage, door: Parts, publish: Publish, house: Any, tmp_path: Path
) -> None:
    from signaling.media_service import MediaService, Placing
    from streaming.worker import WorkerConfig

    lin = await page("lin", "leader")
    await lin.request("go_live")
    directory = tmp_path / "recordings" / str(house.session.pk)

    async def recorded() -> list[str]:
        return names(directory / "v0", "*.m4s")

    await eventually(recorded)
    bob = await page("bob", "moderator")
    link: Any = door.link
    before = (await link.call(_clock(house)))["ms"]
    # The old service ends as a process does that is told to; the rows still say that the session is live.
    await link._handle.__self__.close()
    again = MediaService(WorkerConfig(host="127.0.0.1"), Placing(door.presence, shared=False), door.carrier)
    link.connect(again.handle)
    await again.start()
    try:
        after = (await link.call(_clock(house)))["ms"]
        assert after >= before
        await publish(lin)
        await stage_where(bob, lambda stage: stage["main"]["present"])
        init = await eventually(_async(lambda: len(names(directory / "v0", "init-*.mp4")) >= 2))
        assert init
    finally:
        await again.close()


def _clock(house: Any) -> Any:
    from signaling.media_commands import Clock

    return Clock(str(house.session.pk))


def _async(condition: Callable[[], Any]) -> Callable[[], Awaitable[Any]]:
    async def asked() -> Any:
        return condition()

    return asked
