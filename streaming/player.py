"""A viewer that brings the offer itself, as WHEP players do (draft-ietf-wish-whep-03), with payload types of its own.

Browsers of our pages get our offer and share one plaintext. A player's numbers are its own, so that its packets are
renumbered and encrypted for it alone, unless they happen to be ours. Its first sound and picture are the main
place's, a second pair the guest's.
"""

from collections.abc import Callable, Sequence

from streaming.commands import Watch
from streaming.descriptions import H264, H264_RTX, OPUS, VP8, VP8_RTX, OfferedStream, Transport
from streaming.errors import StreamingError
from streaming.groups import Target
from streaming.peer import Peer, Station
from streaming.sdp import Description, Section, parse_sdp
from streaming.sinks import Codec
from streaming.viewer import Viewer, ViewerOwner

_WANTS = ("recvonly", "sendrecv")


class Player(Viewer):
    """One watching connection whose other side made the offer."""

    _types: dict[tuple[int, int], int]  # (SSRC, our payload type) → the player's

    def answer(self, sdp: str) -> str:
        """Our answer to the player's offer. Raises bad_sdp."""
        offer = parse_sdp(sdp)
        if "passive" in offer.setups:
            raise StreamingError("bad_sdp", "the offer must leave the DTLS server to us")
        taken = self._choose(offer)
        if not taken:
            raise StreamingError("bad_sdp", "neither Opus nor H.264 nor VP8 is asked for")
        self._types, self._codecs = {}, {}
        for section in offer.sections:
            if section.mid in taken:
                self._note(section, taken[section.mid])
        text = _write(offer, taken, self._types, self.transport(), self.version)
        self.start(offer.fingerprints)
        return text

    def _choose(self, offer: Description) -> dict[str, OfferedStream]:
        """By mid: the stream that a section gets."""
        taken: dict[str, OfferedStream] = {}
        for section in offer.sections:
            if section.direction in _WANTS and _payload_types(section):
                left = (
                    stream
                    for stream in self._offered.values()
                    if stream.kind == section.kind and stream not in taken.values()
                )
                stream = next(left, None)
                if stream is not None:
                    taken[section.mid] = stream
        return taken

    def _note(self, section: Section, offered: OfferedStream) -> None:
        numbers = _payload_types(section)
        names: dict[int, Codec] = {OPUS: "opus", H264: "h264", VP8: "vp8"}
        codecs = frozenset(names[ours] for ours in numbers if ours in names)
        self._codecs = {**self._codecs, offered.mid: codecs}
        for ours, theirs in numbers.items():
            ssrc = offered.rtx_ssrc if ours in (H264_RTX, VP8_RTX) else offered.ssrc
            self._types[ssrc, ours] = theirs

    def target(self) -> Target | None:
        """For batches only if every number is ours."""
        shared = all(ours == theirs for (_, ours), theirs in self._types.items())
        return super().target() if shared else None

    def send_packet(self, packet: bytes) -> None:
        """Renumber, encrypt and send; a type that the player did not ask for is a drop."""
        ssrc, second = int.from_bytes(packet[8:12], "big"), packet[1]
        theirs = self._types.get((ssrc, second & 0x7F))
        if theirs is None:
            self.counters.unsendable += 1
        else:
            super().send_packet(packet[:1] + bytes((second & 0x80 | theirs,)) + packet[2:])


def open_viewer(
    station: Station,
    owner: ViewerOwner,
    command: Watch,
    offered: Sequence[OfferedStream],
    on_closed: Callable[[Peer, str], None],
) -> tuple[Viewer, str]:
    """A new viewer with our offer, or a player with our answer to its own. Raises bad_sdp."""
    if command.sdp is None:
        viewer = Viewer(station, owner, command.viewer, offered, on_closed)
        viewer.label = command.label
        return viewer, viewer.offer()
    player = Player(station, owner, command.viewer, offered, on_closed)
    player.label = command.label
    try:
        return player, player.answer(command.sdp)
    except StreamingError:
        player.path.close()
        raise


def _payload_types(section: Section) -> dict[int, int]:
    """Our payload types that the section can take → the section's numbers for them."""
    found: dict[int, int | None] = {}
    if section.kind == "audio":
        found[OPUS] = section.find("opus/48000")
    elif section.kind == "video":
        found[H264], found[VP8] = section.find_h264(), section.find("vp8/90000")
        for codec, rtx in ((H264, H264_RTX), (VP8, VP8_RTX)):
            number = found[codec]
            found[rtx] = section.find_rtx(number) if number is not None else None
    return {ours: theirs for ours, theirs in found.items() if theirs is not None}


def _write(
    offer: Description,
    taken: dict[str, OfferedStream],
    types: dict[tuple[int, int], int],
    transport: Transport,
    version: int,
) -> str:
    mids = [section.mid for section in offer.sections if section.mid in taken]
    lines = ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines += ["a=group:BUNDLE " + " ".join(mids), "a=ice-lite", "a=msid-semantic: WMS *"]
    for section in offer.sections:
        stream = taken.get(section.mid)
        if stream is None:
            formats = " ".join(section.formats)
            lines += [f"m={section.kind} 0 {section.protocol} {formats}", "c=IN IP4 0.0.0.0"]
            lines += [f"a=mid:{section.mid}", "a=inactive"]
        else:
            lines += _section(section, stream, types, transport)
    return "\r\n".join(lines) + "\r\n"


def _section(
    section: Section, offered: OfferedStream, types: dict[tuple[int, int], int], transport: Transport
) -> list[str]:
    mine = {
        ours: theirs for (ssrc, ours), theirs in types.items() if ssrc in (offered.ssrc, offered.rtx_ssrc)
    }
    lines = [
        f"m={offered.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, mine.values()))}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=sendonly",
        "a=rtcp-mux-only",
        *transport.lines(),
    ]
    for theirs in mine.values():
        lines += [f"a=rtpmap:{theirs} {_NAMES[section.codecs[theirs].split('/')[0]]}"]
        settings = ";".join(f"{name}={value}" for name, value in section.parameters.get(theirs, {}).items())
        lines += [f"a=fmtp:{theirs} {settings}"] if settings else []
        if not section.codecs[theirs].startswith("rtx"):
            wishes = ["nack"] if offered.kind == "audio" else ["nack", "nack pli", "ccm fir"]
            lines += [f"a=rtcp-fb:{theirs} {wish}" for wish in wishes]
    lines += [f"a=msid:{offered.slot} {offered.mid}", f"a=ssrc:{offered.ssrc} cname:{offered.slot}"]
    if any(ours in (H264_RTX, VP8_RTX) for ours in mine):
        lines.insert(-1, f"a=ssrc-group:FID {offered.ssrc} {offered.rtx_ssrc}")
        lines.append(f"a=ssrc:{offered.rtx_ssrc} cname:{offered.slot}")
    return lines


_NAMES = {"opus": "opus/48000/2", "h264": "H264/90000", "vp8": "VP8/90000", "rtx": "rtx/90000"}
