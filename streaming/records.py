"""DTLS records (RFC 6347, section 4.1) in datagrams, those that come and those that go.

OpenSSL is handed whole records, and nothing that ends a handshake. What arrives before the keys is anybody's word.
OpenSSL gives a handshake up for a broken or an unauthenticated alert (section 4.1.2.7 advises to drop what is
invalid); one forged datagram must not keep a citizen off the air. Pure.
"""

HEADER = 13  # bytes: type, version, epoch, sequence number, length
MAX_DATAGRAM = 1_200  # bytes; every path takes it
_TYPES = range(20, 24)  # change cipher spec, alert, handshake, application data
_ALERT = 21
_DTLS = 0xFE  # first byte of every version up to 1.2
MAX_RECORD = (1 << 14) + 2_048  # bytes of an encrypted one (RFC 5246, section 6.2.3)


def are_records(datagram: bytes, handshaking: bool) -> bool:
    """Whether the datagram is made of whole records; while `handshaking` none may be a plain alert."""
    at = 0
    while at + HEADER <= len(datagram):
        kind, version, epoch = datagram[at], datagram[at + 1], datagram[at + 3 : at + 5]
        size = int.from_bytes(datagram[at + 11 : at + 13], "big")
        if kind not in _TYPES or version != _DTLS or not 0 < size <= MAX_RECORD:
            return False
        if handshaking and kind == _ALERT and epoch == b"\0\0":
            return False
        at += HEADER + size
    return 0 < at == len(datagram)


def split_records(flight: bytes) -> list[bytes]:
    """DTLS records, as OpenSSL wrote them behind one another, in datagrams of up to `MAX_DATAGRAM` bytes."""
    datagrams: list[bytes] = []
    begin = at = 0
    while at + HEADER <= len(flight):
        end = at + HEADER + int.from_bytes(flight[at + 11 : at + 13], "big")
        if end - begin > MAX_DATAGRAM and at > begin:
            datagrams.append(flight[begin:at])
            begin = at
        at = end
    return [*datagrams, flight[begin:]]
