"""./bench fanout: one broadcast to many viewers over loopback; our engine, then a peer with the same load.

The server is pinned to the first core, publisher and load generator to the second. Every viewer is real: ICE, DTLS
and SRTP of its own, a receiver report a second, consent checks. Every packet of every viewer is received, its
sequence number checked and its time taken by the kernel; one viewer in fifty is decrypted and compared.

What each figure is:
  core           CPU time of the server in the window ÷ the window, kernel work included (softirq of loopback too,
                 but for freeing what viewers have read, which is done on their core)
  us_per_packet  the same CPU time ÷ packets that reached the viewers in the window
  p50_ms, p99_ms from the publisher's send to the viewer's socket, all packets
  lost           packets that were sent in the window and never arrived
  joins_per_s    everybody joining before the broadcast begins, 16 at a time; the generator may be the limit
  join_cpu_ms    CPU time of the server per join
  ratio_peer     the peer's us_per_packet ÷ ours (nan without a peer)
  scale          with --processes 2: how many packets two processes send, each with half the viewers and a core of
                 its own, for one that a single process with as many sends in the same CPU time
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier
from typing import Any

from pylibsrtp import Policy, Session

from streaming.addresses import LOOPBACK, host_addresses
from streaming.rtp import write_rtp
from tests.bench import _janus, _mediarelay
from tests.bench._loopback import LOAD, SERVER, freed_where_read
from tests.bench._report import last_line, machine, say
from tests.bench._stream import GOP, KEY_PACKETS, RATE, pieces, rate

Figures = dict[str, Any]


@contextmanager
def process(core: str, *command: str) -> Iterator[subprocess.Popen[str]]:
    """A child on one core, ended by us."""
    pin = ["taskset", "-c", core] if (os.cpu_count() or 1) > 1 else []
    child = subprocess.Popen([*pin, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def python(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]


def heard(child: subprocess.Popen[str], word: str) -> str:
    """The child's next line, which must begin with `word`."""
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line.startswith(word):
        raise SystemExit(f"fanout: process {child.pid} said {line!r} instead of {word!r}")
    return line


