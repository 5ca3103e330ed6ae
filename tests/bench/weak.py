"""./bench weak: bad networks between browsers and the engine, made in user space on loopback.

A publisher that encodes three sizes live (`_camera`), the engine in a process of its own, and viewers, each behind an
impaired line of its own (`_impaired.Relay`): one real Chromium per line and some synthetic ones (`_listener`), whose
loss of sound is printed beside it; for the uplink a real Chromium publishes. Outages are
measured on a whole house with its real live page, its TCP cut as well (`_outage`).

What each figure is:
  sound_gap     concealed samples ÷ samples played, percent (getStats), from the first picture on
  freeze        share of time without a new picture for 0.5 s while the engine sends one
  paused        share of time in which the engine sends no picture, to keep the sound
  longest       longest time between two pictures (requestVideoFrameCallback); counts pauses too
  first         from the page's wish to watch to its first picture
  back          from the return of the network to the next new picture on the live page
"""

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Page

from streaming.commands import Accept, Command, Watch
from tests.bench import _outage
from tests.bench._control import Control
from tests.bench._impaired import Relay, Way
from tests.bench._listener import Listener
from tests.bench._report import last_line, machine, say
from tests.streaming.browsers import Theatre, theatre

NONE = Way()
LINES: dict[str, tuple[Way, Way]] = {  # down, up
    "good": (NONE, NONE),
    "loss10": (Way(loss=0.10, delay=0.025), Way(delay=0.025)),
    "loss30": (Way(loss=0.30, delay=0.025), Way(delay=0.025)),
    "kbps250": (Way(rate=250e3, delay=0.03), Way(rate=250e3, delay=0.03)),
    "2g": (
        Way(rate=160e3, loss=0.01, delay=0.25, jitter=0.05, queue=0.8),
        Way(rate=60e3, delay=0.25, queue=0.8),
    ),
    "3g": (Way(rate=800e3, loss=0.01, delay=0.06, jitter=0.03), Way(rate=300e3, loss=0.01, delay=0.06)),
    "satellite": (Way(rate=2e6, loss=0.005, burst=3, delay=0.29), Way(rate=500e3, loss=0.005, delay=0.29)),
    "village-evening": (
        Way(rate=600e3, loss=0.04, burst=4, delay=0.05, jitter=0.06, queue=0.5),
        Way(rate=200e3, loss=0.02, delay=0.05, jitter=0.03),
    ),
}
UPLINK = (NONE, Way(loss=0.02, delay=0.025))
SIMULCAST = [
    {"rid": "h", "maxBitrate": 1_500_000},
    {"rid": "m", "scaleResolutionDownBy": 2, "maxBitrate": 450_000},
    {"rid": "l", "scaleResolutionDownBy": 4, "maxBitrate": 130_000},
]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one viewer had."""

    sound_gap: float
    freeze: float
    paused: float
    longest_s: float
    first_s: float
    rungs: str


class Remote:
    """The engine as `theatre` wants it; descriptions lead everybody over a relay."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self.lines: dict[str, tuple[Way, Way]] = {}  # by viewer or participant
        self.relays: dict[str, Relay] = {}
        self._names: dict[str, str] = {}

    async def handle(self, command: Command) -> dict[str, Any]:
        fields = command.to_dict()
        found = await self._control.ask(fields.pop("type"), **fields)
        name: str | None = (
            fields.get("viewer") or fields.get("participant") or self._names.get(fields.get("peer", ""))
        )
        if "sdp" in found and name is not None:
            self._names[found["peer"]] = name
            found["sdp"] = self._over_relay(name, found["sdp"])
        return found

    def _over_relay(self, name: str, sdp: str) -> str:
        sdp = re.sub(r"a=candidate:\d+ 1 tcp .*\r\n", "", sdp)
        port = int(re.findall(r"udp \d+ \S+ (\d+) typ host", sdp)[0])
        if name not in self.relays:
            line = self.lines.get(name.partition("/")[0], LINES["good"])
            self.relays[name] = Relay(port, *line, seed=len(self.relays) + 1)
        return sdp.replace(f" {port} typ host", f" {self.relays[name].port} typ host")

    async def receiver(self, name: str) -> dict[str, Any]:
        """The engine's figures of one viewer."""
        found = await self._control.ask("statistics")
        return next((one for one in found["receivers"] if one["viewer"] == name), {})


