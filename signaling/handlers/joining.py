"""Coming in, watching, publishing, and catching up."""

import dataclasses
from typing import Any

from django.utils.translation import gettext as _

from signaling import protocol
from signaling.announcements import stage_of
from signaling.answers import (
    Accepted,
    ChangesAnswer,
    Offer,
    Ok,
    Pong,
    SdpAnswer,
    Welcome,
)
from signaling.client import owner_name
from signaling.errors import Refusal
from signaling.handlers.request import Request
from signaling.orm import live
from signaling.orm.cuts import cuts_of
from signaling.orm.people import Rights
from signaling.turn import ice_servers
from streaming.commands import Accept, Leave, Publish, Restart, Watch

SOCKETS_PER_PERSON = 10


def _you(rights: Rights) -> dict[str, Any]:
    roles = set(rights.roles)
    here = {
        "leader": rights.host,
        "moderator": rights.moderate,
        "guest": rights.on_stage is not None,
        "cohost": rights.cohost,
    }
    return {
        "id": rights.person_id,
        "name": rights.name,
        "roles": sorted(roles),
        "here": sorted(role for role, held in here.items() if held),
        "verified": rights.verified,
        "question": rights.on_stage,
    }


async def _make_room(request: Request[protocol.Hello]) -> None:
    person_id = request.rights.person_id
    if person_id is None:
        return
    everywhere = await request.parts.presence.sockets(request.session_id)
    here = sum(
        member.is_meant({"person": person_id}) for member in request.parts.hub.members(request.session_id)
    )
    if max(everywhere.people.get(person_id, 0), here) >= SOCKETS_PER_PERSON:
        raise Refusal("too_many", _("您打开的页面太多了，请关闭一些再试"))


async def _cuts_for(request: Request[protocol.Hello]) -> list[dict[str, Any]]:
    """For who may undo them; others have no captions waiting yet that a cut could concern."""
    if not (request.rights.host or request.rights.moderate):
        return []
    return [dataclasses.asdict(cut) for cut in await cuts_of(request.session_id)]


async def hello(request: Request[protocol.Hello]) -> Welcome:
    client, message, rights = request.client, request.message, request.rights
    await _make_room(request)
    client.person_id, client.tab, client.moderates = rights.person_id, message.tab, rights.moderate
    # Joined before the picture is drawn: what changes in between is told twice rather than never.
    await request.parts.hub.join(client)
    client.role = message.role
    cuts = await _cuts_for(request)
    picture = await live.picture_of(request.session_id, live.CAPTIONS_AT_HELLO)
    return Welcome(
        session=picture["session"],
        you=_you(rights),
        revision=picture["revision"],
        wall=picture["wall"],
        stage=await stage_of(request.parts, request.session_id, picture["stage"]),
        captions=picture["captions"],
        media={
            "webrtc": request.parts.link.webrtc,
            "hls": f"/hls/{request.session_id}/master.m3u8",
            "ice": ice_servers(client.socket),
        },
        limits={"text": protocol.TEXT_LIMIT, "message": protocol.MESSAGE_LIMIT},
        cuts=cuts,
    )


async def ping(request: Request[protocol.Ping]) -> Pong:
    return Pong(request.message.t)


async def playing(request: Request[protocol.Playing]) -> Ok:
    """What this page plays now: the only honest count of HLS viewers, whom a cache may stand in front of."""
    request.client.line = request.message.line
    return Ok()


async def changes(request: Request[protocol.Changes]) -> ChangesAnswer:
    picture = await live.picture_of(request.session_id, 0)
    stage = await stage_of(request.parts, request.session_id, picture["stage"])
    return ChangesAnswer(picture["revision"], picture["wall"], picture["session"], stage)


async def _keep(request: Request[Any], peer: str) -> None:
    request.client.peers.add(peer)
    await request.parts.presence.own_peer(request.session_id, peer, request.client.owner)


async def _own(request: Request[Any], peer: str) -> None:
    """Only the tab that opened a media connection may touch it, also through a later socket."""
    if peer in request.client.peers:
        return
    # Opened before logging in: the same tab has become somebody.
    owners = (request.client.owner, owner_name(None, request.client.tab))
    if await request.parts.presence.owner_of(request.session_id, peer) not in owners:
        raise Refusal("not_found", _("这条媒体连接已不存在，请重新连接"))
    request.client.peers.add(peer)


async def watch(request: Request[protocol.Watch]) -> Offer:
    found = await request.parts.link.call(
        Watch(request.session, f"viewer-{request.client.socket}", label=request.rights.village)
    )
    await _keep(request, found["peer"])
    return Offer(found["peer"], found["sdp"], ice_servers(request.client.socket))


async def accept(request: Request[protocol.Accept]) -> Accepted:
    message = request.message
    await _own(request, message.peer)
    found = await request.parts.link.call(Accept(request.session, message.peer, message.sdp))
    return Accepted(bool(found.get("playable", True)))


async def restart(request: Request[protocol.Restart]) -> Offer | SdpAnswer:
    message = request.message
    await _own(request, message.peer)
    found = await request.parts.link.call(Restart(request.session, message.peer, message.sdp))
    if message.sdp is None:
        return Offer(message.peer, found["sdp"], ice_servers(request.client.socket))
    return SdpAnswer(message.peer, found["sdp"])


async def leave(request: Request[protocol.Leave]) -> Ok:
    peer = request.message.peer
    await _own(request, peer)
    request.client.peers.discard(peer)
    await request.parts.link.call(Leave(request.session, peer))
    await request.parts.presence.drop_peer(request.session_id, peer)
    return Ok()


async def publish(request: Request[protocol.Publish]) -> SdpAnswer:
    """Sound and picture of the leader, or of a guest who has been called; off air until put on the stage."""
    participant = f"{request.client.role}-{request.person_id}"
    found = await request.parts.link.call(Publish(request.session, participant, request.message.sdp))
    request.client.publishing = participant
    await _keep(request, found["peer"])
    return SdpAnswer(found["peer"], found["sdp"])
