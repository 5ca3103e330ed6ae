"""Players that bring their own offer (WHEP), and ICE restarts without a description."""

import re

import pytest
from aiortc import RTCPeerConnection, RTCSessionDescription
from hypothesis import given
from hypothesis import strategies as st

from streaming.commands import Assign, Publish, RestartIce, Watch
from streaming.errors import StreamingError
from streaming.fragments import parse_fragment, write_fragment
from tests.streaming.people import QUIET, Studio, Watching, studio, until
from tests.streaming.wire import OFFER, Caller, Sender

PLAYER = OFFER.replace("a=sendonly", "a=recvonly").replace("SAVPF 111", "SAVPF 96").replace(":111 ", ":96 ")
PLAYER = (
    PLAYER.replace("SAVPF 102 103", "SAVPF 100 101").replace(":102 ", ":100 ").replace(":103 rtx", ":101 rtx")
)
PLAYER = re.sub(r"a=ssrc.*\n", "", PLAYER.replace("fmtp:103 apt=102", "fmtp:101 apt=100"))


async def on_stage(house: Studio) -> Sender:
    await house.worker.handle(Assign("1", "main", "leader-1"))
    leader = Sender()
    await leader.publish(house, "leader-1")
    return leader


async def play(house: Studio, caller: Caller, offer: str = PLAYER) -> dict[str, str]:
    result: dict[str, str] = await house.worker.handle(Watch("1", "player", caller.fill(offer)))
    await caller.connect(result["sdp"])
    return result


async def test_a_player_gets_its_own_payload_types_and_the_same_bytes() -> None:
    async with studio() as house:
        leader, player = await on_stage(house), Caller()
        answer = (await play(house, player))["sdp"]
        assert "m=audio 9 UDP/TLS/RTP/SAVPF 96" in answer and "m=video 9 UDP/TLS/RTP/SAVPF 100 101" in answer
        assert answer.count("a=sendonly") == 2 and "a=setup:passive" in answer
        sent = leader.make_frame(key=True)
        for packet in sent:
            leader.send_rtp(packet)
        await until(lambda: len(player.rtp) == 4)
        assert [one.payload for one in player.rtp] == [packet[12:] for packet in sent]
        assert {one.payload_type for one in player.rtp} == {100}
        assert house.worker.statistics("1")["fanout"]["viewers"] == {"gso": 0, "sendmmsg": 0, "plain": 1}
        for one in (leader, player):
            await one.close()


async def test_a_player_whose_types_are_ours_shares_the_batches() -> None:
    async with studio() as house:
        leader, player = await on_stage(house), Caller()
        await play(house, player, re.sub(r"a=ssrc.*\n", "", OFFER.replace("a=sendonly", "a=recvonly")))
        leader.frame(key=True)
        await until(lambda: len(player.rtp) == 4)
        assert house.worker.statistics("1")["fanout"]["viewers"]["plain"] == 0
        for one in (leader, player):
            await one.close()


async def test_a_lost_packet_comes_again_in_the_players_rtx() -> None:
    from streaming.rtcp import write_nack

    async with studio() as house:
        leader, player = await on_stage(house), Caller()
        await play(house, player)
        leader.frame(key=True)
        await until(lambda: len(player.rtp) == 4)
        lost = player.rtp[1]
        player.send_rtcp(write_nack(1, lost.ssrc, [lost.sequence]))
        await until(lambda: len(player.rtp) == 5)
        again = player.rtp[-1]
        assert again.payload_type == 101 and again.payload[2:] == lost.payload
        for one in (leader, player):
            await one.close()


@pytest.mark.parametrize(
    "offer",
    [
        PLAYER.replace("a=recvonly", "a=sendonly"),
        PLAYER.replace("actpass", "passive"),
        PLAYER.replace("opus/", "speex/").replace("H264/", "AV1/"),
    ],
)
async def test_an_offer_that_cannot_be_played_is_refused_and_leaves_nothing(offer: str) -> None:
    async with studio() as house:
        caller = Caller()
        with pytest.raises(StreamingError) as refusal:
            await house.worker.handle(Watch("1", "player", caller.fill(offer)))
        assert refusal.value.code == "bad_sdp"
        assert house.worker._mux._paths == {} and house.worker.statistics("1")["receivers"] == []
        await caller.close(goodbye=False)


