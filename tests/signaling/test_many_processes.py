"""`run_web`, two `run_media` and a `run_clerk` as real processes joined by a real Redis."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.signaling.processes import Process, environment, fetch, free_port, prepare, wait_for
from tests.signaling.redis_server import running_redis
from tests.signaling.wire import Wire

pytestmark = pytest.mark.servers


class Many:
    def __init__(self, data_dir: Path, redis_url: str) -> None:
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

    async def wire(self, name: str) -> Wire:
        return await Wire.open(self.port, self.facts["session"], self.facts["cookies"][name])


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Many]:
    with running_redis() as server:
        one = Many(tmp_path_factory.mktemp("many"), server.url)
        yield one
        codes = [process.end() for process in reversed(one.all) if process.process.poll() is None]
        assert set(codes) == {0}


async def test_a_session_moves_when_its_media_process_is_killed(many: Many) -> None:
    assert many.health()["redis"] is True
    lin, alice = await many.wire("lin"), await many.wire("alice")
    await lin.hello("leader")
    assert (await alice.hello("viewer"))["media"]["webrtc"] is True
    assert (await lin.request("go_live"))["type"] == "ok"
    assert (await alice.until("session", state="live"))["revision"]
    first = await alice.request("watch")
    assert first["type"] == "offer"
    before = await lin.request("begin_answer", question=1)
    assert before["code"] == "not_found"

    (holder,) = wait_for(lambda: [one for one in many.media.values() if one.children("recordings.child")])
    holder.process.kill()
    moved = await alice.until("media_moved", seconds=40)
    assert moved == {"type": "media_moved"}
    again = await alice.request("watch")
    assert again["type"] == "offer"
    assert again["peer"] != first["peer"]
    # The other process has taken up the programme by itself.
    (other,) = [one for one in many.media.values() if one is not holder]
    wait_for(lambda: other.children("recordings.child"))
    assert (await lin.request("end"))["type"] == "ok"
    wait_for(lambda: not other.children("recordings.child"))
    lin.close()
    alice.close()
