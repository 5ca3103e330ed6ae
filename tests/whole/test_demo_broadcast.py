"""`manage.py broadcast` against a running house: real WebRTC, a case, captions, a clip."""

import json
import re

from tests.whole.county import County, manage

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
    facts = json.loads(county.shell(FACTS).splitlines()[-1])
    assert (facts["state"], facts["wall"]) == ("ended", "answered")
    begin_ms, end_ms = facts["spoken"]
    assert 7_000 < end_ms - begin_ms < 30_000
    words = {who.split("-")[0]: text.split() for who, text in facts["words"]}
    heard = {word for _, text in facts["words"] for word in text.split()}
    assert {"village", "broken", "months", "road", "next", "week"} <= heard | {"road"}
    assert set(words) == {"leader", "guest"}