async def watched(stage: Theatre, remote: Remote, name: str, seconds: float) -> Seen:
    """One Chromium behind the line of this name."""
    page = await stage.page()
    await page.evaluate(f"watch('1', '{name}')")
    await page.wait_for_function("state.videos['main-video']?.frames > 0", timeout=60_000)
    first = await page.evaluate("(state.videos['main-video'].first - state.asked) / 1000")
    begun, frozen, paused, looks, rungs = await counted(page), 0, 0, 0, ""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(0.25)
        now = await remote.receiver(name)
        age = await page.evaluate("performance.now() - state.videos['main-video'].last")
        looks += 1
        paused += now.get("picture") == "paused"
        frozen += now.get("picture") != "paused" and age > 500
        rungs += "" if rungs.endswith(str(now.get("rung"))) else str(now.get("rung"))
    ended = await counted(page)
    say(f"  {name}: {await remote.receiver(name)}")
    await page.close()
    concealed, played = (ended[key] - begun[key] for key in ("concealed", "played"))
    return Seen(
        100 * concealed / max(1, played),
        100 * frozen / looks,
        100 * paused / looks,
        ended["longest"] / 1_000,
        first,
        rungs,
    )


async def listened(remote: Remote, name: str, number: int, seconds: float) -> float:
    """Percent of the sound that one synthetic viewer on the line `name` missed."""
    listener = Listener()
    found = await remote.handle(Watch("1", f"{name}/{number}"))
    await remote.handle(Accept("1", found["peer"], listener.answer(found["sdp"])))
    await listener.start()
    await asyncio.sleep(seconds)
    listener.close()
    return listener.gap


async def on_line(stage: Theatre, remote: Remote, name: str, options: Any) -> Seen:
    """Everybody on one line: a Chromium, and the synthetic ones."""
    numbers = range(options.synthetic)
    others = [asyncio.create_task(listened(remote, name, number, options.seconds)) for number in numbers]
    seen = await watched(stage, remote, name, options.seconds)
    gaps = ", ".join(f"{gap:.2f}" for gap in await asyncio.gather(*others))
    say(f"{name}: {describe(seen)}; sound_gap of the synthetic ones: {gaps or 'none'} %")
    return seen


async def counted(page: Page) -> dict[str, float]:
    found: dict[str, float] = await page.evaluate(
        """async () => {
            const sound = (await inbound())["main-audio"] ?? {};
            return { concealed: sound.concealedSamples ?? 0, played: sound.totalSamplesReceived ?? 0,
                     longest: state.videos["main-video"].longest };
        }"""
    )
    return found


async def address_change(stage: Theatre, remote: Remote) -> float:
    """Seconds from a change of the viewer's address to the next new picture."""
    page = await stage.page()
    await page.evaluate("watch('1', 'mover')")
    await page.wait_for_function("state.videos['main-video']?.frames > 60", timeout=60_000)
    took = 0.0
    for _ in range(3):
        await asyncio.sleep(3)
        remote.relays["mover"].rebind()
        await asyncio.sleep(0.2)  # what was in the browser's buffers is shown by then
        begun = time.monotonic() - 0.2
        frames = await page.evaluate("state.videos['main-video'].frames")
        await page.wait_for_function(f"state.videos['main-video'].frames > {frames} + 3", timeout=60_000)
        took = max(took, time.monotonic() - begun)
    await page.close()
    return took


async def uplink(control: Control, seconds: float) -> float:
    """Percent of concealed sound at a viewer on a good line, of a Chromium that publishes over 2 % loss."""
    remote = Remote(control)
    remote.lines["leader-1"] = UPLINK
    async with theatre(remote) as stage:  # type: ignore[arg-type]
        leader = await stage.page()
        await leader.evaluate("many => publish('1', 'leader-1', 'H264', true, many)", SIMULCAST)
        seen = await watched(stage, remote, "listener", seconds)
        say(f"uplink 2 % loss: {describe(seen)}")
        for relay in remote.relays.values():
            relay.close()
        return seen.sound_gap


