"""WHIP in and WHEP out: the protocol, the rights, and media through both."""

import re
from typing import Any

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription

from portal.lib.pace import Pace
from portal.live.queries import encoder_key
from signaling.orm import people
from signaling.parts import Parts
from streaming.commands import Statistics
from streaming.ice import Credentials
from tests.bench._fuzzer import Mutator
from tests.signaling.conftest import OpenPage
from tests.signaling.people import House
from tests.signaling.whip_client import FRAGMENT, SDP, ask
from tests.streaming.people import QUIET, Bars, Tone, Watching, until
from tests.streaming.test_player import FRAGMENT as TRICKLE
from tests.streaming.test_player import PLAYER
from tests.streaming.wire import OFFER, Caller

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """All requests of these tests come from one address."""
    monkeypatch.setattr(people, "OPENINGS", Pace("tests", 10_000, 60))


@pytest.fixture
def key(house: House) -> str:
    return encoder_key(house.session)


@pytest.fixture
def whip(house: House) -> str:
    return f"/whip/{house.session.pk}"


@pytest.fixture
def whep(house: House) -> str:
    return f"/whep/{house.session.pk}"


def offered(template: str = OFFER) -> str:
    caller = Caller()
    filled = caller.fill(template)
    for sock in caller._sockets:
        caller._loop.remove_reader(sock.fileno())
        sock.close()
    return filled


async def test_an_encoder_opens_trickles_restarts_and_goes(door: Parts, whip: str, key: str) -> None:
    caller = Caller()
    opened = await ask("POST", whip, caller.fill(OFFER), key, SDP, pieces=3)
    assert opened.status == 201 and opened["content-type"] == "application/sdp"
    assert opened["etag"].startswith('"') and opened["location"].startswith(f"{whip}/")
    assert opened.body.count("a=recvonly") == 2
    await caller.connect(opened.body)
    place, tag = opened["location"], opened["etag"]

    ice = f"a=ice-ufrag:{caller.own.ufrag}\r\na=ice-pwd:{caller.own.password}\r\n"
    trickle = "a=mid:0\r\n" + ice + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"
    more = await ask("PATCH", place, trickle, key, FRAGMENT, tag)
    assert (more.status, more.body) == (204, "") and "etag" not in dict(more.headers)
    assert (await ask("PATCH", place, trickle, key, FRAGMENT)).status == 428
    assert (await ask("PATCH", place, trickle, key, FRAGMENT, '"old"')).status == 412

    again = await ask("PATCH", place, TRICKLE, key, FRAGMENT, "*")
    assert again.status == 200 and again["etag"] != tag
    assert again["content-type"] == "application/trickle-ice-sdpfrag" and "a=ice-lite" in again.body
    ours = [re.search(rf"a=ice-{name}:(\S+)", again.body) for name in ("ufrag", "pwd")]
    assert ours[0] and ours[1] and "a=candidate:" in again.body
    assert (await ask("PATCH", place, trickle, key, FRAGMENT, tag)).status == 412
    caller.theirs, seen = Credentials(ours[0][1], ours[1][1]), caller.stun
    caller.open_socket()
    caller.check()
    await until(lambda: caller.stun > seen)

    assert (await ask("DELETE", place, key=key, if_match='"whatever"')).status == 200
    assert (await ask("DELETE", place, key=key)).status == 404
    assert (await ask("PATCH", place, TRICKLE, key, FRAGMENT, "*")).status == 404
    assert (await door.link.call(Statistics(place.split("/")[2])))["publishers"] == []
    await caller.close(goodbye=False)


async def test_only_the_leaders_key_of_this_session_sends(
    door: Parts, house: House, whip: str, key: str, in_thread: Any
) -> None:
    for wrong in ("", "guessed", key[:-1], encoder_key(house.other)):
        for method, path, body, kind in (
            ("POST", whip, offered(), SDP),
            ("PATCH", f"{whip}/{'x' * 32}", TRICKLE, FRAGMENT),
            ("DELETE", f"{whip}/{'x' * 32}", "", {}),
        ):
            refused = await ask(method, path, body, wrong, kind)
            assert refused.status == 401 and refused["www-authenticate"].startswith("Bearer")
    assert (await ask("POST", "/whip/999999", offered(), key, SDP)).status == 404
    lin = house.people["lin"]
    lin.sessions_round += 1
    await in_thread(lin.save)()
    assert (await ask("POST", whip, offered(), key, SDP)).status == 401


