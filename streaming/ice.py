"""The lite side of ICE (RFC 8445, section 2.5) and the little of STUN (RFC 8489) it needs.

We never send a check of our own: we answer authenticated binding requests and nothing else. Requests that are
not authenticated get no answer at all, so that nothing can be amplified towards a foreign address.
"""

import binascii
import hashlib
import hmac
import secrets
import socket
import struct
from dataclasses import dataclass
from functools import lru_cache

COOKIE = 0x2112_A442
_USERNAME, _INTEGRITY, _XOR_MAPPED, _USE_CANDIDATE, _FINGERPRINT = 0x06, 0x08, 0x20, 0x25, 0x8028
_FINGERPRINT_XOR = 0x5354_554E
_ATTRIBUTE = struct.Struct("!HH")  # type, length of the value without its padding
_INTEGRITY_HEAD, _FINGERPRINT_HEAD = _ATTRIBUTE.pack(_INTEGRITY, 20), _ATTRIBUTE.pack(_FINGERPRINT, 4)
_BLOCK = 64  # bytes that SHA-1 takes at once
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))  # RFC 2104, section 2


@dataclass(frozen=True, slots=True)
class Credentials:
    """One side's user fragment and password (RFC 8839, section 5.4)."""

    ufrag: str
    password: str

    @classmethod
    def fresh(cls) -> "Credentials":
        """Random ones: 32 bits to find the path, 128 bits to prove it."""
        return cls(secrets.token_hex(4), secrets.token_hex(16))


@dataclass(slots=True)
class BindingRequest:
    """A check by the browser, not yet believed: see `is_authentic`."""

    transaction: bytes
    ufrag: str  # ours: the part of USERNAME before the colon
    use_candidate: bool
    signed: bytes  # what MESSAGE-INTEGRITY covers, length already put right
    signature: bytes

    def is_authentic(self, password: str) -> bool:
        """Whether the sender knows our password (RFC 8489, section 14.5)."""
        return hmac.compare_digest(self.signature, _signature(password, self.signed))


@lru_cache(4_096)  # peers; every one is asked for consent as long as it is here
def _keyed(password: str) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """The two halves of HMAC-SHA1 with the key read in: the key is half of what a check has to digest."""
    key = password.encode()
    block = (hashlib.sha1(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")  # noqa: S324
    return hashlib.sha1(block.translate(_INNER)), hashlib.sha1(block.translate(_OUTER))  # noqa: S324


def _signature(password: str, data: bytes) -> bytes:
    """MESSAGE-INTEGRITY (RFC 8489, section 14.5; the standard says SHA-1)."""
    keyed = _keyed(password)
    inner, outer = keyed[0].copy(), keyed[1].copy()
    inner.update(data)
    outer.update(inner.digest())
    return outer.digest()


def parse_request(data: bytes) -> BindingRequest | None:
    """A binding request with a user name and a signature, or None. Never raises."""
    if len(data) < 20 or data[:2] != b"\x00\x01" or data[4:8] != b"\x21\x12\xa4\x42":
        return None
    if int.from_bytes(data[2:4], "big") != len(data) - 20 or len(data) % 4:
        return None
    name, use_candidate, at, end = b"", False, 20, len(data)
    while at < end:  # both are multiples of four
        kind, size = _ATTRIBUTE.unpack_from(data, at)
        begin, at = at, at + 4 + size + (-size & 3)
        if at > end:
            return None
        if kind == _USERNAME:
            name = data[begin + 4 : begin + 4 + size]
        elif kind == _USE_CANDIDATE:
            use_candidate = True
        elif kind == _INTEGRITY:
            if size != 20 or not name:
                return None
            signed = data[:2] + (at - 20).to_bytes(2, "big") + data[4:begin]
            ufrag = name.partition(b":")[0].decode("ascii", "replace")
            return BindingRequest(data[4:20], ufrag, use_candidate, signed, data[begin + 4 : at])
    return None


def write_response(transaction: bytes, address: tuple[str, int], password: str) -> bytes:
    """The signed success response: where the request came from. `transaction` includes the cookie."""
    host, port = address
    family, packed = (
        (2, socket.inet_pton(socket.AF_INET6, host)) if ":" in host else (1, socket.inet_aton(host))
    )
    size = len(packed)
    hidden = int.from_bytes(packed, "big") ^ int.from_bytes(transaction[:size], "big")
    head = struct.pack("!HHBBH", _XOR_MAPPED, 4 + size, 0, family, port ^ (COOKIE >> 16))
    body = head + hidden.to_bytes(size, "big")
    return _finished(b"\x01\x01", transaction + body, password)


def write_request(
    credentials: Credentials, their_ufrag: str, transaction: bytes, use_candidate: bool = False
) -> bytes:
    """The request a full agent would send to the owner of `credentials` (for load generators and tests)."""
    name = f"{credentials.ufrag}:{their_ufrag}".encode()
    body = struct.pack("!HH", _USERNAME, len(name)) + name + bytes(-len(name) & 3)
    if use_candidate:
        body += struct.pack("!HH", _USE_CANDIDATE, 0)
    rest = struct.pack("!L", COOKIE) + transaction + body
    return _finished(b"\x00\x01", rest, credentials.password)


def _finished(kind: bytes, rest: bytes, password: str) -> bytes:
    """A message with signature and fingerprint; `rest` is all behind the length, from the cookie on."""
    size = len(rest) - 16
    signature = _signature(password, kind + (size + 24).to_bytes(2, "big") + rest)
    whole = kind + (size + 32).to_bytes(2, "big") + rest + _INTEGRITY_HEAD + signature
    return whole + _FINGERPRINT_HEAD + (binascii.crc32(whole) ^ _FINGERPRINT_XOR).to_bytes(4, "big")
