"""Real PostgreSQL, Redis and nginx as plain processes on free loopback ports, each in its own directory."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests.whole.county import ROOT, free_port

POSTGRES = Path("/usr/lib/postgresql/15/bin")


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen on {port}")


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, directory: Path) -> None:
        self.process, self.port, self.directory = process, port, directory

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


def postgres() -> tuple[Server, str]:
    """A fresh cluster; the second value is its DATABASE_URL."""
    directory = Path(tempfile.mkdtemp(prefix="postgres-"))
    port = free_port()
    as_user: list[str] = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root.
        shutil.chown(directory, "postgres", pwd.getpwnam("postgres").pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]
    cluster = directory / "cluster"
    subprocess.run(
        [
            *as_user,
            POSTGRES / "initdb",
            "-D",
            cluster,
            "-U",
            "train",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        ],
        check=True,
        capture_output=True,
        cwd=directory,
    )
    process = subprocess.Popen(
        [*as_user, POSTGRES / "postgres", "-D", cluster, "-p", str(port), "-k", directory, "-c", "fsync=off"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=directory,
    )
    wait_for_port(port, process)
    until = time.monotonic() + 20
    while subprocess.run(
        [POSTGRES / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "train", "train"],
        capture_output=True,
    ).returncode:
        if time.monotonic() > until:
            raise RuntimeError("PostgreSQL does not take a database")
        time.sleep(0.2)
    return Server(process, port, directory), f"postgresql://train:@127.0.0.1:{port}/train"


def redis() -> tuple[Server, str]:
    """The second value is its REDIS_URL."""
    directory = Path(tempfile.mkdtemp(prefix="redis-"))
    port = free_port()
    process = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--dir", directory, "--bind", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    wait_for_port(port, process)
    return Server(process, port, directory), f"redis://127.0.0.1:{port}/0"


def certificate(directory: Path) -> tuple[Path, Path]:
    key, chain = directory / "key.pem", directory / "chain.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
        + ["-keyout", str(key), "-out", str(chain)],
        check=True,
        capture_output=True,
    )
    return chain, key


def nginx(web_port: int, static: Path, segments_port: int = 0, tls: bool = True) -> Server:
    """The repository's own template, filled as the nginx image fills it; without `tls` for measuring what that
    costs."""
    directory = Path(tempfile.mkdtemp(prefix="nginx-"))
    directory.chmod(0o755)
    chain, key = certificate(directory)
    port = free_port()
    values = {
        "WEB_ADDRESS": f"127.0.0.1:{web_port}",
        "SEGMENTS_ADDRESS": f"127.0.0.1:{segments_port or web_port}",
        "STATIC_DIRECTORY": str(static),
        "CERTIFICATE": str(chain),
        "CERTIFICATE_KEY": str(key),
        "HTTPS_PORT": str(port),
        "HTTP_PORT": str(free_port()),
        "CACHE_DIRECTORY": str(directory / "segments"),
    }
    site = re.sub(
        r"\$\{([A-Z_]+)\}", lambda m: values[m.group(1)], (ROOT / "nginx.conf.template").read_text()
    )
    if not tls:
        site = re.sub(r"(listen \d+) ssl http2;", r"\1;", site)
    (directory / "site.conf").write_text(site)
    places = "\n".join(
        f"{kind}_temp_path {directory}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (directory / "nginx.conf").write_text(
        f"{user}\ndaemon off;\nworker_processes 1;\npid {directory}/pid;\nerror_log {directory}/error.log;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{ include /etc/nginx/mime.types;\n"
        f"access_log off;\n{places}\n"
        f"include {directory}/site.conf; }}\n"
    )
    process = subprocess.Popen(
        ["/usr/sbin/nginx", "-c", directory / "nginx.conf", "-p", directory], stderr=subprocess.DEVNULL
    )
    wait_for_port(port, process)
    return Server(process, port, directory)
