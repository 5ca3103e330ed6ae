"""The crew over the socket: claims told to moderators alone, cuts and the delay, viewers by what they play."""

import uuid
from pathlib import Path
from typing import Any

from recordings import withheld
from signaling.heartbeat import Heartbeat
from signaling.parts import Parts
from tests.signaling.conftest import OpenPage


async def test_a_claim_reaches_the_other_moderators_and_nobody_else(
    page: OpenPage, house: Any, in_thread: Any
) -> None:
    await in_thread(house.session.moderators.add)(house.people["sam"])
    alice, bob, sam = await page("alice"), await page("bob", "moderator"), await page("sam", "moderator")
    await alice.request("ask", uuid=str(uuid.uuid4()), text="Who mends the road?")
    question = (await bob.until("question"))["id"]
    assert (await bob.request("claim", question=question))["type"] == "ok"
    told = await sam.until("claimed")
    assert (told["question"], told["by"]["name"]) == (question, "Bob")
    refused = await sam.request("claim", question=question)
    assert refused["code"] == "conflict" and "Bob" in refused["message"]
    assert (await bob.request("claim", question=question, release=True))["type"] == "ok"
    assert (await sam.until("claimed"))["by"] is None
    await alice.request("ping")
    assert not [message for message in alice.heard if message["type"] == "claimed"]


async def test_a_hand_that_is_lowered_leaves_the_line_for_everybody(page: OpenPage) -> None:
    alice, bob = await page("alice", "guest"), await page("bob", "moderator")
    await alice.request("raise_hand", uuid=str(uuid.uuid4()))
    assert len((await bob.until("stage"))["hands"]) == 1
    assert (await alice.request("lower_hand"))["type"] == "ok"
    assert (await bob.until("stage", hands=[]))["guest"] is None
    # Said twice, or by who waits for nothing, it is as harmless.
    assert (await bob.request("lower_hand"))["type"] == "ok"


async def test_a_cut_is_told_to_everybody_and_withheld_at_once(
    page: OpenPage, house: Any, settings: Any
) -> None:
    lin, bob, alice = await page("lin", "leader"), await page("bob", "moderator"), await page("alice")
    assert (await bob.request("cut"))["code"] == "conflict", "nothing is recorded yet"
    await lin.request("go_live")
    assert (await bob.request("delay", seconds=20))["type"] == "ok"
    assert (await alice.until("session", delay_seconds=20))["state"] == "live"
    (open_cut,) = (await bob.request("cut", back=20))["cuts"]
    assert (open_cut["begin_ms"], open_cut["end_ms"]) == (0, None)
    assert (await alice.until("cuts"))["cuts"] == [open_cut]
    kept = withheld.read(Path(settings.RECORDINGS_DIR) / str(house.session.pk))
    assert (kept.delay, kept.cuts) == (20.0, ((0, None),))
    assert (await lin.request("cut"))["code"] == "conflict"
    (cut,) = (await lin.request("cut_end"))["cuts"]
    assert cut["end_ms"] is not None
    assert (await bob.request("cut_undo", cut=cut["id"]))["cuts"] == []
    await lin.request("end")


async def test_viewers_are_counted_by_what_their_page_plays(page: OpenPage, door: Parts) -> None:
    alice, charlie, dora, bob = (
        await page("alice"),
        await page("charlie"),
        await page("dora"),
        await page("bob", "moderator"),
    )
    await alice.request("playing", line="hls")
    await charlie.request("playing", line="sound")
    await bob.request("playing", line="hls")
    await Heartbeat(door).beat()
    counted = await dora.until("viewers")
    assert (counted["webrtc"], counted["hls"], counted["sound"]) == (0, 1, 1)
    await alice.request("playing", line="none")
    await Heartbeat(door).beat()
    assert (await dora.until("viewers"))["hls"] == 0


async def test_minutes_over_hls_are_counted_by_village_for_the_panel_and_for_meters(
    page: OpenPage, door: Parts
) -> None:
    alice, dora, bob = await page("alice"), await page("dora"), await page("bob", "moderator")
    await alice.request("playing", line="hls")
    await dora.request("playing", line="sound")
    heartbeat = Heartbeat(door)
    heartbeat._beaten -= 4
    await heartbeat.beat()
    rows = (await bob.request("statistics"))["media"]["audience"]["labels"]
    assert sum(row["viewers"] for row in rows) == 2
    assert (sum(row["picture"] for row in rows), sum(row["sound"] for row in rows)) == (4, 4)
    await alice.request("playing", line="none")
    await heartbeat.beat()
    rows = (await bob.request("statistics"))["media"]["audience"]["labels"]
    assert (sum(row["viewers"] for row in rows), sum(row["picture"] for row in rows)) == (1, 4)