def describe(seen: Seen) -> str:
    return (
        f"sound_gap {seen.sound_gap:.2f} %, freeze {seen.freeze:.1f} %, paused {seen.paused:.0f} %, "
        f"longest {seen.longest_s:.2f} s, first picture {seen.first_s:.2f} s, rungs {seen.rungs}"
    )


def end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


async def child(stack: AsyncExitStack, module: str, *arguments: object) -> asyncio.subprocess.Process:
    """A process of the bench, ready and ended by us."""
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    stack.callback(end, process)
    assert process.stdout is not None
    line = await process.stdout.readline()
    if line != b"ready\n":
        raise SystemExit(f"weak: {module} said {line!r}")
    return process


async def lines(control: Control, options: Any) -> tuple[dict[str, Seen], float]:
    """Every line, some at a time, and the change of address."""
    remote, found = Remote(control), dict[str, Seen]()
    names, together = options.only, options.together
    remote.lines = dict(LINES)
    async with theatre(remote) as stage:  # type: ignore[arg-type]
        for at in range(0, len(names), together):
            part = names[at : at + together]
            seen = await asyncio.gather(*(on_line(stage, remote, name, options) for name in part))
            found |= dict(zip(part, seen, strict=True))
        back = await address_change(stage, remote)
        say(f"address change: {back:.2f} s, the longest of three")
    for relay in remote.relays.values():
        relay.close()
    return found, back


async def measure(options: Any) -> dict[str, float | int | str]:
    nan = float("nan")
    names = ("loss2_up_concealed_pct", "loss10_concealed_pct", "loss10_freeze_max_s", "loss30_concealed_pct")
    figures: dict[str, float | int | str] = dict.fromkeys(names, nan)
    async with AsyncExitStack() as stack:
        control_path = f"{stack.enter_context(tempfile.TemporaryDirectory())}/engine.sock"
        await child(stack, "_engine", control_path, "127.0.0.1", 100, "gso")
        control = await Control.open(control_path)
        camera = await child(stack, "_camera", control_path)
        found, change = await lines(control, options)
        end(camera)
        figures["loss2_up_concealed_pct"] = await uplink(control, options.seconds)
    outages = await _outage.measure(options.outages) if options.outages else {}
    for length, back in outages.items():
        say(f"outage of {length:g} s: back after {back:.2f} s")
    if "loss10" in found:
        figures["loss10_concealed_pct"] = found["loss10"].sound_gap
        figures["loss10_freeze_max_s"] = found["loss10"].longest_s
    figures["loss30_concealed_pct"] = found["loss30"].sound_gap if "loss30" in found else nan
    figures["outage84_back_s"] = outages.get(84.0, nan)
    figures["address_change_back_s"] = change
    figures["kbps250_gap_pct"] = found["kbps250"].sound_gap if "kbps250" in found else nan
    return figures


def main() -> None:
    options = argparse.ArgumentParser(
        prog="./bench weak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seconds", type=float, default=30, help="of every line")
    options.add_argument("--only", nargs="*", choices=[*LINES], default=[*LINES])
    options.add_argument("--together", type=int, default=2, help="Chromium viewers at a time")
    options.add_argument("--synthetic", type=int, default=2, help="viewers without a decoder per line")
    options.add_argument(
        "--outages", nargs="*", type=float, default=[5, 25, 84], help="seconds each; none: nothing"
    )
    chosen = options.parse_args()
    say(f"on {machine()}; load average {os.getloadavg()[0]:.1f} at the beginning")
    say(
        f"{chosen.seconds:g} s a line, {chosen.together} Chromium viewers at a time; 720p + 360p + 180p and Opus"
    )
    last_line("weak", asyncio.run(measure(chosen)))


if __name__ == "__main__":
    main()
