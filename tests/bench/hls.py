"""./bench hls: the programme over low-latency HLS, in a real house with a leader's browser.

What each figure is:
  glass_s            median age of the frames (clock in the picture) in hls.js on the citizen's page, WebRTC taken away
  direct_req_per_s   part requests a second of `run_segments` pinned to one core, by wrk on the other, plain HTTP
  nginx_req_per_s    the same through Debian's nginx with the repository's template, one worker on that core; plain
                     HTTP as well, so that the two can be compared
  nginx_tls_req_per_s   the same with TLS, as browsers ask; here half of wrk's core goes into decrypting
  stalls             how often the player waited for data after its first frame, in `--minutes`
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from recordings.journal import JournalTail, Part
from tests.bench._report import last_line, machine, percentile, say
from tests.whole import servers
from tests.whole.conftest import IDS
from tests.whole.county import ROOT, County, free_port, prepared_data
from tests.whole.evening import Evening
from tests.whole.people import DESKTOP, Citizen

WITHOUT_WEBRTC = "window.RTCPeerConnection = undefined;"
COUNT_STALLS = """() => {
    const video = document.querySelector("[data-main]");
    window.stalls = 0;
    window.frozen = 0;
    video.addEventListener("waiting", () => { window.stalls += 1; window.since = performance.now(); });
    video.addEventListener("playing", () => {
        if (window.since) window.frozen += performance.now() - window.since;
        window.since = 0;
    });
}"""
CONNECTIONS = 64
SECONDS = 8
SERVER_CORE, LOAD_CORE = "0", "1"


def watched(evening: Evening, minutes: float) -> tuple[list[float], int, float]:
    """Ages of frames in ms, stalls and ms of standing picture on a page that has only HLS."""
    viewer = Citizen(evening.playwright, evening.url, DESKTOP)
    viewer.context.add_init_script(WITHOUT_WEBRTC)
    evening.enter(viewer).watch(evening.session)
    viewer.picture_plays("[data-main]", 40)
    viewer.page.evaluate(COUNT_STALLS)
    time.sleep(3)
    ages: list[float] = []
    ends = time.monotonic() + minutes * 60
    while time.monotonic() < ends:
        ages += viewer.ages("[data-main]", min(20.0, max(1.0, ends - time.monotonic())))
    stalls, frozen = viewer.page.evaluate("() => [window.stalls, window.frozen]")
    viewer.close()
    evening.people.remove(viewer)
    return ages, int(stalls), float(frozen)


@contextmanager
def segments_process(county: County) -> Iterator[int]:
    """`run_segments` on the house's data, pinned to one core."""
    port = free_port()
    process = subprocess.Popen(
        ["taskset", "-c", SERVER_CORE, sys.executable, "manage.py", "run_segments", "--port", str(port)],
        cwd=ROOT,
        env=county.env,
    )
    try:
        servers.wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def script_of(session: int, parts: list[Part], folder: Path) -> Path:
    """What wrk asks for: the parts of the recording, one after another."""
    rows = ",".join(f'{{"{part.msn}","{part.offset}-{part.end_byte - 1}"}}' for part in parts)
    path = folder / "parts.lua"
    path.write_text(
        f"local parts = {{{rows}}}\nlocal at = 0\nrequest = function()\n at = at % #parts + 1\n"
        f' return wrk.format("GET", "/hls/{session}/v0/" .. parts[at][1] .. ".m4s", '
        '{Range = "bytes=" .. parts[at][2]})\nend\n'
    )
    return path


def rate(url: str, script: Path) -> float:
    """Requests a second; refuses a run in which an answer was not a part."""
    said = subprocess.run(
        ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "-s", script, url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"not all requests were answered: {said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def edge_rate(county: County, port: int, script: Path, tls: bool) -> float:
    """Part requests a second through nginx, in front of the segments on `port`."""
    edge = servers.nginx(county.port, Path("/nowhere"), port, tls)
    try:
        for worker in [psutil.Process(edge.process.pid), *psutil.Process(edge.process.pid).children()]:
            worker.cpu_affinity([int(SERVER_CORE)])
        return rate(f"{'https' if tls else 'http'}://127.0.0.1:{edge.port}", script)
    finally:
        edge.stop()


def served(county: County, session: int, folder: Path) -> dict[str, float]:
    """Part requests a second: directly and through nginx. Only one server works at a time."""
    recordings = county.data_dir / "recordings"
    parts = JournalTail(recordings / str(session) / "v0").read()[-50:]
    script = script_of(session, parts, folder)
    size = sum(part.length for part in parts) / len(parts)
    say(
        f"{len(parts)} parts of {size / 1000:.0f} kB in the mean, {CONNECTIONS} connections, {SECONDS} s each"
    )
    with segments_process(county) as port:
        return {
            "direct_req_per_s": rate(f"http://127.0.0.1:{port}", script),
            "nginx_req_per_s": edge_rate(county, port, script, tls=False),
            "nginx_tls_req_per_s": edge_rate(county, port, script, tls=True),
        }


def ensure_wrk() -> None:
    if not Path("/usr/bin/wrk").exists():
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "wrk"], check=True)


def main() -> None:
    options = argparse.ArgumentParser(prog="./bench hls", description=__doc__)
    options.add_argument("--minutes", type=float, default=1.0, help="how long hls.js plays")
    minutes = options.parse_args().minutes
    ensure_wrk()
    say(f"on {machine()}, load {os.getloadavg()[0]:.1f}; house, leader and player share these cores")
    folder = Path(tempfile.mkdtemp(prefix="hls-"))
    county = County(prepared_data(folder / "prepared"))
    with sync_playwright() as playwright:
        evening = Evening(playwright, county.url, lambda: county.log, folder)
        evening.ids = json.loads(county.shell(IDS).splitlines()[-1])
        try:
            evening.plan()
            lin = evening.leader()
            lin.go_live()
            time.sleep(5)
            ages, stalls, frozen = watched(evening, minutes)
            # The rates are of a server that has its core for itself: nobody encodes any more.
            lin.end()
            lin.close()
            evening.people.remove(lin)
            rates = served(county, evening.session, folder)
        finally:
            evening.close()
            county.stop()
    say(f"{len(ages)} frames in {minutes:g} min, p95 {percentile(ages, 0.95) / 1000:.2f} s")
    say(f"stood still {frozen:.0f} ms in all")
    last_line(
        "hls",
        {"glass_s": percentile(ages, 0.5) / 1000, **rates, "stalls": stalls},
    )
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
