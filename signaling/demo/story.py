"""The broadcast that the demo people hold: greeting, questions on stage one after another, farewell."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

from recordings.overlay import Colour
from signaling.demo.peer import Peer
from signaling.demo.people import Cast
from signaling.demo.picture import encoded
from signaling.demo.tracks import Picture

BLUE: Colour = (38, 70, 120, 255)
GREEN: Colour = (52, 104, 84, 255)
# Long enough to be seen by whoever watches the console.
LOOK_S = 2.0
BETWEEN_S = 8.0
# From question to question: one citizen asks all of them, and nobody may ask more than ten in ten minutes.
EVERY_S = 62.0


@dataclass(frozen=True, slots=True)
class Matter:
    """A question: as it is written, where from, and the sentences that are spoken about it."""

    text: str
    village: str
    asked: str
    answered: str


MATTERS = (
    Matter("村口到镇上的路坏了三个月，什么时候能修？", "柳树村", "road-ask", "road-answer"),
    Matter("学校旁边的路灯不亮，能不能修一修？", "柳树村", "light-ask", "light-answer"),
    Matter("新的自来水，每户要交多少钱？", "柳树村", "water-ask", "water-answer"),
)


def quiet_after(asked: float, answered: float) -> float:
    """Seconds until the next question."""
    return max(BETWEEN_S, asked + EVERY_S - answered)


class Story:
    """`tell(line)` says what happens, for the terminal."""

    def __init__(self, url: str, cast: Cast, tell: Callable[[str], object]) -> None:
        self._url, self._cast, self._tell = url, cast, tell

    async def play(self, seconds: float) -> None:
        """Hold the broadcast; a question that has been begun is brought to its end. Raises peer.Refused."""
        leader_picture = await asyncio.to_thread(encoded, self._cast.leader.name, BLUE, 1280, 720)
        citizen_picture = asyncio.create_task(
            asyncio.to_thread(encoded, self._cast.citizen.name, GREEN, 640, 360)
        )
        async with (
            self._peer(self._cast.leader.cookie, "leader") as leader,
            self._peer(self._cast.moderator.cookie, "moderator") as moderator,
            self._peer(self._cast.citizen.cookie, "guest") as citizen,
        ):
            await leader.send_media(Picture(leader_picture))
            await leader.request("go_live")
            self._tell(f"live: {self._url}/live/{self._cast.session}/")
            try:
                await leader.voice.say("welcome")
                ends = time.monotonic() + seconds
                for matter in cycle(MATTERS):
                    asked = time.monotonic()
                    await self._answer(matter, leader, moderator, citizen, await citizen_picture)
                    quiet = quiet_after(asked, time.monotonic())
                    if time.monotonic() + quiet >= ends:
                        break
                    await asyncio.sleep(quiet)
                await leader.voice.say("goodbye")
                await asyncio.sleep(LOOK_S)
            finally:
                await leader.request("end")
                self._tell(f"ended; replay: {self._url}/live/{self._cast.session}/replay/")

    def _peer(self, cookie: str, role: str) -> Peer:
        return Peer(self._url, self._cast.session, cookie, role)

    async def _answer(
        self, matter: Matter, leader: Peer, moderator: Peer, citizen: Peer, picture: list[bytes]
    ) -> None:
        received = await citizen.request(
            "ask", uuid=str(uuid.uuid4()), text=matter.text, village=matter.village
        )
        question = received["question"]
        self._tell(f"asked: {received['number']} (query code {received['query_code']})")
        await asyncio.sleep(LOOK_S)
        await moderator.request("move", question=question, to="shortlisted", expected="new")
        await asyncio.sleep(LOOK_S)
        await moderator.request("call_up", question=question)
        await citizen.hear("prompt")
        await citizen.send_media(Picture(picture))
        await citizen.request("stage_check", state="checking")
        await asyncio.sleep(LOOK_S)
        await citizen.request("stage_check", state="ready")
        await moderator.request("put_on", question=question)
        self._tell(f"on stage: question {question}")
        await asyncio.sleep(LOOK_S)
        await citizen.voice.say(matter.asked)
        await asyncio.sleep(0.5)
        await moderator.request("begin_answer", question=question)
        await leader.voice.say(matter.answered)
        # What the answer was stamped with should hold its last word.
        await asyncio.sleep(1.0)
        mark = await moderator.request("end_answer", question=question)
        await citizen.stop_sending()
        self._tell(f"answered: question {question}, {(mark['end_ms'] - mark['begin_ms']) / 1000:.1f} s")
