"""What opens, changes and ends a media session of an encoder (WHIP) or a player (WHEP)."""

import re
import secrets
from http import HTTPStatus

from signaling import gate
from signaling.orm.people import note_opening
from signaling.parts import Parts
from signaling.turn import ice_servers
from signaling.whip.resources import Resource, demand, drop, find, keep
from signaling.whip.wire import Asked, Malformed, Place, Reply
from streaming.commands import Leave, Publish, RestartIce, Watch
from streaming.descriptions import accepted_streams
from streaming.errors import StreamingError
from streaming.fragments import parse_fragment, write_fragment
from streaming.sdp import parse_sdp

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
_UFRAG = re.compile(r"^a=ice-ufrag:(\S+)", re.MULTILINE)


async def open_session(now: Parts, place: Place, asked: Asked) -> Reply:
    """POST: an offer for an answer. Raises Refusal or StreamingError."""
    await note_opening(asked.address)
    if place.door == "whip":
        rights = await gate.may_send(place.session, asked.bearer)
        sdp = await asked.text(SDP)
        mids = _taken_whole(sdp)
        found = await now.link.call(Publish(str(place.session), f"leader-{rights.person_id}", sdp))
    else:
        await gate.may_play(place.session)
        sdp = await asked.text(SDP)
        mids = _mids(sdp)
        found = await now.link.call(Watch(str(place.session), f"player-{secrets.token_hex(8)}", sdp))
    ufrag = _UFRAG.search(sdp)
    kept = Resource(found["peer"], _fresh_tag(), ufrag[1] if ufrag else "", mids)
    name = await keep(now.presence, place, kept)
    headers = [("location", f"/{place.door}/{place.session}/{name}"), ("etag", kept.tag)]
    headers += [("link", link) for link in _links(f"{place.door}-{name[:8]}")]
    return Reply(HTTPStatus.CREATED, found["sdp"], SDP, tuple(headers))


async def change(now: Parts, place: Place, asked: Asked) -> Reply:
    """PATCH: more candidates (204), or new credentials for new ones (200)."""
    kept = await _mine(now, place, asked)
    try:
        fragment = parse_fragment(await asked.text(FRAGMENT))
    except StreamingError as error:
        raise Malformed(error.message) from None
    demand(asked.headers.get("if-match"), kept.tag)
    if fragment.ufrag in ("", kept.ufrag):
        return Reply(HTTPStatus.NO_CONTENT)
    ours = await now.link.call(RestartIce(str(place.session), kept.peer))
    again = Resource(kept.peer, _fresh_tag(), fragment.ufrag, kept.mids)
    await keep(now.presence, place, again)
    text = write_fragment(again.mids, ours["ufrag"], ours["password"], ours["candidates"])
    return Reply(HTTPStatus.OK, text, FRAGMENT, (("etag", again.tag),))


async def close(now: Parts, place: Place, asked: Asked) -> Reply:
    """DELETE: the encoder or player goes."""
    kept = await _mine(now, place, asked)
    await now.link.call(Leave(str(place.session), kept.peer))
    await drop(now.presence, place)
    return Reply(HTTPStatus.OK)


async def _mine(now: Parts, place: Place, asked: Asked) -> Resource:
    """The media session of this address; an encoder shows its token again (RFC 9725, section 4.8)."""
    if place.door == "whip":
        await gate.may_send(place.session, asked.bearer)
    return await find(now.presence, place)


def _mids(sdp: str) -> list[str]:
    try:
        return [section.mid for section in parse_sdp(sdp).sections]
    except StreamingError as error:
        raise Malformed(error.message) from None


def _taken_whole(sdp: str) -> list[str]:
    """The offer's sections, all of which we take: half an encoder on air would mislead its operator (section 4.4)."""
    mids = _mids(sdp)
    if set(accepted_streams(parse_sdp(sdp))) != set(mids):
        raise StreamingError(
            "bad_sdp", "one sound (Opus) and one picture (H.264 or VP8) can be sent, nothing else"
        )
    return mids


def _fresh_tag() -> str:
    """A strong entity tag for a new ICE session (section 4.3.1)."""
    return f'"{secrets.token_urlsafe(9)}"'


def _links(name: str) -> list[str]:
    """The values of Link for every relay (section 4.6); `name` shows in the relay's log."""
    return [
        f'<{url}>; rel="ice-server"; username="{server["username"]}"; '
        f'credential="{server["credential"]}"; credential-type="password"'
        for server in ice_servers(name)
        for url in server["urls"]
    ]
