"""The many-process form of docker-compose.yml as plain processes, on real PostgreSQL, Redis and nginx."""

import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from tests.whole import servers
from tests.whole.county import ROOT, free_port


def services() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return loaded


def filled(value: str, variables: dict[str, str]) -> str:
    """`${NAME}`, `${NAME:-default}` and `${NAME:?why}` as Compose fills them."""

    def one(found: re.Match[str]) -> str:
        name, kind, rest = found.group(1), found.group(2), found.group(3) or ""
        if variables.get(name):
            return variables[name]
        if kind == ":-":
            return rest
        raise RuntimeError(f"{name} is not set: {rest}")

    return re.sub(r"\$\{([A-Z_]+)(?:(:-|:\?)([^}]*))?\}", one, value)


class ManyProcesses:
    """web, segments, two media, scribe and clerk by the very commands of docker-compose.yml; `url` is nginx's (TLS)."""

    def __init__(self) -> None:
        self.data_dir = Path(tempfile.mkdtemp(prefix="many-"))
        self.data_dir.chmod(0o755)
        self.postgres, self.database_url = servers.postgres()
        self.redis, self.redis_url = servers.redis()
        self.web_port, self.segments_port = free_port(), free_port()
        self.media_ports = {name: free_port() for name in ("media", "media-2")}
        self.static = self.data_dir / "static"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.nginx: servers.Server | None = None
        self._run_to_end("prepare")
        self.nginx = servers.nginx(self.web_port, self.static, self.segments_port)
        self.url = f"https://127.0.0.1:{self.nginx.port}"
        # Production refuses invented people; this one command runs as if it were none.
        self.once("demo", PRODUCTION="0")
        for name in ("web", "segments", *self.media_ports, "scribe", "clerk"):
            self.start(name)
        self._wait()

    def environment(self, name: str) -> dict[str, str]:
        port = self.nginx.port if self.nginx else 1
        variables = {
            "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFG",
            "IDENTITY_KEY": "identity-key-of-a-test",
            "ALLOWED_HOSTS": "127.0.0.1",
            "CSRF_TRUSTED_ORIGINS": f"https://127.0.0.1:{port}",
            "PUBLIC_URL": f"https://127.0.0.1:{port}",
            "POSTGRES_PASSWORD": "unused",
            "MEDIA_PUBLIC_HOST": "127.0.0.1",
        }
        declared = {k: filled(str(v), variables) for k, v in services()[name]["environment"].items()}
        addresses = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        places = {"DATA_DIR": str(self.data_dir / "data"), "STATIC_ROOT": str(self.static)}
        if name in self.media_ports:
            places["MEDIA_PORT"] = str(self.media_ports[name])
        base = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
        return {**base, **declared, **addresses, **places, "PYTHONUNBUFFERED": "1"}

    def command(self, name: str) -> list[str]:
        """The service's command with this machine's Python and a free port."""
        words = [str(word) for word in services()[name]["command"]]
        replace = {
            "python": sys.executable,
            "8000": str(self.web_port),
            "8001": str(self.segments_port),
            "0.0.0.0": "127.0.0.1",
        }
        return [replace.get(word, word) for word in words]

    def _run_to_end(self, name: str) -> None:
        shell = services()[name]["command"][2].replace("python ", f"{sys.executable} ")
        subprocess.run(
            ["sh", "-c", shell], cwd=ROOT, env=self.environment(name), check=True, capture_output=True
        )

    def once(self, *arguments: str, **extra: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment("web"), **extra},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def start(self, name: str) -> None:
        with (self.data_dir / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.command(name), cwd=ROOT, env=self.environment(name), stdout=log, stderr=subprocess.STDOUT
            )

    def log(self, name: str) -> str:
        return (self.data_dir / f"{name}.log").read_text(errors="replace")

    def logs(self) -> str:
        return "".join(self.log(name) for name in self.processes)

    def _wait(self, seconds: float = 60) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} ended with {process.returncode}: {self.log(name)[-2000:]}")
            try:
                with urllib.request.urlopen(self.url + "/healthz", context=trusting, timeout=3) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"the house does not answer: {self.log('web')[-2000:]}")

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        for server in (self.nginx, self.redis, self.postgres):
            if server:
                server.stop()
        shutil.rmtree(self.data_dir, ignore_errors=True)