async def test_a_section_too_much_is_rejected_and_the_rest_plays() -> None:
    async with studio() as house:
        leader, player = await on_stage(house), Caller()
        extra = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\nc=IN IP4 0.0.0.0\na=mid:2\n"
        answer = (await play(house, player, PLAYER + extra))["sdp"]
        assert "m=application 0 UDP/DTLS/SCTP webrtc-datachannel" in answer and "BUNDLE 0 1\r\n" in answer
        leader.frame(key=True)
        await until(lambda: len(player.rtp) == 4)
        for one in (leader, player):
            await one.close()


async def test_an_ice_restart_without_a_description_keeps_keys_and_media() -> None:
    async with studio() as house:
        leader, player = await on_stage(house), Caller()
        peer = (await play(house, player))["peer"]
        for person, name in ((leader, leader.peer), (player, peer)):
            found = await house.worker.handle(RestartIce("1", name))
            assert all(line.startswith("a=candidate:") for line in found["candidates"])
            person.theirs = type(person.theirs)(found["ufrag"], found["password"])
            person.open_socket()
            seen = person.stun
            person.check()
            await until(lambda: person.stun > seen)  # noqa: B023
        leader.frame(key=True)
        await until(lambda: len(player.rtp) == 4)
        for one in (leader, player):
            await one.close()


async def test_an_aiortc_player_decodes_sound_and_picture() -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, _ = await house.publish("leader-1")
        watching = Watching("")
        for kind in ("audio", "video"):
            watching.connection.addTransceiver(kind, direction="recvonly")
        await watching.connection.setLocalDescription(await watching.connection.createOffer())
        offer = watching.connection.localDescription.sdp
        answer = (await house.worker.handle(Watch("1", "player", offer)))["sdp"]
        await watching.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await until(lambda: min(watching.decoded.values(), default=0) > 5 and len(watching.decoded) == 2)
        await watching.close()
        await leader.close()


async def test_a_publisher_offer_that_only_watches_is_refused() -> None:
    async with studio() as house:
        connection = RTCPeerConnection(QUIET)
        connection.addTransceiver("audio", direction="recvonly")
        await connection.setLocalDescription(await connection.createOffer())
        with pytest.raises(StreamingError):
            await house.worker.handle(Publish("1", "leader-1", connection.localDescription.sdp))
        await connection.close()


FRAGMENT = """a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=ice-ufrag:ysXw
a=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k
a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1
a=end-of-candidates
"""


def test_fragments_are_read_and_written() -> None:
    found = parse_fragment(FRAGMENT)
    assert (found.ufrag, found.candidates, found.ended) == ("ysXw", 1, True)
    ours = write_fragment(["0", "1"], "abcd", "p" * 32, ["a=candidate:1 1 udp 1 192.0.2.1 9 typ host"])
    again = parse_fragment(ours)
    assert (again.ufrag, again.password, again.candidates, again.ended) == ("abcd", "p" * 32, 1, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "a=ice-ufrag:ysXw\n",
        FRAGMENT.replace("ysXw", "y"),
        FRAGMENT + "a=ice-ufrag:othr\n",
        "a=mid:0\n",
        "a=candidate:" + "x" * 20_000,
        "a=candidate:x\n" * 500,
    ],
)
def test_broken_fragments_are_refused(text: str) -> None:
    with pytest.raises(StreamingError):
        parse_fragment(text)


@given(st.text(max_size=400) | st.lists(st.sampled_from(FRAGMENT.splitlines()), max_size=12).map("\n".join))
def test_any_text_is_a_fragment_or_a_refusal(text: str) -> None:
    try:
        found = parse_fragment(text)
    except StreamingError as refusal:
        assert refusal.code == "bad_sdp"
    else:
        assert bool(found.ufrag) == bool(found.password)
