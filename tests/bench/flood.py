"""./bench flood: a broadcast to many viewers while somebody throws STUN at the port.

The broadcast is that of ./bench fanout: the engine pinned to the first core, publisher, viewers and the flooder to
the second. The flood begins when everybody has joined and outlasts the window; none of it is authentic.

  stun_per_s  requests a second that the flooder sent
  lost        packets that the publisher sent in the window and that never reached a viewer
  p99_ms      from the publisher's send to the viewer's socket, all packets
  core        CPU time of the engine in the window ÷ the window
  answered    answers that the flooder got (there must be none)
"""

import argparse
import json
import os
import re
import socket
import tempfile
from pathlib import Path
from typing import Any

from streaming.addresses import LOOPBACK
from tests.bench._loopback import LOAD, SERVER
from tests.bench._report import last_line, machine, say
from tests.bench.fanout import asked, heard, process, python, tell


def target(control: str) -> tuple[int, str]:
    """The engine's port and somebody's user fragment, as anybody reads them in an offer of their own."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(control)
        sock.sendall(b'{"type": "watch", "session": "1", "viewer": "onlooker"}\n')
        with sock.makefile() as lines:
            sdp = json.loads(lines.readline())["sdp"]
    port, ufrag = re.search(r"udp \d+ \S+ (\d+) typ", sdp), re.search(r"a=ice-ufrag:(\S+)", sdp)
    assert port is not None and ufrag is not None
    return int(port[1]), ufrag[1]


def run(folder: Path, options: Any) -> dict[str, Any]:
    control, times = f"{folder}/engine.sock", folder / "times"
    with process(SERVER, *python("_engine", control, LOOPBACK, options.viewers + 1, "gso")) as engine:
        heard(engine, "ready")
        load = python("_viewers", control, options.viewers, options.seconds, times, engine.pid)
        with process(LOAD, *python("_publisher", control, times, options.seconds + 15)) as publisher:
            heard(publisher, "ready")
            with process(LOAD, *load) as viewers:
                heard(viewers, "joined")
                port, ufrag = target(control)
                flood = python("_flooder", LOOPBACK, port, ufrag, options.rate, options.seconds + 6)
                with process(LOAD, *flood) as flooder:
                    heard(flooder, "flooding")
                    tell(publisher)
                    tell(viewers)
                    figures: dict[str, Any] = json.loads(heard(viewers, "{"))
                    sent, answered = heard(flooder, "").split()
        found = asked(control)
        say(f"engine: {json.dumps(found['fanout'])}; dropped: {json.dumps(found['dropped'])}")
        return figures | {"stun": float(sent), "answered": int(answered)}


def main() -> None:
    options = argparse.ArgumentParser(
        prog="./bench flood", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--viewers", type=int, default=250)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--rate", type=float, default=20_000, help="requests a second")
    given = options.parse_args()
    say(f"on {machine()}; load average {os.getloadavg()[0]:.1f} at the beginning")
    say(f"{given.viewers} viewers, window of {given.seconds:g} s, flood of {given.rate:g} a second")
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), given)
    say(
        f"{found['expected']} packets expected, {found['received']} received, {found['duplicates']} twice, "
        f"{found['wrong']} of {found['decrypted']} decrypted were wrong"
    )
    last_line(
        "flood",
        {
            "stun_per_s": found["stun"],
            "lost": found["lost"],
            "p99_ms": found["p99_ms"],
            "core": found["cpu_s"] / found["wall_s"],
            "answered": found["answered"],
        },
    )


if __name__ == "__main__":
    main()
