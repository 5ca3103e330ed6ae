"""Reading session descriptions (RFC 8866, JSEP RFC 9429): the few lines an engine with one port needs.

Everything a browser may send that we do not know is skipped; what we need and do not find is `bad_sdp`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from streaming.commands import MAX_SDP
from streaming.errors import StreamingError

MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID_URI = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID_URI = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
MAX_SECTIONS = 16
_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
# What we read, found by one pass each over the whole text: most lines of a browser are none of it. Names that
# begin alike are looked at together, which takes two thirds of the time.
_OF_SESSION = re.compile(r"\na=((?:fingerprint|setup):.*)")  # repeated in every section
_OF_SECTION = re.compile(
    r"\n((?:m=|a=(?:s(?:end|imulcast:|src:)|fmtp:|r(?:ecvonly|tpmap:|id:)|inactive|mid:|extmap:)).*)"
)
_HASHES = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_MID = re.compile(r"[\w.+-]{1,32}", re.ASCII)
_RID = re.compile(r"[A-Za-z0-9]{1,16}", re.ASCII)  # RFC 8852, section 3.1 (no hyphens, as browsers)
_HEX = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2})+", re.ASCII)
_MEDIA = re.compile(r"([a-z]{1,20}) (\d{1,5})(?:/\d+)? ([A-Z/]{3,30}) ([\w -]{1,500})", re.ASCII)


@dataclass(slots=True, eq=False)
class Section:
    """One m= section. To be read only: descriptions that say the same share it."""

    kind: str
    port: int
    protocol: str
    formats: list[str]
    mid: str = ""
    direction: str = "sendrecv"
    codecs: dict[int, str] = field(default_factory=dict)  # payload type → "h264/90000", lower case
    parameters: dict[int, Mapping[str, str]] = field(default_factory=dict)  # fmtp, keys lower case
    extensions: dict[str, int] = field(default_factory=dict)  # URI → id
    ssrcs: list[int] = field(default_factory=list)
    rids: list[str] = field(default_factory=list)  # declared for sending (RFC 8851)
    simulcast: list[str] = field(default_factory=list)  # sent at once, best first (RFC 8853)

    @property
    def layers(self) -> list[str]:
        """The rids of a simulcast, best first; empty when there is none."""
        found = [rid for rid in self.simulcast if rid in self.rids]
        return found if len(found) > 1 else []

    @property
    def payload_types(self) -> list[int]:
        """The formats that are RTP payload types, in the order of preference."""
        return [int(text) for text in self.formats if text.isdecimal() and int(text) < 128]

    def find(self, codec: str) -> int | None:
        """The preferred payload type of a codec such as "vp8/90000"."""
        matches = (number for number in self.payload_types if self.codecs.get(number, "").startswith(codec))
        return next(matches, None)

    def find_h264(self) -> int | None:
        """Constrained baseline in packetization mode 1; 42e01f before 42001f before the rest of them.

        Encoders that are no browsers write 42c0 for it (RFC 6184, table 5).
        """
        for profile in ("42e01f", "42001f", "42e0", "42c0", "4200"):
            for number in self.payload_types:
                asked = self.parameters.get(number, {})
                if (
                    self.codecs.get(number, "").startswith("h264/90000")
                    and asked.get("packetization-mode") == "1"
                    and asked.get("profile-level-id", "").lower().startswith(profile)
                ):
                    return number
        return None

    def find_red(self, payload_type: int) -> int | None:
        """The format that carries packets of a payload type twice (RFC 2198, section 5)."""
        for number in self.payload_types:
            is_red = self.codecs.get(number, "").startswith("red/48000")
            if is_red and f"{payload_type}/{payload_type}" in self.parameters.get(number, {}):
                return number
        return None

    def find_rtx(self, payload_type: int) -> int | None:
        """The retransmission format that belongs to a payload type (RFC 4588, section 8.6)."""
        for number in self.payload_types:
            is_rtx = self.codecs.get(number, "").startswith("rtx/")
            if is_rtx and self.parameters.get(number, {}).get("apt") == str(payload_type):
                return number
        return None


@dataclass(slots=True)
class Description:
    """A parsed offer or answer."""

    sections: tuple[Section, ...] = ()
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    setups: set[str] = field(default_factory=set)


def parse_sdp(text: str) -> Description:
    """The description in `text`. Raises StreamingError("bad_sdp")."""
    if len(text) > MAX_SDP or not text.startswith("v=0"):
        raise StreamingError("bad_sdp", "not a session description")
    text = text.replace("\r", "\n")  # a line may end with either or, as it should, with both
    description = Description(_sections(tuple(_OF_SECTION.findall(text))))
    for attribute in dict.fromkeys(_OF_SESSION.findall(text)):
        name, _, rest = attribute.strip().partition(":")
        _session_attribute(description, name, rest)
    if not description.fingerprints:
        raise StreamingError("bad_sdp", "no usable fingerprint")
    return description


@lru_cache(64)  # a room's viewers all say the same
def _sections(lines: tuple[str, ...]) -> tuple[Section, ...]:
    """The m= lines, each with the attributes of ours behind it."""
    found: list[list[str]] = []
    for line in lines:
        if line.startswith("m="):
            found.append([line[2:].strip()])
        elif found:
            found[-1].append(line[2:].strip())
        if len(found) > MAX_SECTIONS:
            raise StreamingError("bad_sdp", "too many sections")
    if not found:
        raise StreamingError("bad_sdp", "no media sections")
    sections = tuple(_section(media, attributes) for media, *attributes in found)
    mids = [section.mid for section in sections]
    if len(set(mids)) < len(mids) or not all(_MID.fullmatch(mid) for mid in mids):
        raise StreamingError("bad_sdp", "every section needs a mid of its own")
    return sections


def _section(media: str, attributes: Iterable[str]) -> Section:
    """The value of the m= line, then the attributes."""
    found = _MEDIA.fullmatch(media)
    if found is None:
        raise StreamingError("bad_sdp", "a media line is broken")
    section = Section(found[1], int(found[2]), found[3], found[4].split())
    for attribute in attributes:
        name, _, rest = attribute.partition(":")
        _attribute(section, name, rest)
    return section


def _session_attribute(description: Description, name: str, rest: str) -> None:
    if name == "setup":
        description.setups.add(rest)
        return
    algorithm, _, digest = rest.partition(" ")
    pair = algorithm.lower(), digest.strip().upper()
    if pair in description.fingerprints:
        return
    size = _HASHES.get(pair[0])
    if size is not None and _HEX.fullmatch(pair[1]) and len(pair[1]) == 3 * size - 1:
        description.fingerprints.append(pair)


def _attribute(section: Section, name: str, rest: str) -> None:
    if name == "mid":
        section.mid = rest
    elif name in _DIRECTIONS:
        section.direction = name
    elif name in ("rtpmap", "fmtp"):
        _format_attribute(section, name, rest)
    elif name == "extmap":
        number, _, uri = rest.partition(" ")
        plain = number.partition("/")[0]
        if _is_small(plain, 256):
            section.extensions.setdefault(uri.split(" ")[0], int(plain))
    elif name in ("rid", "simulcast"):
        _simulcast_attribute(section, name, rest)
    elif name == "ssrc":
        ssrc = rest.partition(" ")[0]
        if _is_small(ssrc, 1 << 32) and int(ssrc) not in section.ssrcs and len(section.ssrcs) < 32:
            section.ssrcs.append(int(ssrc))


def _simulcast_attribute(section: Section, name: str, rest: str) -> None:
    """`rid:h send …` and `simulcast:send h;m;l`: of alternatives the first counts, a paused one (~) as well."""
    words = rest.split()
    if name == "rid":
        if len(words) > 1 and words[1] == "send" and _RID.fullmatch(words[0]) and len(section.rids) < 8:
            section.rids.append(words[0])
    elif "send" in words[:-1]:
        streams = words[words.index("send") + 1].split(";")[:8]
        section.simulcast = [stream.split(",")[0].lstrip("~") for stream in streams]


def _format_attribute(section: Section, name: str, rest: str) -> None:
    number, _, value = rest.partition(" ")
    if not _is_small(number, 128):
        return
    if name == "rtpmap":
        section.codecs[int(number)] = value.strip().lower()
        return
    pairs = (item.strip().partition("=") for item in value.split(";"))
    section.parameters[int(number)] = {key.lower(): setting for key, _, setting in pairs}


def _is_small(text: str, limit: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) < limit
