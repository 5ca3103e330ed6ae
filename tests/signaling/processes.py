"""The commands as real processes, with data of their own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
BUILD = """
import json
from tests.signaling.people import build
house = build()
print(json.dumps({"session": house.session.pk, "cookies": house.cookies}))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return {**kept, "DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT), **more}


def manage(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def prepare(data_dir: Path) -> dict[str, Any]:
    """A migrated database with the people in it: {session, cookies}."""
    env = environment(data_dir)
    manage(env, "migrate", "--verbosity", "0")
    found: dict[str, Any] = json.loads(manage(env, "shell", "-c", BUILD).splitlines()[-1])
    return found


def wait_for(condition: Callable[[], Any], seconds: float = 40) -> Any:
    """The condition's first true value; a failure after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


class Process:
    """One `manage.py` command. What it says goes to a file beside its data."""

    def __init__(self, env: dict[str, str], *arguments: str) -> None:
        self.log = Path(env["DATA_DIR"]) / f"{arguments[0]}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                # Whoever runs the tests in the background ignores SIGINT, and so would the house.
                ["env", "--default-signal=INT", sys.executable, str(ROOT / "manage.py"), *arguments],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def children(self, word: str = "") -> list[psutil.Process]:
        """Living descendants whose command line has `word` in it."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if child.status() != psutil.STATUS_ZOMBIE and word in " ".join(child.cmdline()):
                    found.append(child)
            except psutil.NoSuchProcess:
                continue
        return found

    def end(self, number: int = signal.SIGTERM, seconds: float = 25) -> int:
        """The exit code. Whoever does not end in time is killed, and that is a failure."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for child in self.children():
                child.kill()
            self.process.kill()
            self.process.wait()
            raise


def fetch(port: int, path: str) -> tuple[int, bytes]:
    """Status and body; (0, b"") while nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""
