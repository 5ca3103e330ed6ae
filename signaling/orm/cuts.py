"""Cuts and the delay: rows of the recording and of the session, and the file that the lists read."""

from portal.live.crew import set_delay as set_session_delay
from recordings import cuts
from recordings.queries import recording_of
from signaling.orm.door import door
from signaling.orm.people import actor


def _set_delay(person_id: int, session_id: int, seconds: int) -> None:
    set_session_delay(actor(person_id), session_id, seconds)
    if recording_of(session_id) is not None:
        cuts.publish(session_id)


def _begin_cut(person_id: int, session_id: int, begin_ms: int) -> None:
    cuts.begin_cut(actor(person_id), session_id, begin_ms)


def _end_cut(person_id: int, session_id: int, end_ms: int) -> None:
    cuts.end_cut(actor(person_id), session_id, end_ms)


def _lift_cut(person_id: int, session_id: int, cut_id: int) -> None:
    cuts.lift_cut(actor(person_id), session_id, cut_id)


set_delay = door(_set_delay)
begin_cut = door(_begin_cut)
end_cut = door(_end_cut)
lift_cut = door(_lift_cut)
cuts_of = door(cuts.cuts_of)
