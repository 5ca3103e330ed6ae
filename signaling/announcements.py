"""What the live door itself announces to everybody in a session, or to one person in it."""

from typing import Any

from signaling.answers import Answer, Stage, as_message
from signaling.orm import live
from signaling.parts import Parts
from signaling.presence import StageFacts


async def announce(parts: Parts, session_id: int, answer: Answer, to: dict[str, Any] | None = None) -> None:
    message = as_message(answer)
    await parts.hub.announce(session_id, message if to is None else message | {"to": to})


def with_facts(stage: dict[str, Any], facts: StageFacts) -> dict[str, Any]:
    """The stage of the rows with what only the media process knows: who is connected, how long a seat is
    kept.
    """
    main = stage["main"] | {"present": facts.main_present}
    guest = stage["guest"]
    if guest is not None:
        here = facts.guest_person == guest["person"]
        guest = guest | {
            "present": here and facts.guest_present,
            "seat_until": facts.seat_until if here else None,
        }
    here = set(facts.cohosts)
    cohosts = [seat | {"present": seat["person"] in here} for seat in stage["cohosts"]]
    return stage | {"main": main, "guest": guest, "cohosts": cohosts, "sharing": facts.sharing}


async def stage_of(parts: Parts, session_id: int, stage: dict[str, Any]) -> dict[str, Any]:
    whole = with_facts(stage, await parts.presence.stage(session_id))
    # No await from here to the outbox: who asked would be told of the stage of a moment ago after that of now.
    return parts.hub.newest(session_id, whole)


async def announce_stage(parts: Parts, session_id: int) -> None:
    whole = await stage_of(parts, session_id, await live.stage(session_id))
    await announce(parts, session_id, Stage(**whole))
