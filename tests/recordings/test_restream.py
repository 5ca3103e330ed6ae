"""The programme on to engines of others: Debian's nginx-rtmp, and a WHIP receiver made of aiortc."""

import asyncio
import errno
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from recordings import journal, restream, withheld
from recordings.live_bytes import LiveParts
from recordings.restream import Restream, Target, targets
from recordings.withheld import Withheld
from tests.recordings import measuring
from tests.recordings.written_anew import broadcast
from tests.whole.county import free_port
from tests.whole.servers import wait_for_port

pytestmark = pytest.mark.slow

KEY = "channel-key-that-nobody-sees"
CONFIGURATION = """load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
rtmp {{ server {{ listen 127.0.0.1:{port}; access_log off;
  application live {{ live on; record all; record_path {folder}; record_unique on; }} }} }}
"""


class Engine:
    """Debian's nginx with its RTMP module; records what it is sent."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rtmp-"))
        self.folder.chmod(0o777)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        user = "user root;" if os.getuid() == 0 else ""
        path = self.folder / "nginx.conf"
        path.write_text(CONFIGURATION.format(user=user, folder=self.folder, port=self.port))
        self.process = subprocess.Popen(
            ["/usr/sbin/nginx", "-c", path, "-p", self.folder], stderr=subprocess.DEVNULL
        )
        wait_for_port(self.port, self.process)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    @property
    def recorded(self) -> list[Path]:
        return sorted(self.folder.glob("*.flv"))


@pytest.fixture
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.stop()
    shutil.rmtree(made.folder)


def command_lines() -> str:
    return subprocess.run(["ps", "axww"], capture_output=True, text=True).stdout


async def until(reached: Callable[[], bool], limit: float = 60) -> None:
    async with asyncio.timeout(limit):
        while not reached():  # noqa: ASYNC110 - nothing tells of a status that changes in a child
            await asyncio.sleep(0.05)


@pytest.mark.servers
async def test_an_rtmp_engine_gets_picture_and_sound_across_a_restart(
    recorded: Path, tmp_path: Path, engine: Engine
) -> None:
    engine.start()
    async with broadcast(recorded, tmp_path) as directory:
        url = f"rtmp://127.0.0.1:{engine.port}/live/{KEY}"
        onward = Restream(directory, Target("cdn", url))
        await until(lambda: onward.status()["state"] == "live")
        assert KEY not in str(onward.status())
        assert KEY not in await asyncio.to_thread(command_lines)
        await until(lambda: onward.status()["state"] == "ended")
        await onward.stop(ended=True)
    engine.stop()
    (file,) = engine.recorded
    streams = measuring.ffprobe_streams(file)
    assert {one["codec_name"] for one in streams} == {"h264", "aac"}
    decoded = measuring.decode(file, measuring.FULL)
    codes = [code for code in decoded.codes[measuring.FULL] if code is not None]
    # The restart, at 4.4 s, stands in the middle.
    assert len(codes) > 60 and codes[0] < 100
    assert codes[-1] > 200
    late = sorted(abs(skew) for _, skew in measuring.skews(decoded, measuring.FULL, 0))
    # Around the restart itself the pictures stand.
    assert len(late) > 2 and late[len(late) // 2] < 0.06


def test_what_is_cut_or_delayed_does_not_go_out(recorded: Path, tmp_path: Path) -> None:
    directory = tmp_path / "9"
    shutil.copytree(recorded, directory)
    path = directory / "v0" / journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0])
    withheld.write(directory, Withheld(cuts=((1_300, 2_100),)))
    parts = LiveParts(directory, idle=lambda: None)
    found = [parts.next()]
    path.write_bytes(b"".join(lines))
    while (part := parts.next()) is not None:
        found.append(part)
    begins = [round((part.begin - 1) * 1000) for part in found if part is not None and part.epoch == 0]
    assert begins[:7] == [0, 200, 400, 600, 800, 1000, 3000], "until the first key frame behind the cut"
    (directory / journal.ENDED).unlink()
    withheld.write(directory, Withheld(delay=5.0))
    waited = 0

    class StillWaiting(Exception):
        pass

    def idle() -> None:
        nonlocal waited
        waited += 1
        if waited > 3:
            raise StillWaiting

    with pytest.raises(StillWaiting):
        LiveParts(directory, idle).next()


@pytest.mark.servers
async def test_an_engine_that_is_not_there_is_tried_until_it_is(
    recorded: Path, tmp_path: Path, engine: Engine
) -> None:
    async with broadcast(recorded, tmp_path) as directory:
        url = f"rtmp://127.0.0.1:{engine.port}/live/{KEY}"
        onward = Restream(directory, Target("cdn", url))
        await until(lambda: onward.status()["failures"] > 0)
        assert onward.status()["state"] == "retrying"
        assert onward.status()["error"]
        engine.start()
        await until(lambda: onward.status()["state"] in ("live", "ended"))
        await onward.stop(ended=False)


async def test_an_engine_that_says_nothing_is_given_up(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restream, "SILENT_LIMIT", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with broadcast(recorded, tmp_path) as directory:
            url = f"rtmp://127.0.0.1:{silent.getsockname()[1]}/live/{KEY}"
            onward = Restream(directory, Target("cdn", url))
            await until(lambda: onward.status()["error"] == "Silent")
            await onward.stop(ended=False)
    assert onward.status()["state"] == "ended"


class Receiver:
    """Speaks WHIP (RFC 9725) just enough for a sender without trickle, and looks at what it gets."""

    def __init__(self) -> None:
        self.connections: list[RTCPeerConnection] = []
        self.connected = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.requests: list[tuple[str, str]] = []
        self.pictures: list[tuple[int, int]] = []
        self.loud = 0

    def _connection(self) -> RTCPeerConnection:
        """A new one for each offer: a sender that was slow tries again."""
        made = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        made.on("track", lambda track: self.tasks.append(asyncio.create_task(self._take(track))))

        def changed() -> None:
            if made.connectionState == "connected":
                self.connected.set()

        made.on("connectionstatechange", changed)
        self.connections.append(made)
        return made

    async def _take(self, track: Any) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, VideoFrame):
                self.pictures.append((frame.width, frame.height))
            elif isinstance(frame, AudioFrame):
                self.loud += int(np.abs(frame.to_ndarray()).max() > 1000)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for connection in self.connections:
            await connection.close()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        named = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        method = head.split(" ", 1)[0]
        self.requests.append((method, named.get("authorization", "")))
        body = (await reader.readexactly(int(named.get("content-length", 0)))).decode()
        answer, status = "", "200 OK"
        if method == "POST":
            connection = self._connection()
            await connection.setRemoteDescription(RTCSessionDescription(body, "offer"))
            await connection.setLocalDescription(await connection.createAnswer())
            answer = connection.localDescription.sdp
            status = "201 Created\r\nLocation: /whip/1\r\nContent-Type: application/sdp"
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n{answer}".encode()
        )
        await writer.drain()
        writer.close()


async def test_a_whip_engine_gets_picture_and_sound(recorded: Path, tmp_path: Path) -> None:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with broadcast(recorded, tmp_path, receiver.connected) as directory:
        onward = Restream(directory, Target("ingress", f"whip+http://{KEY}@127.0.0.1:{port}/whip"))
        await until(lambda: onward.status()["state"] == "live")
        await until(lambda: onward.status()["state"] == "ended")
        await onward.stop(ended=True)
    await until(lambda: ("DELETE", f"bearer {KEY}") in receiver.requests, 10)
    await receiver.close()
    server.close()
    assert receiver.requests[0] == ("POST", f"bearer {KEY}")
    assert len(receiver.pictures) > 30 and set(receiver.pictures) == {(1280, 720)}
    assert receiver.loud > 0


@pytest.mark.parametrize(
    "word",
    [
        "rtmp://host/app/key",
        "cdn=http://host/app",
        "cdn=rtmp://",
        "=rtmp://host/app",
        "cdn=file:///etc/passwd",
    ],
)
def test_a_target_that_cannot_be_meant_is_refused_without_its_address(word: str) -> None:
    with pytest.raises(ValueError, match="entry 1") as refusal:
        targets([word])
    assert "host" not in str(refusal.value)


def test_targets_have_names_of_their_own() -> None:
    found = targets(["cdn=rtmp://one/app/key", "county = whip+https://token@two/whip"])
    assert [one.name for one in found] == ["cdn", "county"]
    with pytest.raises(ValueError, match="twice"):
        targets(["cdn=rtmp://one/app/key", "cdn=rtmp://two/app/key"])


async def test_a_machine_that_cannot_start_a_process_for_a_moment_is_an_engine_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_arguments: object, **_options: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr("recordings.restream.asyncio.create_subprocess_exec", refuse)
    monkeypatch.setattr(restream, "FIRST_PAUSE", 0.01)
    sending = Restream(tmp_path, Target("cdn", "rtmp://127.0.0.1/live/x"))
    async with asyncio.timeout(10):
        while sending.failures < 2:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
    assert sending.status()["state"] == "retrying" and sending.status()["error"] == "BlockingIOError"
    await sending.stop(ended=True)
    assert sending.status()["state"] == "ended"
