"""Broken, hostile and forgetful clients: each is refused or forgotten, and nobody else notices."""

import secrets

import pytest

from streaming import path
from streaming.commands import Accept, Assign, Leave, Publish, Restart, Watch
from streaming.errors import StreamingError
from streaming.ice import Credentials, write_request
from tests.streaming.clock import ENGINE, MovedClock
from tests.streaming.people import Studio, studio, until
from tests.streaming.wire import CERTIFICATE, OFFER, Caller, Seer, Sender

pytestmark = pytest.mark.slow


async def _refusal(house: Studio, command: object) -> str:
    with pytest.raises(StreamingError) as refusal:
        await house.worker.handle(command)  # type: ignore[arg-type]
    return refusal.value.code


@pytest.mark.parametrize(
    "sdp",
    [
        "",
        "hello",
        "v=0\r\n",
        "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
        "v=0\nm=audio x y z\n",
        OFFER.replace("a=fingerprint", "a=foo"),
        OFFER.replace("opus/", "speex/").replace("H264", "AV1"),
    ],
)
async def test_a_garbage_description_is_refused(sdp: str) -> None:
    async with studio() as house:
        text = sdp.replace("{fingerprint}", CERTIFICATE.fingerprint)
        assert await _refusal(house, Publish("1", "leader-1", text)) == "bad_sdp"
        assert house.worker.statistics("1")["publishers"] == []


async def test_a_refused_second_tab_leaves_the_first_alone() -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader = Sender()
        await leader.publish(house, "leader-1")
        assert await _refusal(house, Publish("1", "leader-1", "v=0 nonsense")) == "bad_sdp"
        assert house.worker.statistics("1")["publishers"][0]["peer"] == leader.peer
        await leader.close()


async def test_an_answer_that_fits_no_offer_is_refused() -> None:
    async with studio() as house:
        seer = Seer()
        offer = await house.worker.handle(Watch("1", "alice"))
        assert await _refusal(house, Accept("1", offer["peer"], seer.fill(OFFER))) == "bad_sdp"
        passive = seer.answer(offer["sdp"]).replace("a=setup:active", "a=setup:passive")
        assert await _refusal(house, Accept("1", offer["peer"], passive)) == "bad_sdp"
        await seer.close()


async def test_unknown_peers_rooms_and_wrong_roles_are_named() -> None:
    async with studio() as house:
        assert await _refusal(house, Accept("1", "nobody", "v=0")) == "no_room"
        offer = await house.worker.handle(Watch("1", "alice"))
        assert await _refusal(house, Accept("1", "nobody", "v=0")) == "no_peer"
        assert await _refusal(house, Restart("1", offer["peer"], "v=0")) == "bad_command"
        assert await house.worker.handle(Leave("1", "nobody")) == {}
        assert await house.worker.handle(Leave("9", "nobody")) == {}


async def test_a_restart_with_a_foreign_certificate_is_refused() -> None:
    async with studio() as house:
        leader = Sender()
        await leader.publish(house, "leader-1")
        foreign = OFFER.format(ufrag="u", password="p", fingerprint=":".join(["AB"] * 32))
        assert await _refusal(house, Restart("1", leader.peer, foreign)) == "bad_sdp"
        await leader.close()


async def test_a_wrong_name_or_password_gets_no_answer_at_all() -> None:
    async with studio() as house:
        result = await house.worker.handle(Publish("1", "leader-1", Caller().fill(OFFER)))
        stranger = Caller()
        stranger.learn(result["sdp"])
        stranger.check(password="wrong")
        stranger.send_raw(write_request(Credentials("nobody", "x"), "y", secrets.token_bytes(12)))
        stranger.send_raw(b"\x00\x01\x00\x00" + secrets.token_bytes(30))
        stranger.send_raw(b"\x16" + bytes(100))  # a handshake record from an address nobody proved
        stranger.send_raw(b"\x80" + bytes(100))

        def dropped() -> dict[str, int]:
            found: dict[str, int] = house.worker.statistics("1")["dropped"]
            return found

        await until(lambda: dropped()["refused_stun"] == 3 and dropped()["unknown_address"] == 2)
        assert stranger.stun == 0
        await stranger.close(goodbye=False)


async def test_a_replayed_check_from_elsewhere_does_not_lead_the_media_away() -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice, mallory = Sender(), Seer(), Caller()
        await leader.publish(house, "leader-1")
        await alice.watch(house, "alice")
        overheard = alice.check()
        await until(lambda: alice.stun >= 2)
        mallory.target = alice.target
        mallory.send_raw(overheard)
        await until(lambda: house.worker.statistics("1")["dropped"]["refused_stun"] == 1)
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        assert not mallory.rtp and mallory.stun == 0
        for one in (leader, alice):
            await one.close()
        await mallory.close(goodbye=False)


async def test_forged_and_unreadable_packets_are_counted_and_nothing_else() -> None:
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        leader, alice = Sender(), Seer()
        await leader.publish(house, "leader-1")
        await alice.watch(house, "alice")
        for _ in range(50):
            leader.send_raw(b"\x80\x66" + secrets.token_bytes(80))
            leader.send_raw(b"\x80\xc8" + secrets.token_bytes(80))
        await until(lambda: house.worker.statistics("1")["publishers"][0]["forged"] == 100)
        leader.frame(key=True)
        await until(lambda: len(alice.pictures()) == 4)
        for one in (leader, alice):
            await one.close()


async def test_a_peer_without_consent_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path, "CONSENT", 1.0)
    async with studio() as house:
        leader, alice = Sender(), Seer()
        await leader.publish(house, "leader-1")
        await alice.watch(house, "alice")
        await leader.close(goodbye=False)
        await until(lambda: house.told("lost") or not house.worker.statistics("1")["publishers"])
        await until(lambda: not house.worker.statistics("1").get("receivers"))
        assert house.worker._mux._routes == {} and house.worker._mux._paths == {}
        await alice.close(goodbye=False)


async def test_a_guest_who_stays_away_loses_the_slot_and_a_leader_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("streaming.slots.KEPT_FOR", {"main": float("inf"), "guest": 0.5, "cohost": 0.5})
    async with studio() as house:
        await house.worker.handle(Assign("1", "main", "leader-1"))
        await house.worker.handle(Assign("1", "guest", "guest-7"))
        await until(lambda: house.told("slot_expired"))
        assert [(event.participant, event.detail) for event in house.told("slot_expired")] == [
            ("guest-7", {"slot": "guest"})
        ]
        slots = house.worker.statistics("1")["slots"]
        assert slots["main"]["participant"] == "leader-1" and slots["guest"]["participant"] is None


async def test_a_guest_has_the_seat_after_a_minute_away_and_after_91_seconds_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = MovedClock(monkeypatch, *ENGINE)
    async with studio() as house:
        await house.worker.handle(Assign("1", "guest", "guest-7"))
        for times, away in enumerate((0, 60), 1):
            clock.ahead += away
            guest, alice = Sender(), Seer()
            await guest.publish(house, "guest-7")
            await alice.watch(house, f"alice-{away}")
            guest.frame(key=True)
            await until(lambda alice=alice: len(alice.pictures()) == 4)  # type: ignore[misc]
            assert house.worker.statistics("1")["slots"]["guest"]["live"]
            await alice.close()
            await guest.close()
            await until(lambda times=times: len(house.told("lost")) == times)  # type: ignore[misc]
        assert not house.told("slot_expired")
        clock.ahead += 91
        await until(lambda: house.told("slot_expired"))
        assert [event.participant for event in house.told("slot_expired")] == ["guest-7"]
