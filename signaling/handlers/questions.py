"""Asking, voting, the moderators' queue, and the stamps of an answer."""

from signaling import answers, protocol
from signaling.announcements import announce, announce_stage
from signaling.handlers.crew import follow
from signaling.handlers.request import Request
from signaling.media_commands import Clock
from signaling.orm import questions as rows


def _received(found: rows.Received) -> answers.Received:
    return answers.Received(found.question_id, found.uuid, found.number, found.query_code, found.created)


async def ask(request: Request[protocol.Ask]) -> answers.Received:
    message = request.message
    return _received(
        await rows.ask(request.person_id, request.session_id, message.uuid, message.text, message.village)
    )


async def raise_hand(request: Request[protocol.RaiseHand]) -> answers.Received:
    message = request.message
    found = await rows.raise_hand(request.person_id, request.session_id, message.uuid, message.village)
    await announce_stage(request.parts, request.session_id)
    return _received(found)


async def vote(request: Request[protocol.Vote]) -> answers.Ok:
    await rows.vote(request.person_id, request.session_id, request.message.question)
    return answers.Ok()


async def questions(request: Request[protocol.Questions]) -> answers.QuestionsAnswer:
    revision, found = await rows.console_rows(request.session_id, request.message.since)
    return answers.QuestionsAnswer(revision, found)


async def move(request: Request[protocol.Move]) -> answers.Ok:
    message = request.message
    before = await rows.stage_state(request.session_id, message.question)
    await rows.move(request.person_id, request.session_id, message.question, message.to, message.expected)
    if "on" in (before, message.to):
        await follow(request.parts, request.session_id)
    else:
        await announce_stage(request.parts, request.session_id)
    return answers.Ok()


async def put_back(request: Request[protocol.PutBack]) -> answers.Ok:
    message = request.message
    to, expected = (message.stage, message.wall), (message.expected_stage, message.expected_wall)
    await rows.put_back(request.person_id, request.session_id, message.question, to, expected)
    await announce_stage(request.parts, request.session_id)
    return answers.Ok()


async def hide(request: Request[protocol.Hide]) -> answers.Ok:
    message = request.message
    await rows.hide(request.person_id, request.session_id, message.question, message.reason)
    return answers.Ok()


async def unhide(request: Request[protocol.Unhide]) -> answers.Ok:
    await rows.unhide(request.person_id, request.session_id, request.message.question)
    return answers.Ok()


async def same(request: Request[protocol.Same]) -> answers.Ok:
    message = request.message
    await rows.mark_same(request.person_id, request.session_id, message.question, message.as_)
    return answers.Ok()


async def same_many(request: Request[protocol.SameMany]) -> answers.Ok:
    message = request.message
    await rows.mark_same_many(request.person_id, request.session_id, message.questions, message.as_)
    return answers.Ok()


async def part(request: Request[protocol.Part]) -> answers.Ok:
    await rows.part(request.person_id, request.session_id, request.message.questions)
    return answers.Ok()


async def claim(request: Request[protocol.Claim]) -> answers.Ok:
    message = request.message
    await rows.claim(request.person_id, request.session_id, message.question, message.release)
    return answers.Ok()


async def write(request: Request[protocol.Write]) -> answers.Ok:
    message = request.message
    await rows.answer_in_writing(
        request.person_id, request.session_id, message.question, message.text, message.final
    )
    return answers.Ok()


async def _recording_ms(request: Request[protocol.BeginAnswer] | Request[protocol.EndAnswer]) -> int:
    found = await request.parts.link.call(Clock(request.session))
    return int(found["ms"])


async def _mark(
    request: Request[protocol.BeginAnswer] | Request[protocol.EndAnswer], marked: rows.Marked
) -> answers.AnswerMark:
    mark = answers.AnswerMark(marked.question_id, marked.begin_ms, marked.end_ms)
    await announce(request.parts, request.session_id, mark)
    await follow(request.parts, request.session_id)
    return mark


async def begin_answer(request: Request[protocol.BeginAnswer]) -> answers.AnswerMark:
    at_ms = await _recording_ms(request)
    return await _mark(
        request,
        await rows.begin_answer(request.person_id, request.session_id, request.message.question, at_ms),
    )


async def end_answer(request: Request[protocol.EndAnswer]) -> answers.AnswerMark:
    at_ms = await _recording_ms(request)
    return await _mark(
        request,
        await rows.end_answer(request.person_id, request.session_id, request.message.question, at_ms),
    )


async def propose(request: Request[protocol.Propose]) -> answers.Proposal:
    """The words of the person on stage since they went on: a proposal for the text of a question only
    spoken.
    """
    found = await request.parts.link.call(Clock(request.session))
    now_ms, since_ms = int(found["ms"]), int(found["since"] or 0)
    text = await rows.spoken_since(request.session_id, request.message.question, since_ms, now_ms)
    return answers.Proposal(request.message.question, text[: protocol.TEXT_LIMIT])


async def spoken_text(request: Request[protocol.SpokenText]) -> answers.Ok:
    message = request.message
    await rows.set_spoken_text(request.person_id, request.session_id, message.question, message.text)
    return answers.Ok()
