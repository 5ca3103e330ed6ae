"""The lite side of ICE (RFC 8445, section 2.5) and the little of STUN (RFC 8489) it needs.

We never send a check of our own: we answer authenticated binding requests and nothing else. Requests that are
not authenticated get no answer at all, so that nothing can be amplified towards a foreign address.
"""

import binascii
import hmac
import secrets
import socket
import struct
from dataclasses import dataclass

COOKIE = 0x2112_A442
_USERNAME, _INTEGRITY, _XOR_MAPPED, _USE_CANDIDATE, _FINGERPRINT = 0x06, 0x08, 0x20, 0x25, 0x8028
_FINGERPRINT_XOR = 0x5354_554E


@dataclass(frozen=True, slots=True)
class Credentials:
    """One side's user fragment and password (RFC 8839, section 5.4)."""

    ufrag: str
    password: str

    @classmethod
    def fresh(cls) -> "Credentials":
        """Random ones: 32 bits to find the path, 128 bits to prove it."""
        return cls(secrets.token_hex(4), secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """A check by the browser, not yet believed: see `is_authentic`."""

    transaction: bytes
    ufrag: str  # ours: the part of USERNAME before the colon
    use_candidate: bool
    signed: bytes  # what MESSAGE-INTEGRITY covers, length already put right
    signature: bytes

    def is_authentic(self, password: str) -> bool:
        """Whether the sender knows our password (RFC 8489, section 14.5)."""
        return hmac.compare_digest(self.signature, hmac.digest(password.encode(), self.signed, "sha1"))


def parse_request(data: bytes) -> BindingRequest | None:
    """A binding request with a user name and a signature, or None. Never raises."""
    if len(data) < 20 or data[:2] != b"\x00\x01" or data[4:8] != b"\x21\x12\xa4\x42":
        return None
    if int.from_bytes(data[2:4], "big") != len(data) - 20 or len(data) % 4:
        return None
    name, use_candidate, at = b"", False, 20
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("!HH", data, at)
        value = data[at + 4 : at + 4 + size]
        if len(value) != size:
            return None
        if kind == _USERNAME:
            name = value
        elif kind == _USE_CANDIDATE:
            use_candidate = True
        elif kind == _INTEGRITY:
            if size != 20 or not name:
                return None
            signed = data[:2] + struct.pack("!H", at + 4) + data[4:at]
            ufrag = name.partition(b":")[0].decode("ascii", "replace")
            return BindingRequest(data[4:20], ufrag, use_candidate, signed, value)
        at += 4 + size + (-size & 3)
    return None


def write_response(transaction: bytes, address: tuple[str, int], password: str) -> bytes:
    """The signed success response: where the request came from. `transaction` includes the cookie."""
    host, port = address
    family, packed = (
        (2, socket.inet_pton(socket.AF_INET6, host)) if ":" in host else (1, socket.inet_aton(host))
    )
    mask = transaction[: len(packed)]
    hidden = bytes(a ^ b for a, b in zip(packed, mask, strict=True))
    value = struct.pack("!BBH", 0, family, port ^ (COOKIE >> 16)) + hidden
    body = struct.pack("!HH", _XOR_MAPPED, len(value)) + value
    signed = b"\x01\x01" + struct.pack("!H", len(body) + 24) + transaction + body
    signature = hmac.digest(password.encode(), signed, "sha1")
    body += struct.pack("!HH", _INTEGRITY, 20) + signature
    whole = b"\x01\x01" + struct.pack("!H", len(body) + 8) + transaction + body
    return whole + struct.pack("!HHL", _FINGERPRINT, 4, binascii.crc32(whole) ^ _FINGERPRINT_XOR)


def write_request(
    credentials: Credentials, their_ufrag: str, transaction: bytes, use_candidate: bool = False
) -> bytes:
    """The request a full agent would send to the owner of `credentials` (for load generators and tests)."""
    name = f"{credentials.ufrag}:{their_ufrag}".encode()
    body = struct.pack("!HH", _USERNAME, len(name)) + name + bytes(-len(name) & 3)
    if use_candidate:
        body += struct.pack("!HH", _USE_CANDIDATE, 0)
    head = struct.pack("!L", COOKIE) + transaction
    signed = b"\x00\x01" + struct.pack("!H", len(body) + 24) + head + body
    signature = hmac.digest(credentials.password.encode(), signed, "sha1")
    body += struct.pack("!HH", _INTEGRITY, 20) + signature
    whole = b"\x00\x01" + struct.pack("!H", len(body) + 8) + head + body
    return whole + struct.pack("!HHL", _FINGERPRINT, 4, binascii.crc32(whole) ^ _FINGERPRINT_XOR)
