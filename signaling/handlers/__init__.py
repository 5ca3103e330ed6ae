"""What each message does: a table from its type to one short coroutine.

A handler gets the message, the socket it came from, the rights the gate has just found, and the process's
parts. It answers with a message of `signaling.answers`, or raises; it holds no rule of its own.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from signaling import gate, protocol
from signaling.answers import Answer, as_message
from signaling.client import Client
from signaling.handlers import crew, cutting, joining, questions, stage, studio
from signaling.handlers.request import Request
from signaling.parts import Parts

Handler = Callable[[Any], Awaitable[Answer]]

HANDLERS: dict[type[protocol.Message], Handler] = {
    protocol.Hello: joining.hello,
    protocol.Ping: joining.ping,
    protocol.Watch: joining.watch,
    protocol.Accept: joining.accept,
    protocol.Restart: joining.restart,
    protocol.Leave: joining.leave,
    protocol.Publish: joining.publish,
    protocol.Changes: joining.changes,
    protocol.GoLive: crew.go_live,
    protocol.Pause: crew.pause,
    protocol.Resume: crew.resume,
    protocol.End: crew.end,
    protocol.Layout: crew.layout,
    protocol.Statistics: crew.statistics,
    protocol.Ask: questions.ask,
    protocol.RaiseHand: questions.raise_hand,
    protocol.LowerHand: stage.lower_hand,
    protocol.Vote: questions.vote,
    protocol.Questions: questions.questions,
    protocol.Move: questions.move,
    protocol.PutBack: questions.put_back,
    protocol.Hide: questions.hide,
    protocol.Unhide: questions.unhide,
    protocol.Same: questions.same,
    protocol.SameMany: questions.same_many,
    protocol.Part: questions.part,
    protocol.Claim: questions.claim,
    protocol.Delay: cutting.delay,
    protocol.Cut: cutting.cut,
    protocol.CutEnd: cutting.cut_end,
    protocol.CutUndo: cutting.cut_undo,
    protocol.Playing: joining.playing,
    protocol.Write: questions.write,
    protocol.BeginAnswer: questions.begin_answer,
    protocol.EndAnswer: questions.end_answer,
    protocol.Propose: questions.propose,
    protocol.SpokenText: questions.spoken_text,
    protocol.CallUp: stage.call_up,
    protocol.StageCheck: stage.stage_check,
    protocol.PutOn: stage.put_on,
    protocol.TakeOff: stage.take_off,
    protocol.LeaveStage: stage.leave_stage,
    protocol.Cohost: studio.cohost,
    protocol.Share: studio.share,
    protocol.Promise: studio.promise,
}


async def handle(parts: Parts, client: Client, message: protocol.Message) -> dict[str, Any]:
    """The answer to send back. Raises what `signaling.errors.translate` knows, or something unexpected."""
    if isinstance(message, protocol.Hello):
        rights = await gate.may_join(client, message)
    else:
        rights = await gate.may(client, message)
    answer = await HANDLERS[type(message)](Request(parts, client, message, rights))
    return as_message(answer, message.id)
