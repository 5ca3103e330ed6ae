"""Janus (Debian's package) as the peer of the fan-out bench: its streaming plugin, one event loop, AES-GCM."""

import asyncio
import json
import secrets
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

from tests.bench._report import say

PLUGINS = (
    "audiobridge duktape echotest lua nosip recordplay sip textroom videocall videoroom voicemail".split()
)
TRANSPORTS = "http mqtt nanomsg rabbitmq websockets".split()
MAIN = """general: {{
    configs_folder = "{folder}"
    debug_level = 3
    event_loops = 1
    session_timeout = 0
}}
media: {{ rtp_port_range = "41000-60000" }}
nat: {{ ice_lite = true, ice_enforce_list = "{interface}", full_trickle = false }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
"""
PFUNIX = 'general: {{ enabled = true, path = "{path}", type = "SOCK_SEQPACKET", json = "compact" }}\n'
STREAM = """broadcast: {{
    type = "rtp"
    id = 1
    media = (
        {{ type = "audio", mid = "a", label = "a", port = {audio}, pt = 111, codec = "opus" }},
        {{ type = "video", mid = "v", label = "v", port = {video}, pt = 102, codec = "h264",
           fmtp = "profile-level-id=42e01f;packetization-mode=1" }}
    )
}}
"""


def install() -> None:
    """Debian's package, when it is not there and we are root. Raises SystemExit with what to do."""
    if shutil.which("janus"):
        return
    say("installing Debian's janus")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "janus"]
    if subprocess.run(command, capture_output=True, check=False).returncode or not shutil.which("janus"):
        raise SystemExit("fanout: no janus (as root: apt-get install janus)")


def configure(folder: Path, interface: str, audio: int, video: int) -> Path:
    """Write the configuration for one mountpoint; the path of the control socket."""
    path = folder / "janus.sock"
    disabled = {
        "plugins": ",".join(f"libjanus_{name}.so" for name in PLUGINS),
        "transports": ",".join(f"libjanus_{name}.so" for name in TRANSPORTS),
    }
    (folder / "janus.jcfg").write_text(MAIN.format(folder=folder, interface=interface, **disabled))
    (folder / "janus.transport.pfunix.jcfg").write_text(PFUNIX.format(path=path))
    (folder / "janus.plugin.streaming.jcfg").write_text(STREAM.format(audio=audio, video=video))
    return path


class Janus:
    """Signalling over the Unix socket: one session, a handle per viewer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._session = 0

    @classmethod
    async def open(cls, path: str) -> "Janus":
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sock.connect(path)
        sock.setblocking(False)
        one = cls(sock)
        asyncio.get_running_loop().add_reader(sock.fileno(), one._on_readable)
        one._session = (await one._ask({"janus": "create"}))["data"]["id"]
        return one

    def leave_open(self) -> None:
        """Stop listening; the session, and with it every viewer, stays for as long as the socket does."""
        asyncio.get_running_loop().remove_reader(self._sock.fileno())
        _OPEN.append(self._sock)

    def _on_readable(self) -> None:
        while True:
            try:
                data = self._sock.recv(65_536)
            except BlockingIOError:
                return
            if not data:
                raise ConnectionError("Janus is gone")
            message = json.loads(data)
            if message["janus"] != "ack" and message.get("transaction") in self._waiting:
                waiting = self._waiting.pop(message["transaction"])
                if not waiting.done():
                    waiting.set_result(message)

    async def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        loop, transaction = asyncio.get_running_loop(), secrets.token_hex(6)
        self._waiting[transaction] = loop.create_future()
        await loop.sock_sendall(self._sock, json.dumps({**message, "transaction": transaction}).encode())
        return await asyncio.wait_for(self._waiting[transaction], 20)

    async def watch(self) -> tuple[int, str]:
        """A handle and Janus's offer."""
        attach = {"janus": "attach", "session_id": self._session, "plugin": "janus.plugin.streaming"}
        handle = (await self._ask(attach))["data"]["id"]
        found = await self._say(handle, {"request": "watch", "id": 1})
        return handle, str(found["jsep"]["sdp"])

    async def start(self, handle: int, answer: str) -> None:
        await self._say(handle, {"request": "start"}, {"type": "answer", "sdp": answer})

    async def _say(self, handle: int, body: dict[str, Any], jsep: object = None) -> dict[str, Any]:
        message: dict[str, Any] = {
            "janus": "message",
            "session_id": self._session,
            "handle_id": handle,
            "body": body,
        }
        return await self._ask({**message, "jsep": jsep} if jsep else message)


_OPEN: list[socket.socket] = []
