"""Rows about recordings and clips, and the way from a passage to its file on the case page."""

import os
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.template import Context, Template
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings

from portal.lib.errors import BadInput, Conflict, NotFound
from portal.live.models import LiveSession
from portal.people.models import Person
from recordings import actions, journal, queries, states
from recordings.models import Clip, Recording

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, settings: Settings) -> Path:
    settings.RECORDINGS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def session() -> LiveSession:
    lin = Person.objects.create_user("lin", password="x")
    return LiveSession.objects.create(title="直通车", host=lin, starts_at=timezone.now(), state="live")


@pytest.fixture
def finished(session: LiveSession, root: Path, recorded: Path) -> LiveSession:
    """The session with the files of a real recording, over."""
    actions.open_recording(session.pk)
    (root / str(session.pk)).rmdir()
    shutil.copytree(recorded, root / str(session.pk))
    actions.finish(session.pk)
    return session


@dataclass
class SpokenReply:
    pk: int
    recording: str
    begin_ms: int
    end_ms: int
    kind: str = "spoken"


def render(reply: Any) -> str:
    return Template("{% load clips %}{% reply_clip reply %}").render(Context({"reply": reply}))


def test_opening_twice_is_one_recording_with_the_first_beginning(session: LiveSession, root: Path) -> None:
    first = actions.open_recording(session.pk)
    again = actions.open_recording(session.pk)
    assert again == first
    assert first.directory == root / str(session.pk)
    assert first.directory.is_dir()


def test_a_finished_recording_is_not_opened_again(finished: LiveSession) -> None:
    with pytest.raises(Conflict):
        actions.open_recording(finished.pk)


def test_unknown_sessions_are_refused() -> None:
    with pytest.raises(NotFound):
        actions.finish(4711)
    with pytest.raises(NotFound):
        actions.request_clip(4711, 0, 1_000, "reply-1")
    assert queries.recording_of(4711) is None
    assert queries.player_seconds(4711, 5_000) == 0.0


def test_finishing_is_ready_at_once_when_the_programme_wrote_its_end(finished: LiveSession) -> None:
    value = queries.recording_of(finished.pk)
    assert value is not None
    assert value.state == states.RECORDING_READY
    assert value.duration_ms == 8_000


def test_finishing_waits_for_a_programme_that_still_writes(
    session: LiveSession, root: Path, recorded: Path
) -> None:
    actions.open_recording(session.pk)
    (root / str(session.pk)).rmdir()
    shutil.copytree(recorded, root / str(session.pk))
    (root / str(session.pk) / journal.ENDED).unlink()
    path = root / str(session.pk) / "v0" / journal.NAME
    path.touch()
    assert actions.finish(session.pk).state == states.RECORDING_FINISHING
    assert actions.settle() == 0
    # A programme that was killed never writes its end; its journal falls silent.
    os.utime(path, (0, 0))
    assert actions.settle() == 1
    assert journal.is_ended(root / str(session.pk))


def test_a_broadcast_that_ended_while_no_media_process_held_it_is_finished(
    session: LiveSession, root: Path, recorded: Path
) -> None:
    actions.open_recording(session.pk)
    (root / str(session.pk)).rmdir()
    shutil.copytree(recorded, root / str(session.pk))
    (root / str(session.pk) / journal.ENDED).unlink()
    path = root / str(session.pk) / "v0" / journal.NAME
    os.utime(path, (0, 0))
    assert actions.settle() == 0, "a broadcast on air may lack its programme for a while"
    LiveSession.objects.update(state="ended")
    path.touch()
    assert actions.settle() == 0 and not journal.is_ended(root / str(session.pk))
    os.utime(path, (0, 0))
    assert actions.settle() == 1
    value = queries.recording_of(session.pk)
    assert value is not None and value.state == states.RECORDING_READY
    assert journal.is_ended(root / str(session.pk))


def test_an_evening_without_any_recording_is_failed_not_ready(session: LiveSession) -> None:
    directory = actions.open_recording(session.pk).directory
    journal.mark_ended(directory)
    assert actions.finish(session.pk).state == states.RECORDING_FAILED


def test_a_clip_is_made_once_however_often_it_is_asked_for(finished: LiveSession) -> None:
    for _ in range(3):
        actions.request_clip(finished.pk, 1_400, 3_300, "reply-17")
    assert Clip.objects.count() == 1
    assert actions.make_due_clips() == 1
    assert actions.make_due_clips() == 0
    clip = queries.clip_of("reply-17")
    assert clip is not None
    assert clip.ready
    assert clip.path is not None
    assert clip.path.stat().st_size > 10_000


def test_moving_the_passage_cuts_anew(finished: LiveSession) -> None:
    actions.request_clip(finished.pk, 1_400, 3_300, "reply-17")
    actions.make_due_clips()
    before = queries.clip_of("reply-17")
    moved = actions.request_clip(finished.pk, 1_400, 2_000, "reply-17")
    assert before is not None
    assert not moved.ready
    assert actions.make_due_clips() == 1
    after = queries.clip_of("reply-17")
    assert after is not None
    assert after.path != before.path


def test_a_clip_waits_until_its_end_is_recorded(session: LiveSession, root: Path, recorded: Path) -> None:
    actions.open_recording(session.pk)
    (root / str(session.pk)).rmdir()
    shutil.copytree(recorded, root / str(session.pk))
    (root / str(session.pk) / journal.ENDED).unlink()
    actions.request_clip(session.pk, 6_000, 60_000, "reply-1")
    actions.request_clip(session.pk, 2_000, 3_000, "reply-2")
    assert actions.make_due_clips() == 1
    assert Clip.objects.get(reference="reply-1").tries == 0


