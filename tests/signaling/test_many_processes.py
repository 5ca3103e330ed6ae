"""`run_web`, two `run_media` and a `run_clerk` as real processes joined by a real Redis."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from redis import Redis

from recordings import journal
from tests.bench._report import say
from tests.signaling.processes import Process, environment, fetch, free_port, prepare, wait_for
from tests.signaling.redis_server import running_redis
from tests.signaling.wire import Wire
from tests.streaming.people import QUIET, Bars, Tone, Watching, until

pytestmark = pytest.mark.servers


class Many:
    def __init__(self, data_dir: Path, redis_url: str) -> None:
        self.data_dir = data_dir
        self.facts = prepare(data_dir)
        self.env = environment(data_dir, REDIS_URL=redis_url, MEDIA_HOST="127.0.0.1")
        self.port = free_port()
        self.media: dict[int, Process] = {}
        self.all: list[Process] = []
        for arguments in (["run_web", "--port", str(self.port)], ["run_media"], ["run_media"], ["run_clerk"]):
            process = Process(self.env, *arguments)
            self.all.append(process)
            if arguments[0] == "run_media":
                self.media[process.process.pid] = process
        wait_for(lambda: self.health().get("media") == 2, 90)

    def health(self) -> dict[str, Any]:
        body = fetch(self.port, "/healthz")[1]
        found: dict[str, Any] = json.loads(body) if body else {}
        return found

    def keep_what_the_dead_left(self) -> None:
        """Its keys do not expire: that it is gone must be seen by its connection, which takes no seconds."""
        redis = Redis.from_url(self.env["REDIS_URL"])
        for kind in ("worker", "placed"):
            kept = [redis.persist(key) for key in redis.scan_iter(f"direct-train:{kind}:*")]
            assert any(kept)
        redis.close()

    def segments(self) -> list[journal.Segment]:
        """What the recording holds now."""
        directory = self.data_dir / "recordings" / str(self.facts["session"])
        return journal.read_segments(directory) if directory.exists() else []

    async def wire(self, name: str) -> Wire:
        return await Wire.open(self.port, self.facts["session"], self.facts["cookies"][name])


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    with running_redis() as server:
        one = Many(tmp_path_factory.mktemp("many"), server.url)
        yield one
        codes = [process.end() for process in reversed(one.all) if process.process.poll() is None]
        assert set(codes) == {0}


class Tab:
    """A page as `publish.js` and `watch-rtc.js` are: one socket, and a connection made anew when media moved."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.sending: RTCPeerConnection | None = None
        self.watching: Watching | None = None

    async def publish(self) -> str:
        connection = self.sending = RTCPeerConnection(QUIET)
        connection.addTransceiver(Tone(), direction="sendonly")
        connection.addTransceiver(Bars(), direction="sendonly")
        await connection.setLocalDescription(await connection.createOffer())
        answer = await self.wire.request("publish", sdp=connection.localDescription.sdp)
        assert answer["type"] == "answer", answer
        await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        return str(answer["peer"])

    async def watch(self) -> str:
        offer = await self.wire.request("watch")
        assert offer["type"] == "offer", offer
        watching = self.watching = Watching(offer["peer"])
        await watching.connection.setRemoteDescription(RTCSessionDescription(offer["sdp"], "offer"))
        await watching.connection.setLocalDescription(await watching.connection.createAnswer())
        sdp = watching.connection.localDescription.sdp
        assert (await self.wire.request("accept", peer=offer["peer"], sdp=sdp))["playable"] is True
        return str(offer["peer"])

    async def sees_pictures(self) -> None:
        """Pictures are being decoded now, not only before."""
        assert self.watching is not None
        seen = self.watching.pictures
        await until(lambda: self.watching and self.watching.pictures > seen, 60)

    async def close(self) -> None:
        for one in (self.sending, self.watching):
            if one is not None:
                await one.close()
        self.wire.close()


async def test_a_session_lives_on_when_its_media_process_is_killed(many: Many) -> None:
    """Peers join the other process and see each other; the recording goes on in the same timeline."""
    assert many.health()["redis"] is True
    lin, alice = Tab(await many.wire("lin")), Tab(await many.wire("alice"))
    await lin.wire.hello("leader")
    assert (await alice.wire.hello("viewer"))["media"]["webrtc"] is True
    await lin.publish()
    assert (await lin.wire.request("go_live"))["type"] == "ok"
    assert (await alice.wire.until("session", state="live"))["revision"]
    first = await alice.watch()
    await alice.sees_pictures()
    assert (await lin.wire.request("begin_answer", question=1))["code"] == "not_found"
    await until(lambda: len(many.segments()) > 2, 60)

    (holder,) = wait_for(lambda: [one for one in many.media.values() if one.children("recordings.child")])
    before = many.segments()[-1]
    killed = time.time()
    holder.process.kill()
    many.keep_what_the_dead_left()
    for tab in (alice, lin):
        assert await tab.wire.until("media_moved", seconds=40) == {"type": "media_moved"}
    moved = time.time() - killed
    await lin.publish()
    assert await alice.watch() != first
    await alice.sees_pictures()
    back = time.time() - killed
    assert back < 30, (
        "5 s by design, and the line below says how many; a machine busy with other tests is slow"
    )
    # The other process has taken up the programme by itself.
    (other,) = [one for one in many.media.values() if one is not holder]
    wait_for(lambda: other.children("recordings.child"))
    await until(lambda: many.segments()[-1].msn > before.msn + 2, 60)
    after = next(one for one in many.segments() if one.epoch > before.epoch)
    say(f"moved {moved:.1f} s, picture {back:.1f} s, recording {after.begin - before.begin:.1f} s")
    assert after.msn > before.msn and before.begin + before.duration <= after.begin
    # Media time is the clock's: what was not written while nobody held the session is a gap, and no more.
    assert after.begin - before.begin < time.time() - killed + before.duration + 1
    assert (await lin.wire.request("end"))["type"] == "ok"
    wait_for(lambda: not other.children("recordings.child"))
    for tab in (alice, lin):
        await tab.close()
