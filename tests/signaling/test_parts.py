"""The small pieces between the big ones: lines of children, pauses, the wire form of commands, refusals, the
clerk.
"""

import asyncio
import json
from typing import Any

import pytest
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisGone

from portal.lib.errors import BadInput, Conflict, DirectTrainError, NotAllowed, NotFound, TryLater
from signaling.carrier import read_line
from signaling.children import FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS, next_pause
from signaling.clerk import Clerk, Duty
from signaling.errors import Refusal, code_of, translate
from signaling.heartbeat import Heartbeat
from signaling.media_commands import Clock, Figures, Picture, Sync, from_wire, to_wire
from signaling.parts import Parts
from streaming.commands import Assign, Watch
from streaming.errors import StreamingError
from tests.signaling.conftest import OpenPage


def test_a_childs_line_is_an_announcement_or_nothing() -> None:
    line = json.dumps({"topic": "session.1", "message": {"type": "caption"}}).encode()
    assert read_line(line) == ("session.1", {"type": "caption"})
    for other in (
        b"",
        b"loading model\n",
        b"[]",
        b'{"topic": 1, "message": {}}',
        b'{"topic": "x"}',
        b"\xff\xfe",
    ):
        assert read_line(other) is None


def test_a_child_that_dies_at_once_is_started_ever_later() -> None:
    pauses, pause = [], 0.0
    for _ in range(8):
        pause = next_pause(pause, 0.1)
        pauses.append(pause)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (FIRST_PAUSE, LONGEST_PAUSE)
    assert next_pause(LONGEST_PAUSE, STEADY_SECONDS) == FIRST_PAUSE


@pytest.mark.parametrize(
    "command",
    [Sync("1"), Picture("1", "pip"), Clock("1"), Figures("1"), Watch("1", "v"), Assign("1", "guest", None)],
)
def test_commands_cross_the_wire_unchanged(command: Any) -> None:
    assert from_wire(json.loads(json.dumps(to_wire(command)))) == command


@pytest.mark.parametrize(
    "found",
    [{}, {"programme": "dance"}, {"programme": "picture", "session": "1"}, {"engine": 7}, {"programme": []}],
)
def test_a_command_of_no_version_is_refused(found: dict[str, Any]) -> None:
    with pytest.raises(StreamingError) as refused:
        from_wire(found)
    assert refused.value.code == "bad_command"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("no"), "bad_input"),
        (NotAllowed("no"), "not_allowed"),
        (NotFound("no"), "not_found"),
        (Conflict("no", code="not_begun"), "conflict"),
        (TryLater("no", code="rate_limited"), "try_later"),
        (Refusal("too_big", "no"), "too_big"),
        (DirectTrainError("no"), "ours"),
        (StreamingError("full"), "full"),
        (StreamingError("bad_sdp"), "bad_sdp"),
        (StreamingError("no_peer"), "not_found"),
        (StreamingError("closed"), "try_later"),
        (OperationalError("database is locked"), "try_later"),
        (RedisGone("gone"), "try_later"),
        (ZeroDivisionError("secret"), "ours"),
    ],
    ids=repr,
)
def test_every_kind_of_error_has_its_code(error: Exception, code: str) -> None:
    found = translate(error, 7)
    assert (found["type"], found["re"], found["code"]) == ("error", 7, code)
    assert found["message"]
    assert "secret" not in found["message"]


def test_a_room_may_name_a_code_of_the_protocol() -> None:
    assert code_of(TryLater("slow down", code="too_many")) == "too_many"


def test_the_clerk_does_each_duty_in_its_time_and_one_failure_costs_no_other() -> None:
    now, done = [0.0], list[str]()
    clerk = Clerk(lambda: now[0])

    def broken() -> None:
        raise ZeroDivisionError

    clerk._duties = [
        Duty("broken", 1.0, broken),
        Duty("quick", 1.0, lambda: done.append("quick")),
        Duty("slow", 30.0, lambda: done.append("slow")),
    ]
    clerk._due = {"broken": 0.0, "quick": 0.0, "slow": 0.0}
    assert clerk.do_due() == ["quick", "slow"]
    now[0] = 1.5
    assert clerk.do_due() == ["quick"]
    now[0] = 31.0
    assert clerk.do_due() == ["quick", "slow"]
    assert done == ["quick", "slow", "quick", "quick", "slow"]


async def test_everybody_hears_the_number_of_viewers_once_per_change(page: OpenPage, door: Parts) -> None:
    heartbeat = Heartbeat(door)
    alice = await page("alice")
    await alice.request("playing", line="hls")
    await heartbeat.beat()
    assert await alice.until("viewers") == {"type": "viewers", "webrtc": 0, "hls": 1, "sound": 0}
    await heartbeat.beat()
    lin = await page("lin", "leader")
    await heartbeat.beat()
    assert await lin.until("viewers") == {"type": "viewers", "webrtc": 0, "hls": 1, "sound": 0}
    dora = await page("dora")
    await dora.request("playing", line="hls")
    await heartbeat.beat()
    assert (await dora.until("viewers"))["hls"] == 2
    # Nothing was said to Alice in between.
    assert (await alice.next())["hls"] == 2
    await asyncio.sleep(0)