def test_a_clip_that_cannot_be_made_is_tried_again_later_and_given_up_at_last(finished: LiveSession) -> None:
    actions.request_clip(finished.pk, 90_000, 95_000, "reply-1")
    for attempt in range(1, actions.MAX_TRIES + 1):
        assert actions.make_due_clips() == 0
        assert actions.make_due_clips() == 0, "not before its pause is over"
        clip = Clip.objects.get()
        assert clip.tries == attempt
        Clip.objects.update(not_before=None)
    assert Clip.objects.get().state == states.CLIP_FAILED


def test_the_claim_of_a_clerk_that_died_is_taken_over(finished: LiveSession) -> None:
    actions.request_clip(finished.pk, 1_000, 2_000, "reply-1")
    Clip.objects.update(state=states.CLIP_MAKING, claimed_at=timezone.now() - timedelta(hours=1), tries=1)
    assert actions.make_due_clips() == 1


@pytest.mark.parametrize(("begin", "end"), [(-1, 5), (5, 5), (9, 3), (0, 2 * 60 * 60 * 1000)])
def test_a_passage_without_length_is_refused(session: LiveSession, begin: int, end: int) -> None:
    actions.open_recording(session.pk)
    with pytest.raises(BadInput):
        actions.request_clip(session.pk, begin, end, "reply-1")


def test_recording_time_and_player_time_know_the_restart(finished: LiveSession) -> None:
    assert queries.player_seconds(finished.pk, 2_000) == pytest.approx(2.0)
    assert queries.player_seconds(finished.pk, 5_800) == pytest.approx(5.4), "0.4 s were lost before"
    assert queries.recording_milliseconds(finished.pk, 5.4) == pytest.approx(5_800)
    assert queries.recorded_ms(finished.pk) == 8_000
    moments = [-5.0, 0.0, 2_000, 4_600, 5_800, 99_000]
    alone = [queries.player_seconds(finished.pk, max(0, ms)) for ms in moments]
    assert queries.player_times(finished.pk, moments) == pytest.approx(alone, abs=2e-3)


def test_the_page_learns_where_the_restart_is(finished: LiveSession, client: Client) -> None:
    answer = client.get(f"/recordings/{finished.pk}/timeline.json").json()
    assert answer["pieces"] == [
        {"begin_ms": 0, "end_ms": 4_400, "player_seconds": 0.0},
        {"begin_ms": 4_800, "end_ms": 8_000, "player_seconds": pytest.approx(4.4)},
    ]
    LiveSession.objects.update(state="cancelled")
    refused = client.get(f"/recordings/{finished.pk}/timeline.json", headers={"Accept": "application/json"})
    assert refused.status_code == 403


async def body_of(response: Any) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


@pytest.fixture
def clip(finished: LiveSession) -> Clip:
    actions.request_clip(finished.pk, 1_000, 2_000, "reply-17")
    actions.make_due_clips()
    return Clip.objects.get()


@pytest.mark.django_db(transaction=True)
async def test_a_clip_is_served_whole_and_in_ranges(clip: Clip) -> None:
    client, address = AsyncClient(), f"/recordings/clips/{clip.pk}.mp4"
    whole = await client.get(address)
    assert whole.status_code == 200
    assert whole["Content-Type"] == "video/mp4"
    data = await body_of(whole)
    assert len(data) == int(whole["Content-Length"])
    for header, expected in (
        ("bytes=10-99", data[10:100]),
        ("bytes=-20", data[-20:]),
        ("bytes=100-", data[100:]),
    ):
        part = await client.get(address, headers={"Range": header})
        assert part.status_code == 206
        assert await body_of(part) == expected
        assert part["Content-Range"].endswith(f"/{len(data)}")
    assert (await client.get(address, headers={"Range": f"bytes={len(data)}-"})).status_code == 416
    assert (await client.head(address))["Content-Length"] == str(len(data))


def test_a_clip_of_a_cancelled_broadcast_or_not_made_yet_is_not_served(
    clip: Clip, finished: LiveSession, client: Client
) -> None:
    LiveSession.objects.update(state="cancelled")
    refused = client.get(f"/recordings/clips/{clip.pk}.mp4", headers={"Accept": "application/json"})
    assert refused.status_code == 403
    actions.request_clip(finished.pk, 3_000, 3_500, "reply-18")
    other = Clip.objects.get(reference="reply-18")
    assert client.get(f"/recordings/clips/{other.pk}.mp4").status_code == 404
    assert client.get("/recordings/clips/999.mp4").status_code == 404


def test_the_case_page_shows_the_clip_of_its_reply(clip: Clip, finished: LiveSession) -> None:
    shown = render(SpokenReply(17, str(finished.pk), 1_000, 2_000))
    assert f"/recordings/clips/{clip.pk}.mp4" in shown
    assert f"/live/{finished.pk}/replay/" in shown
    waiting = render(SpokenReply(18, str(finished.pk), 1_000, 2_000))
    assert "<video" not in waiting
    assert "正在制作" in waiting
    Clip.objects.update(state=states.CLIP_FAILED)
    assert "没有制作成功" in render(SpokenReply(17, str(finished.pk), 1_000, 2_000))
    assert render(SpokenReply(17, "", 0, 0, kind="written")).strip() == ""


def test_steps_of_states_are_data() -> None:
    assert states.may_follow(states.CLIP_STEPS, states.CLIP_PENDING, states.CLIP_MAKING)
    assert not states.may_follow(states.RECORDING_STEPS, states.RECORDING_READY, states.RECORDING_LIVE)
    assert set(states.RECORDING_STEPS) == set(Recording.State.values)
    assert set(states.CLIP_STEPS) == set(Clip.State.values)
