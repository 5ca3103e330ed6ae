"""The way of a citizen to the microphone and back."""

from signaling import protocol
from signaling.announcements import announce, announce_stage
from signaling.answers import Ok, Prompt
from signaling.handlers.answering import end_running
from signaling.handlers.crew import follow
from signaling.handlers.request import Request
from signaling.orm import questions as rows


async def call_up(request: Request[protocol.CallUp]) -> Ok:
    question = request.message.question
    person = await rows.person_of(request.session_id, question)
    await rows.move(request.person_id, request.session_id, question, "prompted", None)
    if person is not None:
        await announce(request.parts, request.session_id, Prompt(question), to={"person": person})
    await announce_stage(request.parts, request.session_id)
    return Ok()


async def stage_check(request: Request[protocol.StageCheck]) -> Ok:
    await rows.stage_report(request.session_id, request.person_id, request.message.state)
    await announce_stage(request.parts, request.session_id)
    return Ok()


async def put_on(request: Request[protocol.PutOn]) -> Ok:
    await rows.move(request.person_id, request.session_id, request.message.question, "on", None)
    await follow(request.parts, request.session_id)
    return Ok()


async def take_off(request: Request[protocol.TakeOff]) -> Ok:
    question = request.message.question
    if not await end_running(request, question):
        await rows.move(request.person_id, request.session_id, question, "done", None)
    await follow(request.parts, request.session_id)
    return Ok()


async def lower_hand(request: Request[protocol.LowerHand]) -> Ok:
    await rows.lower_hand(request.person_id, request.session_id)
    await follow(request.parts, request.session_id)
    return Ok()


async def leave_stage(request: Request[protocol.LeaveStage]) -> Ok:
    await rows.stage_report(request.session_id, request.person_id, "left")
    await follow(request.parts, request.session_id)
    return Ok()