def tell(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


@dataclass(frozen=True, slots=True)
class Load:
    """What one server gets. All of `together` begin at once."""

    viewers: int
    seconds: float
    core: str = LOAD
    together: Barrier = field(default_factory=lambda: Barrier(1))


def run(folder: Path, server: subprocess.Popen[str], control: str, source: str, load: Load) -> Figures:
    """Join, broadcast, measure."""
    times, life = folder / "times", load.seconds + 15
    generator = python("_viewers", control, load.viewers, load.seconds, times, server.pid)
    with process(load.core, *python("_publisher", source, times, life)) as publisher:
        heard(publisher, "ready")
        with process(load.core, *generator) as viewers:
            heard(viewers, "joined")
            load.together.wait()
            tell(publisher)
            tell(viewers)
            figures: Figures = json.loads(heard(viewers, "{"))
            return figures


def ours(options: Any, load: Load, core: str = SERVER) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        control = f"{folder}/engine.sock"
        command = python("_engine", control, options.host, load.viewers, options.engine)
        with process(core, *command) as engine:
            heard(engine, "ready")
            figures = run(Path(folder), engine, control, control, load)
            found = asked(control)
            say(f"our fan-out: {json.dumps(found['fanout'])}; dropped: {json.dumps(found['dropped'])}")
            return figures


def scale(options: Any) -> float:
    """Two engines on two cores, the load generators on both, against one engine with as many viewers as either."""
    half, both = options.viewers // 2, f"{SERVER},{LOAD}"
    alone = ours(options, Load(half, options.seconds, both))
    describe("one process", alone, half)
    together = Barrier(2)
    load = Load(half, options.seconds, both, together)
    with ThreadPoolExecutor(2) as pool:
        pair = list(pool.map(lambda core: ours(options, load, core), (SERVER, LOAD)))
    for figures in pair:
        describe("one of two processes", figures, half)
    return sum(per_packet(alone) / per_packet(figures) for figures in pair)


def asked(control: str) -> dict[str, Any]:
    """The engine's statistics after the run."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(control)
        sock.sendall(b'{"type": "statistics", "session": "1"}\n')
        with sock.makefile() as lines:
            found: dict[str, Any] = json.loads(lines.readline())
            return found


def janus(options: Any) -> Figures:
    """Debian's Janus, its streaming plugin fed with plain RTP, on the address of a real interface."""
    _janus.install()
    address = host_addresses()[0]
    if address == LOOPBACK:
        raise SystemExit("fanout: Janus needs an interface besides loopback")
    audio, video = free_ports()
    with tempfile.TemporaryDirectory() as folder:
        control = _janus.configure(Path(folder), address, audio, video)
        with process(SERVER, "janus", "-F", folder, "-L", f"{folder}/janus.log", "-N") as server:
            for _ in range(300):
                time.sleep(0.1)
                if control.exists():
                    break
            else:
                told = Path(folder, "janus.log")
                raise SystemExit(
                    f"fanout: Janus does not come up: {told.read_text()[-300:] if told.exists() else 'no log'}"
                )
            time.sleep(1)
            source, load = f"{LOOPBACK}:{audio}:{video}", Load(options.viewers, options.seconds)
            return run(Path(folder), server, f"janus:{control}", source, load)


def media_relay(options: Any, count: int) -> Figures:
    """aiortc's MediaRelay, with as many viewers as it can bear."""
    with tempfile.TemporaryDirectory() as folder:
        control = f"{folder}/relay.sock"
        with process(SERVER, *python("_mediarelay", control)) as server:
            heard(server, "ready")
            generator = python(
                "_viewers", f"mediarelay:{control}", count, options.seconds, f"{folder}/times", server.pid
            )
            with process(LOAD, *generator) as viewers:
                heard(viewers, "joined")
                tell(viewers)
                figures: Figures = json.loads(heard(viewers, "{"))
                return figures


def free_ports() -> tuple[int, int]:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        one.bind((LOOPBACK, 0))
        two.bind((LOOPBACK, 0))
        return one.getsockname()[1], two.getsockname()[1]


def yardstick() -> float:
    """CPU microseconds of one `Session.protect` (AES-128-GCM, 1,192 bytes): how fast this machine is just now."""
    policy = Policy(bytes(28), Policy.SSRC_ANY_OUTBOUND, srtp_profile=Policy.SRTP_PROFILE_AEAD_AES_128_GCM)
    policy.allow_repeat_tx = True
    session, packet, began = Session(policy), write_rtp(102, True, 1, 1, 1, bytes(1_180)), time.process_time()
    for _ in range(20_000):
        session.protect(packet)
    return (time.process_time() - began) / 20_000 * 1e6


def per_packet(figures: Figures) -> float:
    """Microseconds of the server's CPU time per packet that arrived in the window."""
    got = figures["arrived"]
    return float(figures["cpu_s"] / got * 1e6) if got else float("nan")


def describe(name: str, figures: Figures, count: int) -> None:
    say(
        f"{name}: core {figures['cpu_s'] / figures['wall_s']:.3f}, {per_packet(figures):.2f} µs a packet, "
        f"p50 {figures['p50_ms']:.1f} ms, p99 {figures['p99_ms']:.1f} ms, {figures['lost']} lost of "
        f"{figures['expected']}, {figures['duplicates']} twice, {figures['silent']} viewers silent; "
        f"{figures['decrypted']} packets decrypted and compared, {figures['wrong']} wrong; {figures['profile']}; "
        f"join {figures['join_cpu_s'] / count * 1000:.2f} ms of CPU, {count / figures['join_s']:.0f} a second; "
        f"load generator {figures['generator_core']:.2f} of its core"
    )


def main() -> None:
    options = parsed()
    with freed_where_read():
        measure(options)


def measure(options: Any) -> None:
    say(f"on {machine()}; load average {os.getloadavg()[0]:.1f} at the beginning")
    say(
        f"{options.viewers} viewers, window of {options.seconds:g} s, 720p H.264 {rate() / 1e6:.2f} Mbps "
        f"({len(pieces()) / GOP * RATE:.0f}/s, every {GOP / RATE:g} s a key frame of {KEY_PACKETS} packets) and "
        "Opus (50/s)"
    )
    say(f"one Session.protect costs {yardstick():.1f} µs before")
    if options.processes == 2:
        last_line("fanout", {"viewers": options.viewers, "processes": 2, "scale": scale(options)})
        return
    mine = ours(options, Load(options.viewers, options.seconds))
    say(f"and {yardstick():.1f} µs behind our run")
    describe("engine", mine, options.viewers)
    ratio = float("nan")
    if options.peer == "janus":
        theirs = janus(options)
        describe("janus", theirs, options.viewers)
        ratio = per_packet(theirs) / per_packet(mine)
    elif options.peer == "mediarelay":
        count = min(options.viewers, _mediarelay.MOST)
        theirs = media_relay(options, count)
        say(
            f"mediarelay: {count} viewers, core {theirs['cpu_s'] / theirs['wall_s']:.3f}, "
            f"{per_packet(theirs):.0f} µs a packet, {theirs['arrived'] / theirs['wall_s'] / count:.0f} packets a "
            f"second and viewer; join {theirs['join_cpu_s'] / count * 1000:.1f} ms of CPU"
        )
        ratio = per_packet(theirs) / per_packet(mine)
    last_line(
        "fanout",
        {
            "viewers": options.viewers,
            "core": mine["cpu_s"] / mine["wall_s"],
            "us_per_packet": per_packet(mine),
            "p50_ms": mine["p50_ms"],
            "p99_ms": mine["p99_ms"],
            "lost": mine["lost"],
            "joins_per_s": options.viewers / mine["join_s"],
            "join_cpu_ms": mine["join_cpu_s"] / options.viewers * 1000,
            "ratio_peer": ratio,
        },
    )


def parsed() -> Any:
    options = argparse.ArgumentParser(
        prog="./bench fanout", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--viewers", type=int, default=250)
    options.add_argument("--peer", choices=["janus", "mediarelay", "none"], default="none")
    options.add_argument("--processes", type=int, choices=[1, 2], default=1)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--engine", choices=["gso", "sendmmsg", "plain"], default="gso")
    options.add_argument("--host", default=LOOPBACK, help="the engine's address")
    return options.parse_args()


if __name__ == "__main__":
    main()
