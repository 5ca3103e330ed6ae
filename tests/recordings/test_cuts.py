"""Cuts as rows: who may, one at a time, clips made anew, and the file that the lists read."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from portal.lib.errors import Conflict, NotAllowed
from portal.live.crew import set_delay
from recordings import cuts, withheld
from recordings.actions import open_recording
from recordings.models import Clip, Cut, Recording
from recordings.queries import directory_of
from tests.live.cast import Cast, make_cast
from tests.live.cast import on_air as put_on_air
from transcripts.actions import Spoken, store_cue
from transcripts.queries import passage, recent, search, transcript
from transcripts.templatetags.passages import reply_passage


@pytest.fixture
def on_air(db: None, settings: Any, tmp_path: Path) -> Cast:
    settings.RECORDINGS_DIR = tmp_path
    cast = put_on_air(make_cast())
    open_recording(cast.session.pk)
    return cast


def kept(cast: Cast) -> withheld.Withheld:
    return withheld.read(directory_of(cast.session.pk))


def test_a_cut_goes_on_until_it_is_ended_and_can_be_given_back(on_air: Cast) -> None:
    session = on_air.session.pk
    begun = cuts.begin_cut(on_air.bob, session, -500)
    assert kept(on_air).cuts == ((0, None),)
    with pytest.raises(Conflict):
        cuts.begin_cut(on_air.lin, session, 1_000)
    cuts.end_cut(on_air.lin, session, 5_000)
    with pytest.raises(Conflict):
        cuts.end_cut(on_air.bob, session, 6_000)
    assert kept(on_air).cuts == ((0, 5_000),)
    original = Clip.objects.get(reference=f"cut-{begun.id}")
    assert (original.begin_ms, original.end_ms, original.original) == (0, 5_000, True)
    cuts.lift_cut(on_air.bob, session, begun.id)
    assert kept(on_air).cuts == () and cuts.cuts_of(session) == []
    with pytest.raises(Conflict):
        cuts.lift_cut(on_air.bob, session, begun.id)


@pytest.mark.parametrize("name", ["alice", "olga", "sam", "charlie"])
def test_only_the_crew_cuts(on_air: Cast, name: str) -> None:
    session, person = on_air.session.pk, on_air.person(name)
    for act in (
        lambda: cuts.begin_cut(person, session, 0),
        lambda: cuts.end_cut(person, session, 0),
        lambda: cuts.lift_cut(person, session, 1),
        lambda: set_delay(person, session, 20),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not Cut.objects.exists()


def test_clips_that_hold_something_of_the_cut_are_made_anew_and_not_shown_until_then(on_air: Cast) -> None:
    recording = Recording.objects.get()
    for name, begin, end in (("before", 0, 1_000), ("over", 500, 3_000), ("after", 9_000, 9_500)):
        Clip.objects.create(
            recording=recording, reference=name, begin_ms=begin, end_ms=end, state="ready", file=f"{name}.mp4"
        )
    cuts.begin_cut(on_air.bob, on_air.session.pk, 1_000)
    assert set(Clip.objects.filter(state="ready").values_list("reference", flat=True)) == {"before"}
    assert not Clip.objects.get(reference="over").file


def test_the_delay_is_known_to_the_lists_before_and_during_the_broadcast(on_air: Cast) -> None:
    set_delay(on_air.bob, on_air.session.pk, 20)
    cuts.publish(on_air.session.pk)
    assert kept(on_air).delay == 20.0
    set_delay(on_air.lin, on_air.session.pk, 0)
    cuts.publish(on_air.session.pk)
    assert kept(on_air) == withheld.NOTHING


def test_words_of_a_cut_passage_stand_in_no_transcript_and_no_search(on_air: Cast) -> None:
    session = on_air.session.pk
    for uid, begin, text in (
        ("a", 0, "路灯周五修好"),
        ("b", 2_000, "他家电话是多少"),
        ("c", 5_000, "谢谢大家"),
    ):
        store_cue(Spoken(session, uid, "guest-1", "A", begin, begin + 1_000, text, "test", "zh"))
    begun = cuts.begin_cut(on_air.bob, session, 2_000)
    cuts.end_cut(on_air.bob, session, 4_000)
    assert [row.uid for row in transcript(session)] == ["a", "c"]
    assert [row.uid for row in recent(session, 5)] == ["a", "c"]
    assert "电话" not in passage(session, 0, 9_000) and search("电话") == []
    reply = SimpleNamespace(recording=str(session), begin_ms=2_000, end_ms=3_000, passage="他家电话是多少")
    assert reply_passage(reply)["lines"] == [], "the words kept with the reply neither"
    cuts.lift_cut(on_air.bob, session, begun.id)
    assert len(transcript(session)) == 3 and len(search("电话")) == 1
