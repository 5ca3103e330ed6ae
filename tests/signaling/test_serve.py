"""`serve` as a real process: pages, sockets, children, and its end."""

import asyncio
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.signaling.processes import ROOT, Process, environment, fetch, free_port, prepare, wait_for
from tests.signaling.wire import TEXT, Wire

pytestmark = pytest.mark.slow


class Served:
    def __init__(self, data_dir: Path) -> None:
        self.facts = prepare(data_dir)
        self.port = free_port()
        self.env = environment(data_dir)
        self.process = Process(self.env, "serve", "--port", str(self.port))
        wait_for(lambda: fetch(self.port, "/healthz")[0] == 200)

    async def wire(self, name: str) -> Wire:
        return await Wire.open(self.port, self.facts["session"], self.facts["cookies"][name])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    one = Served(tmp_path_factory.mktemp("serve"))
    yield one
    one.process.end()


def test_health_tells_what_is_there(served: Served) -> None:
    status, body = fetch(served.port, "/healthz")
    facts = json.loads(body)
    assert status == 200
    assert (facts["ok"], facts["db"], facts["redis"], facts["media"]) == (True, True, None, 1)
    assert facts["version"]


def test_pages_and_segments_answer_at_their_addresses(served: Served) -> None:
    assert fetch(served.port, "/")[0] == 200
    assert fetch(served.port, f"/hls/{served.facts['session']}/nothing-here.m4s")[0] == 404
    assert fetch(served.port, "/no/such/page")[0] == 404


async def test_a_question_arrives_at_the_console(served: Served) -> None:
    alice, bob = await served.wire("alice"), await served.wire("bob")
    assert (await alice.hello("viewer"))["type"] == "welcome"
    assert (await bob.hello("moderator"))["you"]["here"] == ["moderator"]
    received = await alice.request("ask", uuid=str(uuid.uuid4()), text="Does it work over a real wire?")
    assert received["number"]
    told = await bob.until("question", id=received["question"])
    assert told["session"] == served.facts["session"]
    alice.close()
    bob.close()


async def test_a_socket_that_the_house_ends_is_closed_with_the_code_that_says_why(served: Served) -> None:
    alice = await served.wire("alice")
    await alice.hello("viewer")
    with pytest.raises(ConnectionError) as closed:
        for _each in range(1000):
            await alice.frame(TEXT, b'{"type":"ping"}')
            await alice.next()
    assert closed.value.args[0] == 1008


async def test_a_message_too_big_for_memory_closes_the_socket(served: Served) -> None:
    alice, dora = await served.wire("alice"), await served.wire("dora")
    await alice.hello("viewer")
    await dora.hello("viewer")
    await alice.frame(TEXT, b"x" * 100_000)
    assert (await alice.until("error"))["code"] == "too_big"
    with pytest.raises(ConnectionError) as closed:
        await alice.frame(TEXT, b"x" * 10_000_000)
        await alice.until("nothing")
    assert closed.value.args[0] == 1009 or isinstance(closed.value, BrokenPipeError | ConnectionResetError)
    assert (await dora.request("ping", t=1))["type"] == "pong"
    dora.close()


async def test_a_flood_ends_with_the_socket(served: Served) -> None:
    alice, dora = await served.wire("alice"), await served.wire("dora")
    await dora.hello("viewer")
    with pytest.raises(OSError):
        async with asyncio.timeout(30):
            while not alice.reader.at_eof():
                await alice.frame(TEXT, b'{"type": "ping", "id": 1}')
            raise ConnectionResetError
    assert (await dora.request("ping", t=1))["type"] == "pong"
    dora.close()


async def test_a_page_that_does_not_read_is_cut_off(served: Served) -> None:
    """Alice asks for the wall again and again and reads none of it."""
    bob, dora = await served.wire("bob"), await served.wire("dora")
    await bob.hello("moderator")
    await dora.hello("viewer")
    for _ in range(8):
        asked = await dora.request("ask", uuid=str(uuid.uuid4()), text="\u8def" * 2000)
        await bob.request("move", question=asked["question"], to="shortlisted")
    cookie = served.facts["cookies"]["alice"]
    alice = await Wire.open(served.port, served.facts["session"], cookie, limit=1 << 12)
    await alice.frame(
        TEXT, json.dumps({"type": "hello", "role": "viewer", "tab": str(uuid.uuid4())}).encode()
    )
    with pytest.raises(OSError):
        async with asyncio.timeout(60):
            while True:
                await alice.frame(TEXT, b'{"type": "changes"}')
                await asyncio.sleep(0.06)
    assert (await dora.request("ping", t=1))["type"] == "pong"
    bob.close()
    dora.close()


def others(served: Served, command: str, pid: int) -> list[Any]:
    """The children that run `command`, but for process `pid`."""
    return [child for child in served.process.children(f"{command} --child") if child.pid != pid]


def test_a_killed_child_comes_back(served: Served) -> None:
    for command in ("run_scribe", "run_clerk"):
        killed = wait_for(partial(served.process.children, f"{command} --child"))[0]
        killed.kill()
        assert wait_for(partial(others, served, command, killed.pid))


def test_a_busy_port_is_one_clear_line(served: Served) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(served.port)],
        env=served.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert str(served.port) in lines[0]
    assert "Address already in use" in lines[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_children_end_with_it(served: Served, number: int, tmp_path: Path) -> None:
    env: dict[str, Any] = {**served.env}
    port = free_port()
    process = Process(env, "serve", "--port", str(port))
    wait_for(lambda: fetch(port, "/healthz")[0] == 200)
    children = wait_for(lambda: len(process.children("--child")) >= 2 and process.children())
    code = process.end(number)
    assert code == (-number if number == signal.SIGKILL else 0)
    # A killed parent cannot wait for them: their standard input ends and they leave by themselves.
    wait_for(lambda: not [child for child in children if child.is_running() and child.status() != "zombie"])
