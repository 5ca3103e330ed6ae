"""Writing session descriptions: the answer to a publisher and the one offer every viewer gets.

Payload types and SSRCs of the offer are the room's, the same for every viewer, so that one plaintext fits
all. An audio section comes first: Firefox never starts ICE when the first section is rejected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from streaming.ice import Credentials
from streaming.sdp import MID_URI, REPAIRED_RID_URI, RID_URI, Description, Section
from streaming.sinks import Codec, Kind
from streaming.transport_cc import URI as TRANSPORT_CC_URI

OPUS, RED, H264, H264_RTX, VP8, VP8_RTX = 111, 63, 102, 103, 120, 124  # our payload types towards viewers
PAYLOAD_TYPES: dict[Codec, int] = {"opus": OPUS, "h264": H264, "vp8": VP8}
RTX_TYPES = {H264: H264_RTX, VP8: VP8_RTX}
# Chromium obeys these two; with receiver reports only it takes seconds to reach a good picture.
START_KBPS, MAX_KBPS = 1_200, 2_500
SIMULCAST_KBPS = 2_200, 4_000  # the same for all layers together
LAYERS = 3  # sizes of a picture at most
_H264_SETTINGS = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id="
_PROFILE = "42e01f"  # constrained baseline, level 3.1
_BLANK = Credentials("{ufrag}", "{password}")
_OPUS_SETTINGS = "minptime=10;useinbandfec=1;stereo=0"


@dataclass(frozen=True, slots=True)
class Transport:
    """What both kinds of description say of our side."""

    credentials: Credentials
    fingerprint: str
    addresses: tuple[str, ...]
    port: int
    tcp_port: int = 0  # 0: no ICE-TCP candidate

    def lines(self) -> list[str]:
        """Transport attributes; repeated in every section, which is harmless under BUNDLE."""
        lines = [
            f"a=ice-ufrag:{self.credentials.ufrag}",
            f"a=ice-pwd:{self.credentials.password}",
            f"a=fingerprint:sha-256 {self.fingerprint}",
            "a=setup:passive",
            "a=rtcp-mux",
            "a=rtcp-rsize",
            *self.candidates(),
        ]
        return [*lines, "a=end-of-candidates"]

    def candidates(self) -> list[str]:
        """`a=candidate:` lines, the best first."""
        lines = []
        for place, address in enumerate(self.addresses):
            rank = 65_535 - place
            udp, tcp = (126 << 24) + (rank << 8) + 255, (90 << 24) + (rank << 8) + 255
            lines.append(f"a=candidate:{place + 1} 1 udp {udp} {address} {self.port} typ host")
            if self.tcp_port:
                lines.append(
                    f"a=candidate:{place + 101} 1 tcp {tcp} {address} {self.tcp_port} "
                    "typ host tcptype passive"
                )
        return lines


@dataclass(frozen=True, slots=True)
class AcceptedStream:
    """What an answer took of one section: how the publisher's packets are to be read."""

    kind: Kind
    codec: Codec
    payload_type: int
    rtx_type: int | None
    ssrcs: tuple[int, ...]
    rids: tuple[str, ...] = ()  # of a simulcast, best first; its SSRCs are learnt from the packets
    red_type: int | None = None  # of sound that carries the packets before it (RFC 2198)


@dataclass(frozen=True, slots=True)
class OfferedStream:
    """One slot's sound or picture towards viewers."""

    slot: str
    kind: Kind
    ssrc: int
    rtx_ssrc: int

    @property
    def mid(self) -> str:
        """`main-audio`, `main-video`, and so on for each slot."""
        return f"{self.slot}-{self.kind}"


# -- answer to a publisher


