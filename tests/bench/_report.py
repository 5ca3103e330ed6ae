"""How every bench ends: how it measured, then one line `NAME key=value …`."""

import platform
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def machine() -> str:
    """Processor, cores and versions, so that a figure can be compared."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    import os

    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}, Linux {platform.release()}"


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def median(values: Iterable[float]) -> float:
    found = list(values)
    return statistics.median(found) if found else float("nan")


def last_line(name: str, figures: dict[str, float | int | str]) -> None:
    def shown(value: float | int | str) -> str:
        return (
            f"{value:.3g}"
            if isinstance(value, float) and abs(value) < 100
            else (f"{value:.0f}" if isinstance(value, float) else str(value))
        )

    say(" ".join([name, *(f"{key}={shown(value)}" for key, value in figures.items())]))
