"""The leader's page knows who and what is on before its socket is open."""

import json
import re

from django.test import Client

from portal.questions import actions
from tests.live.cast import Cast, asked


def data(page: str, name: str) -> object:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


def test_the_studio_is_given_the_question_on_air_and_the_queue(on_air: Cast) -> None:
    client = Client()
    client.force_login(on_air.lin)
    address = f"/live/{on_air.session.pk}/studio/"
    assert data(client.get(address).content.decode(), "on-air") is None
    first, second = asked(on_air), asked(on_air, "自来水发黄")
    actions.move(on_air.bob, second.question_id, "shortlisted")
    actions.begin_answer(on_air.bob, first.question_id, 5_000)
    page = client.get(address).content.decode()
    row, stage = data(page, "on-air"), data(page, "stage")
    assert isinstance(row, dict) and (row["id"], row["answer_begin_ms"]) == (first.question_id, 5_000)
    assert isinstance(stage, dict) and stage["guest"]["question"] == first.question_id
    assert [place["question"] for place in stage["queue"]] == [second.question_id]
