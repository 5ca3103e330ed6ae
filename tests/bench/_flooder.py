"""A STUN flood, one process: `HOST PORT UFRAG PER_SECOND SECONDS`; prints how many a second it sent.

From 64 ports in turn: well-formed requests for a user nobody is, requests for somebody who is here with a wrong
password (so that the signature must be computed), recorded checks of others, and rubbish with STUN's first byte.
"""

import random
import socket
import sys
import time

from streaming.ice import Credentials, write_request
from tests.bench._report import say

PORTS, KINDS, SLICE = 64, 256, 0.005


def requests(ufrag: str) -> list[bytes]:
    """A quarter of each kind."""
    chance, made = random.Random(3), []
    for _ in range(KINDS // 4):
        transaction = chance.randbytes(12)
        made.append(write_request(Credentials(chance.randbytes(4).hex(), "guess"), "them", transaction))
        made.append(write_request(Credentials(ufrag, "a wrong password"), "them", transaction, True))
        made.append(write_request(Credentials(ufrag, "another"), "x" * 200, transaction))
        made.append(b"\x00\x01" + chance.randbytes(100))
    return made


def main(host: str, port: int, ufrag: str, per_second: float, seconds: float) -> None:
    socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(PORTS)]
    for sock in socks:
        sock.setblocking(False)
        sock.connect((host, port))
    made, sent, answered = requests(ufrag), 0, 0
    began = time.monotonic()
    say("flooding")
    while (now := time.monotonic() - began) < seconds:
        while sent < now * per_second:
            try:
                socks[sent % PORTS].send(made[sent % KINDS])
            except OSError:
                pass
            sent += 1
        time.sleep(SLICE)
    for sock in socks:
        try:
            while sock.recv(2_048):
                answered += 1
        except OSError:
            continue
    say(f"{sent / (time.monotonic() - began):.0f} {answered}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4]), float(sys.argv[5]))
