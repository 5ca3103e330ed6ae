"""./bench fuzz: a million inputs, nearly right, at every reader of outside bytes and at a running room.

The pure readers (STUN, DTLS records, RTP, RTCP, payloads, RED, session descriptions, ICE fragments, RFC 4571 frames,
commands) are fuzzed by atheris, guided by coverage, where its wheel installs, otherwise by mutation. The room gets
mutations as datagrams from proven, foreign and spoofed addresses (STUN, DTLS records, SRTP) and as the plain packets
of a publisher and a viewer that have the right keys.

  exceptions  inputs that raised anything but a refusal; the first ones are shown
  growth_mb   the largest growth of a target's memory from a fifth of its inputs to the end
  amplified   bytes sent to an address that proved nothing, by the judgement of another STUN reader (aioice)
  per_s       inputs a second, all targets together
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench._report import last_line, machine, say

PARSERS = ("stun", "records", "rtp", "rtcp", "payload", "red", "sdp", "fragment", "frames", "command")
ROOMS = ("datagram", "publisher", "viewer")
LOCK = Path(__file__).resolve().parents[2] / "requirements" / "fuzz.txt"


def install(folder: str) -> bool:
    """Whether atheris is in `folder` now."""
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--target",
        folder,
    ]
    command = [sys.executable, "-m", "pip", "install", *options, "--require-hashes", "-r", str(LOCK)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def run(target: str, inputs: int, seed: int, folder: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench._fuzzer", target, str(inputs), str(seed)]
    began = time.monotonic()
    done = subprocess.run(
        [*command, *([folder] if folder else [])], capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise SystemExit(f"fuzz: {target} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(lines[-1])
    seconds = time.monotonic() - began
    say(
        f"{target:10} {found['inputs']:8} inputs by {found['engine']}, {found['refused']} refused, "
        f"{found['exceptions']} exceptions, memory +{found['growth_mb']:.1f} MiB, {seconds:.0f} s"
    )
    if found["exceptions"]:
        say(done.stderr[-4000:])
    return found


def main() -> None:
    options = argparse.ArgumentParser(
        prog="./bench fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--inputs", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=0, help="0: another one each time")
    options.add_argument("--only", choices=[*PARSERS, *ROOMS])
    given = options.parse_args()
    targets = [given.only] if given.only else [*PARSERS, *ROOMS]
    seed = given.seed or time.time_ns() % (1 << 30)
    say(f"on {machine()}; seed {seed}")
    with tempfile.TemporaryDirectory() as folder:
        guided = folder if install(folder) else ""
        if not guided:
            say("atheris does not install here: all inputs are mutations of the seeds")
        share, began = -(-given.inputs // len(targets)), time.monotonic()
        found = [run(target, share, seed, guided if target in PARSERS else "") for target in targets]
    inputs = sum(one["inputs"] for one in found)
    last_line(
        "fuzz",
        {
            "inputs": inputs,
            "exceptions": sum(one["exceptions"] for one in found),
            "growth_mb": max(float(one["growth_mb"]) for one in found),
            "amplified": sum(one["amplified"] for one in found),
            "per_s": inputs / (time.monotonic() - began),
        },
    )


if __name__ == "__main__":
    main()
