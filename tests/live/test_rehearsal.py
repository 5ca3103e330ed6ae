"""A rehearsal: the crew walks through an evening, nobody else hears of it, and nothing of it is kept."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from portal.appeals.models import Appeal
from portal.lib.errors import Conflict, NotAllowed, NotFound
from portal.live import queries
from portal.live.actions import cancel, end, go_live, lay_rota
from portal.live.actions.invitations import invitation_token, invite, take_seat
from portal.live.actions.telling import remind
from portal.live.models import LiveSession
from portal.people.models import Person
from portal.questions import actions
from portal.questions.models import Question
from portal.questions.queries import my_questions, recent_answers, similar
from recordings.actions import discard, open_recording
from recordings.models import Recording
from tests.live.cast import Cast
from transcripts.actions import Spoken, store_cue
from transcripts.queries import transcript

TITLE = "今晚直播"


@pytest.fixture
def rehearsal(cast: Cast) -> LiveSession:
    return actions.rehearse(cast.lin, cast.session.pk)


def client(person: Person | None) -> Client:
    made = Client()
    if person is not None:
        made.force_login(person)
    return made


def test_it_has_the_broadcasts_crew_and_three_questions_that_belong_to_nobody(
    cast: Cast, rehearsal: LiveSession
) -> None:
    assert (rehearsal.host_id, list(rehearsal.moderators.all())) == (cast.lin.pk, [cast.bob])
    asked = Question.objects.filter(session=rehearsal)
    assert [(row.person_id, row.appeal_id, row.stage_state) for row in asked] == [
        (None, None, "shortlisted")
    ] * 3


def test_asking_for_it_again_gives_the_same_until_it_has_ended(cast: Cast, rehearsal: LiveSession) -> None:
    assert actions.rehearse(cast.bob, cast.session.pk).pk == rehearsal.pk
    go_live(cast.lin, rehearsal.pk)
    assert actions.rehearse(cast.lin, cast.session.pk).pk == rehearsal.pk
    end(cast.lin, rehearsal.pk)
    assert actions.rehearse(cast.lin, cast.session.pk).pk != rehearsal.pk


def test_only_the_crew_rehearses_and_only_before_the_broadcast(cast: Cast, rehearsal: LiveSession) -> None:
    for person in (cast.alice, cast.sam, cast.charlie):
        with pytest.raises(NotAllowed):
            actions.rehearse(person, cast.session.pk)
    with pytest.raises(Conflict):
        actions.rehearse(cast.lin, rehearsal.pk)
    go_live(cast.lin, cast.session.pk)
    with pytest.raises(Conflict):
        actions.rehearse(cast.lin, cast.session.pk)


@pytest.mark.parametrize("live", [False, True])
def test_it_stands_in_no_list(cast: Cast, rehearsal: LiveSession, live: bool) -> None:
    if live:
        go_live(cast.lin, rehearsal.pk)
    lists = [
        queries.upcoming(),
        queries.past(),
        queries.planned(),
        queries.calendar(timezone.now() - timedelta(days=9)),
    ]
    assert all(rehearsal not in found for found in lists)
    assert queries.current() is None
    assert queries.next_taking() == cast.session
    assert rehearsal.starts_at not in queries.taken_evenings(timezone.now() - timedelta(days=9))


def test_its_host_takes_no_turn_in_the_rota(cast: Cast, rehearsal: LiveSession) -> None:
    LiveSession.objects.filter(pk=rehearsal.pk).update(starts_at=timezone.now() + timedelta(days=400))
    assert queries.last_host() == cast.lin.pk
    LiveSession.objects.filter(pk=cast.session.pk).update(state="cancelled")
    assert queries.last_host() is None
    assert lay_rota(cast.sam, [cast.lin], [cast.bob], 1, "在线答疑", timezone.localtime())


@pytest.mark.parametrize(
    "page", ["", "studio/", "console/", "stage/", "ask/", "replay/", "questions/", "transcript.json"]
)
def test_for_everybody_else_it_does_not_exist(cast: Cast, rehearsal: LiveSession, page: str) -> None:
    go_live(cast.lin, rehearsal.pk)
    for person in (None, cast.alice, cast.charlie, cast.olga, cast.sam):
        assert client(person).get(f"/live/{rehearsal.pk}/{page}").status_code == 404, person
    assert client(cast.lin).get(f"/live/{rehearsal.pk}/studio/").status_code == 200
    assert client(cast.bob).get(f"/live/{rehearsal.pk}/console/").status_code == 200
    assert client(cast.lin).get(f"/live/{rehearsal.pk}/").status_code == 200


def test_nobody_else_watches_asks_or_is_reminded(cast: Cast, rehearsal: LiveSession) -> None:
    go_live(cast.lin, rehearsal.pk)
    assert not queries.may_watch(None, rehearsal)
    assert not queries.may_watch(cast.sam, rehearsal)
    assert queries.may_watch(cast.lin, rehearsal) and queries.may_watch(cast.bob, rehearsal)
    with pytest.raises(NotFound):
        actions.ask(cast.alice, rehearsal.pk, uuid4(), "能听到吗？")
    with pytest.raises(NotFound):
        actions.raise_hand(cast.alice, rehearsal.pk, uuid4())
    with pytest.raises(NotFound):
        actions.vote(cast.alice, Question.objects.filter(session=rehearsal)[0].pk)
    with pytest.raises(NotFound):
        remind(cast.alice, rehearsal.pk, True)
    with pytest.raises(NotFound):
        cancel(cast.sam, rehearsal.pk)


def test_a_co_host_of_the_rehearsal_belongs_to_its_crew(cast: Cast, rehearsal: LiveSession) -> None:
    unit = cast.olga.roles.get().unit
    assert unit is not None
    seat = invite(cast.lin, rehearsal.pk, unit.pk)
    assert not queries.may_watch(cast.olga, rehearsal)
    take_seat(cast.olga, rehearsal.pk, invitation_token(seat))
    assert queries.may_watch(cast.olga, rehearsal)


def test_its_questions_make_no_cases_and_its_answers_are_no_answers(
    cast: Cast, rehearsal: LiveSession
) -> None:
    go_live(cast.lin, rehearsal.pk)
    own = actions.ask(cast.bob, rehearsal.pk, uuid4(), "主持人试一个问题", "示例村")
    assert (own.case_number, own.query_code) == ("", "")
    first, second, third = Question.objects.filter(session=rehearsal, person=None)
    actions.begin_answer(cast.lin, first.pk, 1_000)
    with pytest.raises(Conflict, match="排练"):
        actions.note_promise_at(cast.lin, first.pk, 2_000, actions.Wish("下周修好"))
    ended = actions.end_answer(cast.lin, first.pk, 9_000, "我们下周修好。")
    assert ended.reply_id is None and ended.member_reply_ids == ()
    actions.answer_in_writing(cast.bob, second.pk, "已经安排。", final=True)
    actions.mark_same(cast.bob, third.pk, first.pk)
    actions.move(cast.bob, own.question_id, "shortlisted")
    actions.begin_answer(cast.lin, own.question_id, 10_000)
    actions.end_answer(cast.lin, own.question_id, 12_000)
    assert not Appeal.objects.exists()
    assert recent_answers() == [] and my_questions(cast.bob) == []
    assert similar(cast.session.pk, first.text) == []


def test_the_broadcast_itself_ends_what_is_still_rehearsed(cast: Cast, rehearsal: LiveSession) -> None:
    go_live(cast.lin, rehearsal.pk)
    go_live(cast.lin, cast.session.pk)
    rehearsal.refresh_from_db()
    assert rehearsal.state == "ended"


def test_of_its_recording_nothing_is_left(rehearsal: LiveSession, settings: Any, tmp_path: Path) -> None:
    settings.RECORDINGS_DIR = tmp_path
    place = open_recording(rehearsal.pk)
    (place.directory / "v0").mkdir()
    (place.directory / "v0" / "0.m4s").write_bytes(b"a segment")
    discard(rehearsal.pk)
    assert not place.directory.exists() and not Recording.objects.exists()


def test_none_of_its_words_are_kept(rehearsal: LiveSession) -> None:
    said = Spoken(rehearsal.pk, "r-1", f"leader-{rehearsal.host_id}", "Lin", 0, 900, "试音", "none", "zh")
    assert not store_cue(said) and transcript(rehearsal.pk) == []


def test_the_button_leads_the_leader_to_the_studio_and_a_moderator_to_the_console(cast: Cast) -> None:
    address = f"/live/{cast.session.pk}/rehearse/"
    made = client(cast.lin).post(address).headers["Location"]
    assert made.endswith("/studio/") and str(cast.session.pk) not in made.split("/")
    assert client(cast.bob).post(address).headers["Location"] == made.replace("studio", "console")
    assert client(cast.alice).post(address).status_code == 403
    page = client(cast.lin).get(made).content.decode()
    assert "排练" in page and TITLE in page
    assert TITLE in client(None).get("/").content.decode(), "the broadcast itself is announced"
