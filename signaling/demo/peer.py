"""One client: a socket that speaks the protocol, and a WebRTC connection that sends."""

import asyncio
import contextlib
import json
import logging
import uuid
from collections import deque
from itertools import count
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from signaling.demo.tracks import Picture, Voice

log = logging.getLogger(__name__)

ANSWER_S = 15.0
CONNECT_S = 15.0
HEARD = 200


def reachable(answer: str, offer: str) -> str:
    """`answer` with our own address in place of the loopback one.

    The ICE library never uses 127.0.0.1 itself, and an answer to it would come from another address. Server
    and demo run on one machine, so that any of its addresses is the server's as well. ValueError when there
    is no other.
    """
    if " 127.0.0.1 " not in answer:
        return answer
    own = [
        line.split()[4] for line in offer.splitlines() if line.startswith("a=candidate:") and " udp " in line
    ]
    own = [address for address in own if ":" not in address]
    if not own:
        raise ValueError("this machine has no network address but 127.0.0.1")
    return answer.replace(" 127.0.0.1 ", f" {own[0]} ")


class Refused(Exception):
    """The server's `error`, or no answer in time."""


class Peer:
    """`async with Peer(url, session, cookie, role)`: joined on entering, gone on leaving."""

    def __init__(self, url: str, session: int, cookie: str, role: str) -> None:
        self.role = role
        self.voice = Voice()
        self.heard: deque[dict[str, Any]] = deque(maxlen=HEARD)
        self._url, self._session, self._cookie = url.rstrip("/"), session, cookie
        self._tab = str(uuid.uuid4())
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._connection: RTCPeerConnection | None = None
        self._media = ""

    async def __aenter__(self) -> "Peer":
        address = f"{self._url.replace('http', 'ws', 1)}/ws/live/{self._session}/"
        self._socket = await connect(
            address, origin=Origin(self._url), additional_headers={"Cookie": self._cookie}, proxy=None
        )
        self._reading = asyncio.create_task(self._read(self._socket))
        await self.request("hello", role=self.role, tab=self._tab)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_sending()
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading

    async def request(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a message and wait for its answer. Refused when it is an error or does not come."""
        assert self._socket is not None
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"type": kind, "id": number} | fields))
            found: dict[str, Any] = await asyncio.wait_for(answer, ANSWER_S)
        except (TimeoutError, ConnectionClosed) as error:
            raise Refused(f"{self.role}: no answer to {kind}") from error
        finally:
            self._answers.pop(number, None)
        if found["type"] == "error":
            raise Refused(f"{self.role}: {kind} was refused: {found['code']} {found['message']}")
        return found

    async def hear(self, kind: str, seconds: float = ANSWER_S) -> dict[str, Any]:
        """The next announcement of `kind` that was not taken yet. Refused when none comes."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    for message in self.heard:
                        if message["type"] == kind:
                            self.heard.remove(message)
                            return message
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise Refused(f"{self.role}: nothing heard of {kind}") from None

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                message = json.loads(text)
                answer = self._answers.get(message.get("re"))
                if answer is not None and not answer.done():
                    answer.set_result(message)
                else:
                    self.heard.append(message)
                    self._news.set()
        except ConnectionClosed:
            log.info("%s: the socket was closed", self.role)

    async def send_media(self, picture: Picture) -> None:
        """Publish voice and picture; returns once connected. Refused when that does not come about."""
        connection = self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        connection.addTransceiver(self.voice, direction="sendonly")
        video = connection.addTransceiver(picture, direction="sendonly")
        codecs = RTCRtpSender.getCapabilities("video").codecs
        # What is encoded already cannot be sent as anything else; rtx keeps retransmission switched on.
        video.setCodecPreferences(
            [
                codec
                for codec in codecs
                if codec.name == "rtx" or codec.parameters.get("profile-level-id") == "42e01f"
            ]
        )
        connected = asyncio.Event()

        @connection.on("connectionstatechange")
        def changed() -> None:
            if connection.connectionState == "connected":
                connected.set()

        await connection.setLocalDescription(await connection.createOffer())
        answer = await self.request("publish", sdp=connection.localDescription.sdp)
        self._media = answer["peer"]
        sdp = reachable(answer["sdp"], connection.localDescription.sdp)
        await connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        try:
            await asyncio.wait_for(connected.wait(), CONNECT_S)
        except TimeoutError:
            raise Refused(f"{self.role}: no WebRTC connection, state {connection.connectionState}") from None

    async def stop_sending(self) -> None:
        if self._connection is None:
            return
        await self._connection.close()
        self._connection = None
        with contextlib.suppress(Refused):
            await self.request("leave", peer=self._media)
        # A stopped track cannot be sent again.
        self.voice = Voice()
