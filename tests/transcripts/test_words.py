"""The words of a session as rows: kept once, found exactly, shown to who may watch."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.live.models import LiveSession
from portal.live.states import SessionState
from transcripts import actions, queries
from transcripts.actions import Spoken
from transcripts.models import Cue
from transcripts.search import index_text, phrases, units


def spoken(session: LiveSession, begin_ms: int, text: str, who: str = "leader-1", **more: Any) -> Spoken:
    uid = f"{session.pk}-{who}-0-{begin_ms}-0"
    said = Spoken(session.pk, uid, who, who, begin_ms, begin_ms + 2000, text, "test", "zh")
    return replace(said, **more)


def test_the_same_caption_twice_is_one_row(session: LiveSession) -> None:
    assert actions.store_cue(spoken(session, 1000, "路灯坏了"))
    assert not actions.store_cue(spoken(session, 1000, "路灯坏了很久", revision=2))
    assert [(cue.text, cue.revision) for cue in Cue.objects.all()] == [("路灯坏了很久", 2)]
    assert [hit.cue.text for hit in queries.search("很久")] == ["路灯坏了很久"]


def test_a_caption_remembers_when_it_was_first_kept(session: LiveSession) -> None:
    """Lists show it to live viewers from then on: words that are heard better later must not be shown again."""
    before = timezone.now()
    actions.store_cue(spoken(session, 1000, "路灯坏了"))
    first = Cue.objects.get().kept_at
    assert first is not None and before <= first <= timezone.now()
    actions.store_cue(spoken(session, 1000, "路灯坏了很久", revision=2))
    assert Cue.objects.get().kept_at == first


def test_a_passage_is_what_lies_in_it_by_more_than_half(session: LiveSession) -> None:
    for begin, text, who in [
        (0, "前面的话", "leader-1"),
        (5000, "这条路", "leader-1"),
        (7000, "下个月修", "leader-1"),
        (20_000, "谢谢", "guest-2"),
    ]:
        actions.store_cue(spoken(session, begin, text, who))
    assert queries.passage(session.pk, 4500, 8500) == "这条路下个月修"
    assert queries.passage(session.pk, 4500, 7500) == "这条路"
    assert queries.passage(session.pk, 4500, 30_000) == "leader-1: 这条路下个月修\nguest-2: 谢谢"
    assert queries.passage(session.pk, 100_000, 110_000) == ""


def test_two_character_words_are_found_exactly(session: LiveSession) -> None:
    texts = [
        "村口的路灯坏了",
        "路边的灯",
        "修路，灯也要修",
        "G318国道什么时候通车",
        "the broad road works",
        "请问水费怎么算",
        "林县长您好",
    ]
    for index, text in enumerate(texts):
        actions.store_cue(spoken(session, index * 3000, text))

    def found(wanted: str) -> set[str]:
        return {hit.cue.text for hit in queries.search(wanted)}

    # A comma between two characters is not part of the word, but does not part it either.
    assert found("路灯") == {"村口的路灯坏了", "修路，灯也要修"}
    assert found("灯") == {"村口的路灯坏了", "路边的灯", "修路，灯也要修"}
    assert found("g318国道") == {"G318国道什么时候通车"}
    assert found("ｒｏａｄ") == {"the broad road works"}
    assert found("road works") == {"the broad road works"}
    assert found("水费 怎么") == {"请问水费怎么算"}
    assert found("水路") == set()
    for empty in ("", "，。", '"', "*", "a OR", "'; DROP TABLE"):
        assert found(empty) == set()


@pytest.mark.django_db
def test_the_index_follows_deletion_in_bulk(session: LiveSession) -> None:
    actions.store_cue(spoken(session, 0, "路灯"))
    Cue.objects.all().delete()
    assert queries.search("路灯") == []


@given(st.text("路灯修了a b1，", max_size=30), st.text("路灯修了a b1，", max_size=6))
def test_a_phrase_is_in_the_index_text_exactly_when_its_units_are_in_the_text(text: str, term: str) -> None:
    wanted, row = units(term), units(text)
    held = any(row[at : at + len(wanted)] == wanted for at in range(len(row) - len(wanted) + 1))
    found = phrases(term.replace(" ", "，"))
    tokens = index_text(text).split()
    for phrase in found:
        need = phrase.split()
        hit = any(tokens[at : at + len(need)] == need for at in range(len(tokens) - len(need) + 1))
        assert hit == held


def test_the_final_pass_keeps_the_names_of_what_it_hears_again(session: LiveSession) -> None:
    actions.store_cue(spoken(session, 1000, "路等坏了"))
    actions.store_cue(spoken(session, 9000, "嗯"))
    actions.store_cue(spoken(session, 12_000, "客人的话", "guest-2"))
    assert actions.claim_final_pass(session.pk, "test")
    assert not actions.claim_final_pass(session.pk, "test")
    again = [
        spoken(session, 1200, "路灯坏了", uid="new-1", engine="final"),
        spoken(session, 5000, "没人修", uid="new-2"),
    ]
    assert actions.finish_final_pass(session.pk, {"leader-1": again, "guest-2": []}) == 2
    rows = {cue.uid: cue.text for cue in queries.transcript(session.pk)}
    assert rows == {
        f"{session.pk}-leader-1-0-1000-0": "路灯坏了",
        "new-2": "没人修",
        f"{session.pk}-guest-2-0-12000-0": "客人的话",
    }


def test_the_transcript_as_json_vtt_and_text(session: LiveSession, client: Client) -> None:
    actions.store_cue(spoken(session, 61_000, "水 <b> --> 费", speaker="林县长"))
    base = f"/live/{session.pk}/transcript"
    cue = json.loads(client.get(f"{base}.json").content)["cues"][0]
    assert (cue["text"], cue["begin_ms"], cue["final"]) == ("水 <b> --> 费", 61_000, True)
    vtt = client.get(f"{base}.vtt")
    assert vtt["Content-Type"] == "text/vtt; charset=utf-8"
    assert "00:01:01.000 --> 00:01:03.000\n<v 林县长>水 &lt;b&gt; --&gt; 费" in vtt.content.decode()
    media = client.get(f"{base}.vtt?media=1").content.decode()
    assert "X-TIMESTAMP-MAP=MPEGTS:0" in media and "00:01:02.000 -->" in media
    assert client.get(f"{base}.txt").content.decode() == "[00:01:01] 林县长: 水 <b> --> 费\n"


def test_search_over_http_shows_only_what_one_may_watch(session: LiveSession, client: Client) -> None:
    actions.store_cue(spoken(session, 0, "路灯"))
    hits = json.loads(client.get("/transcripts/search.json", {"q": "路灯"}).content)["hits"]
    assert [(hit["session"], hit["title"]) for hit in hits] == [(session.pk, session.title)]
    LiveSession.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED)
    assert json.loads(client.get("/transcripts/search.json", {"q": "路灯"}).content)["hits"] == []


@pytest.mark.parametrize("kind", ["json", "vtt", "txt"])
def test_refusals(session: LiveSession, client: Client, kind: str) -> None:
    headers = {"Accept": "application/json"}
    missing = client.get(f"/live/999999/transcript.{kind}", headers=headers)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
    LiveSession.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED)
    refused = client.get(f"/live/{session.pk}/transcript.{kind}", headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
    assert client.post(f"/live/{session.pk}/transcript.{kind}").status_code == 405


def passage_of(session: LiveSession, **fields: Any) -> str:
    reply = SimpleNamespace(
        **{"recording": str(session.pk), "begin_ms": 0, "end_ms": 5000, "passage": ""} | fields
    )
    return Template("{% load passages %}{% reply_passage reply %}").render(Context({"reply": reply}))


def test_the_case_page_shows_what_was_said(session: LiveSession) -> None:
    assert "暂无文字记录" in passage_of(session)
    assert "当时记下的" in passage_of(session, passage="当时记下的")
    actions.store_cue(spoken(session, 1000, "下个月 <修>"))
    assert "<p>下个月 &lt;修&gt;</p>" in passage_of(session, passage="当时记下的")
    assert passage_of(session, recording="", begin_ms=None, end_ms=None).strip() == ""


def test_sessions_to_follow_and_speakers(session: LiveSession) -> None:
    assert queries.sessions_to_follow() == [session.pk]
    assert queries.speaker_name(f"leader-{session.host_id}") == "林县长"
    assert queries.speaker_name("guest-999999") == ""
    assert queries.speaker_name("phone") == ""
    assert queries.speech_notice() == "未安装普通话识别模型"
