"""The demo people: their sound, their picture, and where their packets go."""

import av
import pytest

from portal.questions.actions.limits import PACE_LIMIT, PACE_WINDOW
from signaling.demo.peer import reachable
from signaling.demo.picture import FRAMES_PER_S, LOOP_S, encoded
from signaling.demo.story import BETWEEN_S, MATTERS, quiet_after
from signaling.demo.tracks import SPEECH, sentence
from transcripts.sound import packet_samples

SPOKEN = {"welcome", "goodbye"} | {name for matter in MATTERS for name in (matter.asked, matter.answered)}
ANSWER = "v=0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host\r\na=end-of-candidates\r\n"
OFFER = "a=candidate:x 1 udp 1 fd00::2 1 typ host\r\na=candidate:y 1 udp 1 192.0.2.7 5000 typ host\r\n"


@pytest.mark.parametrize("name", sorted(SPOKEN))
def test_every_sentence_is_there_in_packets_of_twenty_milliseconds(name: str) -> None:
    packets = sentence(name)
    assert 1.0 < len(packets) * 0.02 < 15.0
    assert {packet_samples(packet) for packet in packets} == {960}


def test_the_sentences_stay_small() -> None:
    assert sum(file.stat().st_size for file in SPEECH.iterdir()) < 150_000


def test_the_picture_is_what_a_browser_would_send() -> None:
    units = encoded("王**", (52, 104, 84, 255), 160, 96)
    assert len(units) == LOOP_S * FRAMES_PER_S
    decoder = av.CodecContext.create("h264", "r")
    keys = []
    for index, unit in enumerate(units):
        frames = decoder.decode(av.Packet(unit))
        keys += [index for frame in frames if frame.key_frame]
        types = [part[0] & 31 for part in unit.split(b"\x00\x00\x01")[1:]]
        assert (7 in types and 8 in types) == (5 in types)
        if 7 in types:
            profile = unit.split(b"\x00\x00\x01")[1:][types.index(7)][1]
            assert profile == 66
    assert keys[:-1] == list(range(0, len(units), FRAMES_PER_S))[: len(keys) - 1]
    assert len(keys) >= LOOP_S - 1


def test_packets_to_loopback_go_to_our_own_address_instead() -> None:
    assert " 192.0.2.7 40000 " in reachable(ANSWER, OFFER)
    assert reachable(ANSWER.replace("127.0.0.1", "203.0.113.9"), OFFER).count("203.0.113.9") == 1
    with pytest.raises(ValueError, match="no network address"):
        reachable(ANSWER, "v=0\r\n")


def test_the_demo_citizen_asks_no_faster_than_citizens_may() -> None:
    """A broadcast of ten minutes ended by itself after five, when the eleventh question was refused."""
    now, asked = 0.0, []
    while now < 1_200:
        asked.append(now)
        answered = now + 20
        now = answered + quiet_after(asked[-1], answered)
    assert all(
        later - first > PACE_WINDOW.total_seconds()
        for first, later in zip(asked, asked[PACE_LIMIT:], strict=False)
    )
    assert quiet_after(0, 100) == BETWEEN_S
