"""A question that was only spoken: its words come from the captions, and its case has them and the answer."""

import asyncio
import uuid
from typing import Any

from django.conf import settings
from django.test import Client

from portal.appeals.models import Appeal
from portal.questions.models import Question
from signaling.orm.questions import spoken_since
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House
from transcripts import actions
from transcripts.actions import Spoken


def case_page(cookie: str | None, number: str) -> str:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie or ""
    answer = client.get(f"/cases/{number}/")
    assert answer.status_code == 200
    return answer.content.decode()


async def test_the_words_of_a_raised_hand_become_the_case_and_the_answer_stands_on_its_page(
    page: OpenPage, house: House, in_thread: Any
) -> None:
    alice, bob, lin = await page("alice"), await page("bob", "moderator"), await page("lin", "leader")
    raised = await alice.request("raise_hand", uuid=str(uuid.uuid4()), village="Willow")
    assert (raised["type"], raised["number"]) == ("received", "")
    question = (await bob.until("question"))["id"]
    await lin.request("go_live")
    await bob.request("call_up", question=question)
    await alice.request("stage_check", state="ready")
    assert (await bob.request("put_on", question=question))["type"] == "ok"

    async def said(who: str, begin_ms: int, words: str) -> None:
        name = f"{'leader' if who == 'lin' else 'guest'}-{house.id_of(who)}"
        cue = Spoken(
            house.session.pk, uuid.uuid4().hex, name, name, begin_ms, begin_ms + 100, words, "test", "zh"
        )
        await in_thread(actions.store_cue)(cue)

    await said("alice", 0, "路灯坏了")
    await said("lin", 50, "请讲")
    await said("dora", 60, "我也是")
    await said("alice", 100, "三个月")
    await said("alice", 60_000, "还没有说的话")
    assert await spoken_since(house.session.pk, question, 100, 1_000) == "三个月"
    await asyncio.sleep(0.2)  # recording time goes past the two cues
    proposed = await bob.request("propose", question=question)
    assert (proposed["type"], proposed["text"]) == ("proposal", "路灯坏了三个月")

    confirmed = proposed["text"] + "。"
    begun = await bob.request("begin_answer", question=question)
    assert (await bob.request("spoken_text", question=question, text=confirmed))["type"] == "ok"
    await said("lin", begun["begin_ms"], "周五以前修好")
    await asyncio.sleep(0.2)
    assert (await bob.request("end_answer", question=question))["type"] == "answer_mark"
    case, asked = await in_thread(Appeal.objects.get)(), await in_thread(Question.objects.get)()
    assert (case.original_text, asked.text, asked.appeal_id) == (confirmed, confirmed, case.pk)
    shown = await in_thread(case_page)(house.cookies["alice"], case.number)
    assert confirmed in shown and "周五以前修好" in shown