def accepted_streams(offer: Description) -> dict[str, AcceptedStream]:
    """Which sections we take, by mid: the first sound and the first picture that somebody wants to send."""
    taken: dict[str, AcceptedStream] = {}
    for section in offer.sections:
        if section.direction not in ("sendonly", "sendrecv"):
            continue
        if section.kind in {stream.kind for stream in taken.values()}:
            continue
        stream = _accepted(section)
        if stream is not None:
            taken[section.mid] = stream
    return taken


def _accepted(section: Section) -> AcceptedStream | None:
    ssrcs = tuple(section.ssrcs)
    if section.kind == "audio":
        opus = section.find("opus/48000")
        if opus is None:
            return None
        return AcceptedStream("audio", "opus", opus, None, ssrcs, red_type=section.find_red(opus))
    if section.kind == "video":
        h264, vp8 = section.find_h264(), section.find("vp8/90000")
        rids = tuple(section.layers[:LAYERS]) if RID_URI in section.extensions else ()
        if h264 is not None:
            return AcceptedStream("video", "h264", h264, section.find_rtx(h264), ssrcs, rids)
        if vp8 is not None:
            return AcceptedStream("video", "vp8", vp8, section.find_rtx(vp8), ssrcs, rids)
    return None


def extension_id(offer: Description, uri: str) -> int:
    """The id of a header extension (one for the bundle), 0 for none."""
    for section in offer.sections:
        if uri in section.extensions:
            return section.extensions[uri]
    return 0


def write_answer(
    offer: Description, taken: dict[str, AcceptedStream], transport: Transport, version: int
) -> str:
    """Our answer: recvonly for what we took, port 0 for the rest."""
    lines = _session_lines([section.mid for section in offer.sections if section.mid in taken], version)
    for section in offer.sections:
        stream = taken.get(section.mid)
        if stream is None:
            lines += _rejected(section)
        else:
            lines += _received_section(section, stream, transport)
    return _text(lines)


def _received_section(section: Section, stream: AcceptedStream, transport: Transport) -> list[str]:
    # RED first: the first codec is the one that is sent
    types = [one for one in (stream.red_type, stream.payload_type, stream.rtx_type) if one is not None]
    lines = _media_line(stream.kind, section.mid, "recvonly", types) + transport.lines()
    start, most = SIMULCAST_KBPS if stream.rids else (START_KBPS, MAX_KBPS)
    rates = f"x-google-start-bitrate={start};x-google-max-bitrate={most}"
    if stream.codec == "opus":
        lines += _codec_lines("opus", stream.payload_type, None, ["nack", "transport-cc"])
        lines += _red_lines(stream.red_type, stream.payload_type) if stream.red_type is not None else []
    else:
        feedback = ["nack", "nack pli", "ccm fir", "transport-cc"]
        asked = section.parameters.get(stream.payload_type, {}).get("profile-level-id", "")
        lines += _codec_lines(
            stream.codec, stream.payload_type, stream.rtx_type, feedback, rates, asked[:6] or _PROFILE
        )
    uris = (MID_URI, TRANSPORT_CC_URI, *((RID_URI, REPAIRED_RID_URI) if stream.rids else ()))
    lines += [f"a=extmap:{section.extensions[uri]} {uri}" for uri in uris if uri in section.extensions]
    if stream.rids:
        lines += [f"a=rid:{rid} recv" for rid in stream.rids]
        lines.append("a=simulcast:recv " + ";".join(stream.rids))
    return lines


def _rejected(section: Section) -> list[str]:
    formats = " ".join(section.formats)
    return [
        f"m={section.kind} 0 {section.protocol} {formats}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=inactive",
    ]


# -- offer to a viewer


def write_offer(streams: Sequence[OfferedStream], transport: Transport, version: int) -> str:
    """The room's offer. Sound and picture of a slot share one msid: browsers then keep the lips in sync."""
    ours = transport.credentials
    text = _offer(tuple(streams), replace(transport, credentials=_BLANK))
    for blank, value in (("{version}", str(version)), ("{ufrag}", ours.ufrag), ("{password}", ours.password)):
        text = text.replace(blank, value)  # half of what `format` takes for five thousand characters
    return text


