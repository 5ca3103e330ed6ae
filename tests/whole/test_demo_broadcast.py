"""`manage.py broadcast` against a running house: real WebRTC, a case, captions, a clip."""

import json
import re
import time
from typing import Any

import pytest

from tests.whole.county import County, manage

pytestmark = pytest.mark.slow

FACTS = """
import json
from portal.live.models import LiveSession
from portal.appeals.models import Reply
from transcripts.queries import transcript
from portal.questions.models import Question
session = LiveSession.objects.latest("pk")
question = session.questions.get()
reply = Reply.objects.get(appeal=question.appeal)
print(json.dumps({
    "state": session.state,
    "wall": question.wall_state,
    "spoken": [reply.begin_ms, reply.end_ms],
    "words": [[cue.participant, cue.text] for cue in transcript(session.pk)],
}))
"""


def test_the_demo_people_hold_a_broadcast(county: County) -> None:
    said = manage(county.env, "broadcast", "--url", county.url, "--minutes", "0.05")
    assert re.search(r"asked: \S+ \(query code \S+\)", said)
    assert "ended; replay" in said
    facts = _facts_once_heard(county, {"village", "broken", "months", "next", "week"})
    assert (facts["state"], facts["wall"]) == ("ended", "answered")
    begin_ms, end_ms = facts["spoken"]
    assert 7_000 < end_ms - begin_ms < 60_000
    assert {who.split("-")[0] for who, _ in facts["words"]} == {"leader", "guest"}


def _facts_once_heard(county: County, wanted: set[str]) -> dict[str, Any]:
    """On a busy machine the scribe is still listening when the broadcast has ended."""
    facts: dict[str, Any] = {}
    for _ in range(20):
        facts = json.loads(county.shell(FACTS).splitlines()[-1])
        if wanted <= {word for _, text in facts["words"] for word in text.split()}:
            return facts
        time.sleep(2)
    raise AssertionError(f"not heard: {facts['words']}")
