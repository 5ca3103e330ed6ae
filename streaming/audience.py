"""What the viewers of a room have been getting: seconds of picture, sound and nothing by label, and a short history.

The label is the owner's word for where a viewer belongs (here: the village); the engine only counts by it. Pure: a
look is given samples and the time.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Any, Literal

Experience = Literal["picture", "sound", "nothing"]
EXPERIENCES: tuple[Experience, ...] = ("picture", "sound", "nothing")
LOOK_EVERY = 5.0  # s
LONGEST = 15.0  # s that one look may count for: a stalled loop must not be booked as picture
POINTS = 240  # twenty minutes
MAX_LABELS = 300
REST = "…"  # where labels beyond the limit are counted together
LISTED = 50  # viewers told one by one, the worst first


@dataclass(frozen=True, slots=True)
class Sample:
    """One viewer now. `layer`: of the main picture, 0 the largest, None without. `round_trip` in seconds.

    `loss`: fraction of the last report, the worse of sound and picture. `bitrate`: bits a second on its way to it.
    """

    name: str
    label: str
    experience: Experience
    layer: int | None
    loss: float
    round_trip: float | None
    bitrate: int


class Audience:
    """See the module's text."""

    def __init__(self) -> None:
        self._seconds: dict[str, dict[Experience, float]] = {}
        self._points: deque[dict[str, Any]] = deque(maxlen=POINTS)
        self._looked: float | None = None
        self._samples: Sequence[Sample] = ()

    def is_due(self, now: float) -> bool:
        """Whether it is time for the next look."""
        return self._looked is None or now - self._looked >= LOOK_EVERY

    def look(self, samples: Sequence[Sample], on_air: bool, now: float, wall: float) -> None:
        """Book the time since the last look. While nobody is on air, nobody misses anything.

        `now` monotonic, `wall` Unix seconds.
        """
        elapsed = 0.0 if self._looked is None else min(LONGEST, now - self._looked)
        self._looked, self._samples = now, samples
        if not on_air:
            return
        for sample in samples:
            self._book(sample.label, sample.experience, elapsed)
        self._points.append(_point(samples, wall))

    def _book(self, label: str, experience: Experience, seconds: float) -> None:
        if label not in self._seconds and len(self._seconds) >= MAX_LABELS:
            label = REST
        booked = self._seconds.setdefault(label, dict.fromkeys(EXPERIENCES, 0.0))
        booked[experience] += seconds

    def figures(self) -> dict[str, Any]:
        """`{steps, labels, loss, round_trip, bitrate}` of the last look, for meters: times in seconds."""
        told = self.statistics()
        point = _point(self._samples, 0.0)
        trip = point["round_trip_ms"]
        return {
            "steps": told["layers"],
            "labels": told["labels"],
            "loss": point["loss"],
            "round_trip": None if trip is None else trip / 1_000,
            "bitrate": point["bitrate"],
        }

    def statistics(self) -> dict[str, Any]:
        """`{layers, labels, history, worst}`, JSON-able; times in seconds, rates in bits a second."""
        present = Counter(sample.label for sample in self._samples)
        labels = [
            {
                "label": label,
                "viewers": present[label],
                **{name: round(value) for name, value in booked.items()},
            }
            for label, booked in self._seconds.items()
        ]
        return {
            "layers": dict(Counter(_step(sample) for sample in self._samples)),
            "labels": sorted(labels, key=lambda row: (-row["nothing"], row["label"])),
            "history": [*self._points],
            "worst": [_row(sample) for sample in sorted(self._samples, key=_badness, reverse=True)[:LISTED]],
        }


def _row(sample: Sample) -> dict[str, Any]:
    return {
        "viewer": sample.name,
        "label": sample.label,
        "step": _step(sample),
        "loss": round(sample.loss, 3),
        "round_trip_ms": None if sample.round_trip is None else round(1_000 * sample.round_trip),
        "bitrate": sample.bitrate,
    }


def _step(sample: Sample) -> str:
    """`0`, `1`, `2` for the size of the picture, else `sound` or `nothing`."""
    return str(sample.layer or 0) if sample.experience == "picture" else sample.experience


def _badness(sample: Sample) -> tuple[int, float, float]:
    return EXPERIENCES.index(sample.experience), sample.loss, sample.round_trip or 0.0


def _point(samples: Sequence[Sample], wall: float) -> dict[str, Any]:
    trips = [sample.round_trip for sample in samples if sample.round_trip is not None]
    counted = Counter(sample.experience for sample in samples)
    return {
        "at": round(wall),
        "viewers": len(samples),
        "loss": round(mean(sample.loss for sample in samples), 4) if samples else 0.0,
        "round_trip_ms": round(1_000 * median(trips)) if trips else None,
        "bitrate": sum(sample.bitrate for sample in samples),
        **{name: counted[name] for name in EXPERIENCES},
    }