@pytest.mark.parametrize(
    ("change", "kind", "status"),
    [
        (lambda sdp: sdp, {"content-type": "text/plain"}, 415),
        (lambda sdp: sdp, {}, 415),
        (lambda sdp: "hello", SDP, 400),
        (lambda sdp: b"\xff\xfe", SDP, 400),
        (lambda sdp: "v=0\r\n" + "x" * 70_000, SDP, 413),
        (lambda sdp: sdp.replace("sendonly", "recvonly"), SDP, 422),
        (lambda sdp: sdp.replace("opus/48000/2", "speex/8000"), SDP, 422),
        (lambda sdp: sdp.replace("actpass", "passive"), SDP, 422),
        (lambda sdp: sdp + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:2\r\na=sendonly\r\n", SDP, 422),
    ],
)
async def test_what_an_encoder_may_not_post(
    door: Parts, whip: str, key: str, change: Any, kind: dict[str, str], status: int
) -> None:
    refused = await ask("POST", whip, change(offered()), key, kind)
    assert refused.status == status and refused["content-type"] == "application/problem+json"


async def test_any_body_is_an_answer_or_a_refusal(door: Parts, whip: str, whep: str, key: str) -> None:
    """Damaged descriptions and fragments: never our fault, and nothing stays behind of what was refused."""
    opened = await ask("POST", whep, offered(PLAYER), headers=SDP)
    bodies = Mutator([offered().encode(), offered(PLAYER).encode(), TRICKLE.encode()], seed=11)
    statuses = set()
    for _ in range(60):
        for method, place, kind in (
            ("POST", whip, SDP),
            ("POST", whep, SDP),
            ("PATCH", opened["location"], FRAGMENT),
        ):
            found = await ask(method, place, bodies.next(), key, kind, '"*"')
            statuses.add(found.status)
            if found.status == 201:
                await ask("DELETE", found["location"], key=key)
    assert statuses <= {200, 201, 204, 400, 413, 422, 429}
    left = await door.link.call(Statistics(whip.split("/")[2]))
    assert left["publishers"] == [] and len(left["receivers"]) == 1


async def test_the_doors_tell_what_they_take_and_represent_nothing(door: Parts, whip: str, whep: str) -> None:
    for place in (whip, whep):
        told = await ask("OPTIONS", place)
        assert told.status == 200 and told["accept-post"] == "application/sdp"
        assert (
            told["access-control-allow-origin"] == "*" and "Location" in told["access-control-expose-headers"]
        )
        inner = await ask("OPTIONS", f"{place}/{'x' * 32}")
        assert inner["accept-patch"] == "application/trickle-ice-sdpfrag"
        assert (await ask("GET", place)).status == 204
        assert (await ask("PUT", place)).status == 405
        assert (await ask("DELETE", f"{place}/{'x' * 32}")).status in (401, 404)
    for nowhere in ("/whip/", "/whip/x", "/whep/1/short", "/whep/1/a/b"):
        assert (await ask("POST", nowhere, offered(), headers=SDP)).status == 404


async def test_turn_servers_are_told_with_a_login(door: Parts, whep: str, settings: Any) -> None:
    settings.TURN_URLS = ["turn:192.0.2.9:3478", "turn:192.0.2.9:3478?transport=tcp"]
    settings.TURN_SECRET = "for this test"
    opened = await ask("POST", whep, offered(PLAYER), headers=SDP)
    links = [value for name, value in opened.headers if name == "link"]
    assert links[0].startswith('<turn:192.0.2.9:3478>; rel="ice-server"; username="')
    assert links[1].startswith("<turn:192.0.2.9:3478?transport=tcp>; ")
    assert 'credential-type="password"' in links[1]


async def test_players_are_refused_when_it_is_over_full_or_too_often(
    door: Parts, house: House, whep: str, page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await ask("POST", whep, offered(OFFER), headers=SDP)).status == 422
    monkeypatch.setattr(people, "OPENINGS", Pace("few", 1, 60))
    assert (await ask("POST", whep, offered(PLAYER), headers=SDP)).status == 201
    often = await ask("POST", whep, offered(PLAYER), headers=SDP)
    assert often.status == 429 and int(often["retry-after"]) > 0
    monkeypatch.setattr(people, "OPENINGS", Pace("many", 100, 60))
    bob = await page("bob", "moderator")
    await bob.request("go_live")
    await bob.request("end")
    assert (await ask("POST", whep, offered(PLAYER), headers=SDP)).status == 409


async def test_neighbours_behind_the_proxy_do_not_use_up_each_others_pace(
    door: Parts, whep: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "OPENINGS", Pace("neighbours", 1, 60))

    async def is_refused(forwarded: str) -> bool:
        return (await ask("POST", whep, headers={"x-forwarded-for": forwarded})).status == 429

    settings.PRODUCTION = True
    assert not await is_refused("198.51.100.1")
    assert await is_refused("198.51.100.1")
    assert not await is_refused("198.51.100.2")
    assert await is_refused("203.0.113.9, 198.51.100.2"), "only the proxy's own word counts"
    assert not await is_refused("2001:db8:1:2::3")
    assert await is_refused("2001:db8:1:2::4"), "one household has the whole network to choose from"
    settings.PRODUCTION = False
    assert not await is_refused("198.51.100.3")
    assert await is_refused("198.51.100.4"), "without a proxy anybody writes the header"


async def test_aiortc_sends_by_whip_and_plays_by_whep(
    door: Parts, house: House, page: OpenPage, whip: str, whep: str, key: str
) -> None:
    bob = await page("bob", "moderator")
    await bob.request("go_live")
    encoder = RTCPeerConnection(QUIET)
    encoder.addTransceiver(Tone(), direction="sendonly")
    encoder.addTransceiver(Bars(), direction="sendonly")
    await encoder.setLocalDescription(await encoder.createOffer())
    sent = await ask("POST", whip, encoder.localDescription.sdp, key, SDP)
    await encoder.setRemoteDescription(RTCSessionDescription(reachable(sent.body), "answer"))
    stage = await bob.until("stage")
    while not stage["main"]["present"]:
        stage = await bob.until("stage")

    player = Watching("")
    for kind in ("audio", "video"):
        player.connection.addTransceiver(kind, direction="recvonly")
    await player.connection.setLocalDescription(await player.connection.createOffer())
    seen = await ask("POST", whep, player.connection.localDescription.sdp, headers=SDP)
    await player.connection.setRemoteDescription(RTCSessionDescription(reachable(seen.body), "answer"))
    await until(lambda: len(player.decoded) == 2 and min(player.decoded.values()) > 5)

    assert (await ask("DELETE", seen["location"])).status == 200
    assert (await ask("DELETE", sent["location"], key=key)).status == 200
    await until(lambda: player.connection.connectionState == "closed")
    await player.close()
    await encoder.close()


def reachable(answer: str) -> str:
    """The worker of these tests listens on the loopback address only."""
    assert " 127.0.0.1 " in answer
    return answer