@lru_cache(64)  # of a room's offers only the credentials differ, and a thousand viewers join at once
def _offer(streams: tuple[OfferedStream, ...], transport: Transport) -> str:
    lines = _session_lines([stream.mid for stream in streams], "{version}")
    for stream in streams:
        if stream.kind == "audio":
            lines += _media_line("audio", stream.mid, "sendonly", [RED, OPUS]) + transport.lines()
            lines += _codec_lines("opus", OPUS, None, ["nack"])
            lines += _red_lines(RED, OPUS)
        else:
            types = [H264, H264_RTX, VP8, VP8_RTX]
            feedback = ["nack", "nack pli", "ccm fir", "goog-remb"]
            lines += _media_line("video", stream.mid, "sendonly", types) + transport.lines()
            lines += _codec_lines("h264", H264, H264_RTX, feedback)
            lines += _codec_lines("vp8", VP8, VP8_RTX, feedback)
            lines.append(f"a=ssrc-group:FID {stream.ssrc} {stream.rtx_ssrc}")
        lines.append(f"a=msid:{stream.slot} {stream.mid}")
        lines.append(f"a=ssrc:{stream.ssrc} cname:{stream.slot}")
        if stream.kind == "video":  # behind the other: Chromium takes the first SSRC for the picture
            lines.append(f"a=ssrc:{stream.rtx_ssrc} cname:{stream.slot}")
    return _text(lines)


@lru_cache(64)  # as the sections themselves, a room's viewers share it
def accepted_codecs(sections: tuple[Section, ...]) -> Mapping[str, frozenset[Codec]]:
    """By mid: the codecs of our offer that the viewer's answer kept. A rejected section keeps none."""
    kept: dict[str, frozenset[Codec]] = {}
    for section in sections:
        receives = section.port != 0 and section.direction in ("recvonly", "sendrecv")
        types = set(section.payload_types) if receives else set()
        kept[section.mid] = frozenset(codec for codec, number in PAYLOAD_TYPES.items() if number in types)
    return kept


@lru_cache(64)
def accepted_red(sections: tuple[Section, ...]) -> frozenset[str]:
    """Mids of the sections whose answer kept redundant sound; to all others RED would be silence."""
    kept = (section for section in sections if section.port and RED in section.payload_types)
    return frozenset(section.mid for section in kept)


# -- lines


def _session_lines(mids: list[str], version: int | str) -> list[str]:
    return [
        "v=0",
        f"o=- 1 {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE " + " ".join(mids),
        "a=ice-lite",
        "a=msid-semantic: WMS *",
    ]


def _media_line(kind: str, mid: str, direction: str, types: Sequence[int]) -> list[str]:
    formats = " ".join(map(str, types))
    return [f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}", f"a={direction}"]


def _codec_lines(
    codec: Codec,
    number: int,
    rtx: int | None,
    feedback: Sequence[str],
    extra: str = "",
    profile: str = _PROFILE,
) -> list[str]:
    names = {"opus": "opus/48000/2", "h264": "H264/90000", "vp8": "VP8/90000"}
    settings = {"opus": _OPUS_SETTINGS, "h264": _H264_SETTINGS + profile, "vp8": ""}[codec]
    settings = ";".join(part for part in (settings, extra) if part)
    lines = [f"a=rtpmap:{number} {names[codec]}"]
    if settings:
        lines.append(f"a=fmtp:{number} {settings}")
    lines += [f"a=rtcp-fb:{number} {name}" for name in feedback]
    if rtx is not None:
        lines += [f"a=rtpmap:{rtx} rtx/90000", f"a=fmtp:{rtx} apt={number}"]
    return lines


def _red_lines(number: int, opus: int) -> list[str]:
    return [f"a=rtpmap:{number} red/48000/2", f"a=fmtp:{number} {opus}/{opus}"]


def _text(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
