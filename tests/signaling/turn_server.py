"""Debian's coturn with a shared secret, on free ports, gone after the test."""

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.signaling.processes import free_port


class TurnServer:
    """`url` is what browsers are told, `secret` what the house shares with it."""

    def __init__(self, folder: Path) -> None:
        self.port, self.secret = free_port(), secrets.token_hex(16)
        self.url = f"turn:127.0.0.1:{self.port}"
        command = ["turnserver", "-n", "--use-auth-secret", f"--static-auth-secret={self.secret}"]
        command += ["--realm=direct-train", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"]
        command += [f"--listening-port={self.port}", "--no-tls", "--no-dtls", "--no-cli", "--fingerprint"]
        command += ["--no-multicast-peers", "--allow-loopback-peers", f"--pidfile={folder}/pid"]
        command += ["--log-file=stdout", "--min-port=50000", "--max-port=50400", f"--userdb={folder}/db"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("turnserver does not answer")


@contextmanager
def running_turn() -> Iterator[TurnServer]:
    if shutil.which("turnserver") is None:
        raise RuntimeError("coturn is not installed: ./check installs it as root")
    with tempfile.TemporaryDirectory() as folder:
        server = TurnServer(Path(folder))
        try:
            yield server
        finally:
            server.process.kill()
            server.process.wait()
