"""A whole house on a free port with its own data, as processes: what `./start` runs, for tests."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "direct-train-demo"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def environment(data_dir: Path, port: int, **extra: str) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if k not in ("DJANGO_SETTINGS_MODULE", "PRODUCTION")},
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MEDIA_PUBLIC_HOST": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
        **extra,
    }


def manage(env: dict[str, str], *arguments: str) -> str:
    """Output of one management command; its error text in the exception when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=180,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def prepared_data(cache: Path) -> Path:
    """A migrated data directory with the demo county, made once per `cache`; ./check names one for all its steps."""
    cache = Path(os.environ.get("PREPARED_COUNTY", cache))
    if not (cache / "prepared").exists():
        cache.mkdir(parents=True, exist_ok=True)
        env = environment(cache, 8000)
        manage(env, "migrate", "--verbosity", "0")
        manage(env, "demo")
        (cache / "prepared").touch()
    return cache


class County:
    """One running house. `url` is its address; `log` what its processes said; `stop()` ends all of them."""

    def __init__(self, prepared: Path, **extra: str) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="county-"))
        shutil.copytree(prepared, self.data_dir, dirs_exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.env = environment(self.data_dir, self.port, **extra)
        self.log_path = self.data_dir / "log.txt"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, seconds: float = 60) -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                # As in a terminal of its own: Linux shares the processor between sessions first.
                start_new_session=True,
            )
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"serve ended with {self.process.returncode}: {self.log[-3000:]}")
            try:
                if self.json("/healthz").get("ok"):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"serve did not answer within {seconds} s: {self.log[-3000:]}")

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def json(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            loaded: dict[str, Any] = json.load(answer)
        return loaded

    def children(self, word: str = "") -> list[psutil.Process]:
        """Processes below the house whose command line holds `word`."""
        assert self.process
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if word in " ".join(child.cmdline()):
                    found.append(child)
            except psutil.NoSuchProcess:
                continue
        return found

    def shell(self, code: str) -> str:
        """Runs Python with Django on this house's database; returns what it printed."""
        return manage(self.env, "shell", "--no-imports", "-c", code).strip()

    def kill(self) -> None:
        """The whole house dies at once, as by power loss of the process."""
        assert self.process
        for child in [*self.children(), psutil.Process(self.process.pid)]:
            try:
                child.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        self.process.wait(10)

    def stop(self) -> None:
        assert self.process
        if self.process.poll() is None:
            children = self.children()
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
            for child in children:
                if child.is_running():
                    child.kill()
        shutil.rmtree(self.data_dir, ignore_errors=True)
