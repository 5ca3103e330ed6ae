"""A co-host with real media: seen waiting, put on, sharing a screen, taken off; a rehearsal leaves no files."""

from pathlib import Path
from typing import Any

from portal.live.actions.invitations import revoke
from portal.questions.actions import rehearse
from recordings.models import Recording
from signaling.parts import Parts
from streaming.commands import Statistics
from tests.signaling.conftest import OpenPage
from tests.signaling.test_broadcast import Publish, eventually, publish, stage_where

__all__ = ["publish"]  # the fixture


def seat(stage: dict[str, Any]) -> dict[str, Any]:
    [found] = stage["cohosts"]
    return dict(found)


async def test_a_department_waits_off_air_is_put_on_shares_and_leaves(
    page: OpenPage, publish: Publish, house: Any, door: Parts
) -> None:
    lin, otto, bob = await page("lin", "leader"), await page("otto", "cohost"), await page("bob", "moderator")
    camera = await publish(otto)
    waiting = await stage_where(lin, lambda stage: seat(stage)["present"])
    assert seat(waiting) == {
        "invitation": house.seat,
        "person": house.id_of("otto"),
        "name": "Roads, Otto",
        "on": False,
        "present": True,
    }
    assert (await lin.request("cohost", invitation=house.seat))["code"] == "conflict", "not on air yet"
    await publish(lin)
    assert (await lin.request("go_live"))["type"] == "ok"
    assert (await lin.request("cohost", invitation=house.seat))["type"] == "ok"
    await stage_where(bob, lambda stage: seat(stage)["on"])

    async def slots() -> dict[str, Any]:
        found: dict[str, Any] = (await door.link.call(Statistics(str(house.session.pk))))["slots"]
        return found

    async def both_live() -> bool:
        now = await slots()
        return bool(now["main"]["live"] and now["cohost"]["live"])

    await eventually(both_live)
    assert (await slots())["cohost"]["participant"] == f"cohost-{house.id_of('otto')}"
    assert (await otto.request("share", on=True))["type"] == "ok"
    await stage_where(bob, lambda stage: stage["sharing"] == "cohost")
    assert (await lin.request("share", on=True))["type"] == "ok"
    await stage_where(bob, lambda stage: stage["sharing"] == "main")
    assert (await otto.request("share", on=False))["type"] == "ok", "only one's own sharing is ended"
    assert (await bob.request("changes"))["stage"]["sharing"] == "main"
    assert (await otto.request("share", on=True))["type"] == "ok"
    await camera.close()
    await stage_where(bob, lambda stage: not seat(stage)["present"] and stage["sharing"] == "")
    assert (await slots())["cohost"]["participant"], "the place is kept for who dropped"
    assert (await bob.request("cohost"))["type"] == "ok"
    await stage_where(lin, lambda stage: not seat(stage)["on"])
    assert (await slots())["cohost"]["participant"] is None


async def test_a_rehearsal_runs_like_a_broadcast_and_leaves_no_files(
    page: OpenPage, publish: Publish, house: Any, tmp_path: Path, in_thread: Any
) -> None:
    rehearsal = (await in_thread(rehearse)(house.people["lin"], house.session.pk)).pk
    directory = tmp_path / "recordings" / str(rehearsal)
    lin = await page("lin", "leader", session=rehearsal)
    await publish(lin)
    assert (await lin.request("go_live"))["type"] == "ok"

    async def recorded() -> bool:
        return any(directory.glob("v0/*.m4s"))

    await eventually(recorded)
    assert (await lin.request("end"))["type"] == "ok"

    async def gone() -> bool:
        return not directory.exists() and not await in_thread(Recording.objects.exists)()

    await eventually(gone)


async def test_a_withdrawn_invitation_ends_the_seat_for_everybody_who_sees_it(
    page: OpenPage, publish: Publish, house: Any, in_thread: Any
) -> None:
    """The department's own page, too, would go on saying that everybody sees them."""
    lin, otto, bob = await page("lin", "leader"), await page("otto", "cohost"), await page("bob", "moderator")
    await publish(lin)
    await publish(otto)
    await stage_where(lin, lambda stage: seat(stage)["present"])
    await lin.request("go_live")
    await lin.request("cohost", invitation=house.seat)
    await stage_where(bob, lambda stage: seat(stage)["on"])
    await in_thread(revoke)(house.people["lin"], house.session.pk, house.seat)
    assert await otto.was_closed() == 1008
    await otto.close(1008)
    await stage_where(bob, lambda stage: stage["cohosts"] == [])
    assert (await (await page("otto", None)).hello("cohost"))["code"] == "not_allowed"
    late = await page("charlie", None)
    assert (await late.hello("viewer"))["stage"]["cohosts"] == []
