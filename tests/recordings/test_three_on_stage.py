"""Leader, co-host and guest in one picture, and a shared screen in front of all of them."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from recordings.canvas import Rectangle, places
from tests.recordings import measuring
from tests.recordings.synthetic import Speaker, at, merged, run_virtually

pytestmark = pytest.mark.slow

LEADER, COHOST, GUEST = 40, 100, 190


def shades(directory: Path, second: float, areas: list[Rectangle]) -> list[float]:
    """Mean brightness in the middle of each area, `second` seconds after the programme's start."""
    with av.open(io.BytesIO(measuring.epoch_bytes(directory)), "r") as container:
        for frame in container.decode(video=0):
            if (frame.time or 0.0) >= 1 + second:
                plane = frame.planes[0]
                luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
                middles = [(a.x + a.width // 2, a.y + a.height // 4) for a in areas]
                return [float(luma[y - 20 : y + 20, x - 20 : x + 20].mean()) for x, y in middles]
    raise AssertionError(f"no picture at {second} s")


def test_a_co_host_stands_between_leader_and_guest_and_a_shared_screen_comes_first(tmp_path: Path) -> None:
    lin = Speaker("leader-1", 0.1, 6, shade=LEADER)
    olga = Speaker("cohost-3", 0.1, 6, shade=COHOST, voice=1)
    alice = Speaker("guest-2", 0.1, 6, shade=GUEST, voice=2)
    stage = [
        *at(0, stage=["guest-2", "guest"]),
        *at(0, stage=["cohost-3", "cohost"]),
        *at(0, stage=["leader-1", "main"]),
        *at(3.0, layout="pip", lead="cohost-3"),
    ]
    run = run_virtually(tmp_path, merged(stage, lin.arrivals(), olga.arrivals(), alice.arrivals()), 6)
    assert run.shown[60] == 3
    beside = [area for area, _fit in places("side", 3)]
    assert [(area.width, area.height) for area in beside] == [(640, 720), (640, 360), (640, 360)]
    assert np.allclose(shades(tmp_path, 2.5, beside), [LEADER, COHOST, GUEST], atol=8)
    _whole, *insets = [area for area, _fit in places("pip", 3)]
    below = Rectangle(0, 480, 400, 200)  # of the whole, where no inset covers it
    assert np.allclose(shades(tmp_path, 5.5, [below, *insets]), [COHOST, LEADER, GUEST], atol=8)
    decoded = measuring.decode(measuring.epoch_bytes(tmp_path))
    assert all(measuring.chirps(decoded, voice) for voice in (0, 1, 2)), "all three are heard"
