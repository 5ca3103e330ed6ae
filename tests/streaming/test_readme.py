"""The broadcaster of streaming/README.md does what the page says."""

import asyncio
import re
import socket
import sys
import urllib.request
from pathlib import Path

from aiortc import RTCPeerConnection, RTCSessionDescription

import streaming
from streaming.commands import SLOTS
from tests.streaming.people import QUIET, Bars, Tone, Watching, until

PAGE = (Path(streaming.__file__).parent / "README.md").read_text()
FILES = Path(streaming.__file__).parent


def example() -> str:
    found = re.search(r"```python\n(.*?)```", PAGE, re.S)
    assert found is not None
    return found[1]


def post(url: str, sdp: str) -> RTCSessionDescription:
    asked = urllib.request.Request(url, sdp.encode(), {"Content-Type": "application/sdp"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(asked, timeout=20) as answer:
        return RTCSessionDescription(answer.read().decode(), "answer")


async def exchange(connection: RTCPeerConnection, url: str) -> None:
    await connection.setLocalDescription(await connection.createOffer())
    sdp = connection.localDescription.sdp
    await connection.setRemoteDescription(await asyncio.to_thread(post, url, sdp))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_the_broadcaster_of_the_page_broadcasts() -> None:
    code, port = example(), free_port()
    assert sum(bool(line.strip()) for line in code.splitlines()) <= 20
    moved = code.replace("port=7000", "port=0").replace("8080", str(port))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", moved, stdout=asyncio.subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    sender, watching = RTCPeerConnection(QUIET), Watching("")
    try:
        await until(lambda: is_open(port))
        sender.addTransceiver(Tone(), direction="sendonly")
        sender.addTransceiver(Bars(), direction="sendonly")
        await exchange(sender, f"{url}/whip")
        for kind in ("audio", "video"):
            watching.connection.addTransceiver(kind, direction="recvonly")
        await exchange(watching.connection, f"{url}/whep")
        await until(lambda: len(watching.decoded) == 2 and min(watching.decoded.values()) > 5)
    finally:
        await watching.close()
        await sender.close()
        child.terminate()
        await child.wait()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_every_file_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(\w+\.py)`", PAGE))
    assert named and {name for name in named if not (FILES / name).exists()} == set()


def test_the_page_names_every_slot() -> None:
    (told,) = re.findall(r"A session is a room with (\w+) slots, (.*?)\. ", PAGE)
    assert re.findall(r"`(\w+)`", told[1]) == [*SLOTS]
    assert told[0] == ("no", "one", "two", "three", "four")[len(SLOTS)]
