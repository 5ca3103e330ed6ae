from pathlib import Path

import pytest

from recordings import journal
from recordings.following import write_began
from tests.recordings.synthetic import Speaker, at, merged, run_virtually, stop_decoding_warnings

WALL0 = 1_790_000_000.0


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    stop_decoding_warnings()


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of 8 s with one speaker and a restart: killed at 4.4 s, going on at 4.8 s. Session number
    7."""
    directory = tmp_path_factory.mktemp("recordings") / "7"
    lin = Speaker("leader-1", begin=0.1, end=9.0)
    run_virtually(directory, merged(at(0, stage=["leader-1", "main"]), lin.arrivals()), 4.4)
    again = Speaker("leader-1", begin=0.1, end=9.0)
    late = ((time, unit) for time, unit in again.arrivals() if time > 3.9)
    run_virtually(directory, merged(at(4.5, stage=["leader-1", "main"]), late), 8.0, first_tick=144)
    write_began(directory, WALL0)
    journal.mark_ended(directory)
    return directory
